// SPDX-License-Identifier: Apache-2.0
#include "outlines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "sonotwin/base/parallel.h"
#include "sonotwin/reconstruct/voxels.h"
#include "triangle_tree.h"

namespace sonotwin::reconstruct {
namespace {
/// Steps between pixels along one axis measure an outline as a taxi would.
constexpr double kLengthPerStep = std::numbers::pi / 4.0;

class Outline {
 public:
  Outline(const media::FrameMask& mask, const media::ScanSector& sector, int label)
      : mask_(mask), sector_(sector), label_(label) {}

  /// Calls `visit(column, row, along_x)` for each border between a label's pixel and its right or
  /// lower neighbour; `along_x` where the two lie side by side.
  template <class Visit>
  void forEachBorder(const Visit& visit) const {
    for (int row = 0; row < mask_.rows; ++row) {
      for (int col = 0; col < mask_.cols; ++col) {
        if (col + 1 < mask_.cols && differ(col, row, col + 1, row)) visit(col + 0.5, row, true);
        if (row + 1 < mask_.rows && differ(col, row, col, row + 1)) visit(col, row + 0.5, false);
      }
    }
  }

 private:
  [[nodiscard]] bool is(int col, int row) const {
    return mask_.labels[static_cast<std::size_t>(row * mask_.cols + col)] == label_;
  }
  [[nodiscard]] bool differ(int col, int row, int col2, int row2) const {
    return is(col, row) != is(col2, row2) && sector_.contains(col, row) &&
           sector_.contains(col2, row2);
  }
  const media::FrameMask& mask_;
  const media::ScanSector& sector_;
  int label_;
};

FrameOffset offsetOf(const Outline& outline, const media::WorldFromImage& world_from_image,
                     const TriangleTree& tree) {
  const std::array pixel_mm = {world_from_image.linear().col(0).norm(),
                               world_from_image.linear().col(1).norm()};
  FrameOffset offset;
  outline.forEachBorder([&](double col, double row, bool along_x) {
    const Eigen::Vector3d at = world_from_image(Eigen::Vector3d(col, row, 0.0));
    const double distance_mm = tree.signedDistance_mm(at.cast<float>());
    const double length_mm = kLengthPerStep * pixel_mm[along_x ? 1 : 0];
    offset.length_mm += length_mm;
    offset.mean_mm += length_mm * distance_mm;
    offset.square_mm2 += length_mm * distance_mm * distance_mm;
  });
  if (offset.length_mm > 0.0) {
    offset.mean_mm /= offset.length_mm;
    offset.square_mm2 /= offset.length_mm;
  }
  return offset;
}
}  // namespace

std::vector<FrameOffset> outlineOffsets(const media::Clip& clip, const media::ClipMask& mask,
                                        int label, const media::Surface& surface) {
  const TriangleTree tree(surface);
  std::vector<FrameOffset> offsets(mask.frames.size());
  parallelFor(mask.frames.size(), 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto world_from_image = clip.worldFromImage(mask.frames[i].frame_index);
      if (!world_from_image) continue;
      const Outline outline(mask.frames[i], clip.info.sector, label);
      offsets[i] = offsetOf(outline, *world_from_image, tree);
      offsets[i].frame_index = mask.frames[i].frame_index;
    }
  });
  std::erase_if(offsets, [](const FrameOffset& offset) { return offset.length_mm <= 0.0; });
  return offsets;
}

double outlineSpread_mm(const std::vector<FrameOffset>& offsets, double pixel_mm) {
  if (offsets.empty()) return 0.0;
  std::vector<double> squares;
  for (const FrameOffset& offset : offsets) squares.push_back(offset.square_mm2);
  const auto middle = squares.begin() + static_cast<std::ptrdiff_t>(squares.size() / 2);
  std::ranges::nth_element(squares, middle);
  return std::sqrt(std::max(*middle - pixel_mm * pixel_mm / 12.0, 0.0));
}

}  // namespace sonotwin::reconstruct
