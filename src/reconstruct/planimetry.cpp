// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "outlines.h"
#include "sonotwin/reconstruct/measure.h"

namespace sonotwin::reconstruct {
namespace {
constexpr double kMm3PerMl = 1000.0;

/// A label in one frame.
struct Section {
  media::WorldFromImage world_from_image;
  double pixels = 0.0;
  Eigen::Vector3d centroid_px = Eigen::Vector3d::Zero();
  double along_mm = 0.0;  ///< where the frame lies along the sweep

  [[nodiscard]] Eigen::Vector3d centroid_mm() const { return world_from_image(centroid_px); }
  /// Along the frame's normal, as long as the area.
  [[nodiscard]] Eigen::Vector3d area_mm2() const {
    const Eigen::Matrix3d mm_per_px = world_from_image.linear();
    return pixels * mm_per_px.col(0).cross(mm_per_px.col(1));
  }
};

Section sectionOf(const media::FrameMask& frame, int label,
                  const media::WorldFromImage& world_from_image) {
  Section section;
  section.world_from_image = world_from_image;
  for (int row = 0; row < frame.rows; ++row) {
    for (int col = 0; col < frame.cols; ++col) {
      if (frame.labels[static_cast<std::size_t>(row * frame.cols + col)] != label) continue;
      section.pixels += 1.0;
      section.centroid_px += Eigen::Vector3d(col, row, 0.0);
    }
  }
  if (section.pixels > 0.0) section.centroid_px /= section.pixels;
  return section;
}

std::vector<Section> sectionsOf(const media::Clip& clip, const media::ClipMask& mask, int label) {
  std::vector<Section> sections;
  for (const media::FrameMask& frame : mask.frames) {
    if (const auto pose = clip.worldFromImage(frame.frame_index)) {
      sections.push_back(sectionOf(frame, label, *pose));
    }
  }
  return sections;
}

/// A frame without the label has a place too: where its neighbour's centroid is in the picture.
double between(const Section& a, const Section& b) {
  Section from = a, to = b;
  if (from.pixels == 0.0) from.centroid_px = to.centroid_px;
  if (to.pixels == 0.0) to.centroid_px = from.centroid_px;
  return 0.5 * (from.area_mm2() + to.area_mm2()).dot(to.centroid_mm() - from.centroid_mm());
}

/// Sections in the order in which they lie along the sweep; fewer than two that show the label:
/// none.
std::vector<Section> alongSweep(const media::Clip& clip, const media::ClipMask& mask, int label) {
  std::vector<Section> sections = sectionsOf(clip, mask, label);
  Eigen::Vector3d area_mm2 = Eigen::Vector3d::Zero();
  Eigen::Vector3d weighted_px = Eigen::Vector3d::Zero();
  double pixels = 0.0;
  for (const Section& section : sections) {
    area_mm2 += section.area_mm2();
    weighted_px += section.pixels * section.centroid_px;
    pixels += section.pixels;
  }
  const auto showing = std::ranges::count_if(sections, [](const auto& s) { return s.pixels > 0; });
  if (showing < 2) return {};
  // Where each frame's plane is along the sweep, at one place of the picture: that of the organ.
  const Eigen::Vector3d along = area_mm2.normalized();
  const Eigen::Vector3d middle_px = weighted_px / pixels;
  for (Section& section : sections)
    section.along_mm = along.dot(section.world_from_image(middle_px));
  std::ranges::stable_sort(sections, {}, &Section::along_mm);
  return sections;
}

/// Of each frame's strip of the surface, by how far its outline lies outside of it.
double stripVariance_mm6(const std::vector<FrameOffset>& offsets, double area_mm2) {
  double length_mm = 0.0;
  for (const FrameOffset& offset : offsets) length_mm += offset.length_mm;
  double variance_mm6 = 0.0;
  for (const FrameOffset& offset : offsets) {
    variance_mm6 += std::pow(area_mm2 * offset.length_mm / length_mm * offset.mean_mm, 2);
  }
  return variance_mm6;
}

/// Of where along the sweep each frame lies: it counts where the area changes, at the ends most.
double placeVariance_mm6(const std::vector<Section>& sections, double spread_mm) {
  double variance_mm6 = 0.0;
  for (std::size_t i = 1; i + 1 < sections.size(); ++i) {
    const Section &before = sections[i - 1], &after = sections[i + 1];
    const double change_mm2 = 0.5 * (after.area_mm2().norm() - before.area_mm2().norm());
    const double step_mm = 0.5 * (after.along_mm - before.along_mm);
    variance_mm6 += change_mm2 * change_mm2 * (spread_mm * spread_mm + step_mm * step_mm / 12.0);
  }
  return variance_mm6;
}
}  // namespace

double planimetryMl(const media::Clip& clip, const media::ClipMask& mask, int label) {
  const std::vector<Section> sections = alongSweep(clip, mask, label);
  double volume_mm3 = 0.0;
  for (std::size_t i = 1; i < sections.size(); ++i) {
    if (sections[i - 1].pixels == 0.0 && sections[i].pixels == 0.0) continue;
    volume_mm3 += between(sections[i - 1], sections[i]);
  }
  return volume_mm3 / kMm3PerMl;
}

double volumeDeviationMl(const media::Clip& clip, const media::ClipMask& mask, int label,
                         const media::Surface& surface) {
  const std::vector<FrameOffset> offsets = outlineOffsets(clip, mask, label, surface);
  if (offsets.empty()) return 0.0;
  const Eigen::Matrix3d pixel = clip.info.probe_from_image->linear();
  const double spread_mm =
      outlineSpread_mm(offsets, 0.5 * (pixel.col(0).norm() + pixel.col(1).norm()));
  return std::sqrt(stripVariance_mm6(offsets, areaMm2(surface)) +
                   placeVariance_mm6(alongSweep(clip, mask, label), spread_mm)) /
         kMm3PerMl;
}

}  // namespace sonotwin::reconstruct
