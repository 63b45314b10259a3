// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "outlines.h"
#include "shape_change.h"
#include "sonotwin/base/error.h"
#include "sonotwin/reconstruct/surface.h"

namespace sonotwin::reconstruct {
namespace {
/// Variance of what putting frames into voxels blurs, in squared edges, after sharpening: distances
/// within frames bend out of their planes. Measured on the phantom.
constexpr double kSplatBlur = 0.11;
constexpr double kMostSpread_mm = 1.0;  // beyond it masks disagree in more than their poses
constexpr int kMargin_px = 12;          // all that the label's distance can reach, and more
constexpr int kMargin_voxels = 6;

/// Columns and rows that show the label; x0 >= x1 where none does.
media::PixelRectangle extentOf(const media::FrameMask& frame, int label) {
  media::PixelRectangle box{frame.cols, frame.rows, 0, 0};
  for (int row = 0; row < frame.rows; ++row) {
    for (int col = 0; col < frame.cols; ++col) {
      if (frame.labels[static_cast<std::size_t>(row * frame.cols + col)] != label) continue;
      box = {std::min(box.x0, col), std::min(box.y0, row), std::max(box.x1, col + 1),
             std::max(box.y1, row + 1)};
    }
  }
  return box;
}

/// The sweep and its grid, cut down to where the label is: an organ is a small part of either.
struct Surroundings {
  media::Clip clip;
  Grid grid;
};

Grid cutTo(const Grid& grid, const Eigen::AlignedBox3d& voxels) {
  Grid part = grid;
  Eigen::Matrix4d shift = Eigen::Matrix4d::Identity();
  for (int axis = 0; axis < 3; ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    const int low = std::max(0, static_cast<int>(std::floor(voxels.min()[axis])) - kMargin_voxels);
    const int high = std::min(grid.dims[at],
                              static_cast<int>(std::ceil(voxels.max()[axis])) + kMargin_voxels + 1);
    part.dims[at] = std::max(high - low, 1);
    shift(axis, 3) = low;
  }
  part.world_from_voxel =
      media::WorldFromVoxel(Eigen::Matrix4d(grid.world_from_voxel.matrix() * shift));
  return part;
}

Surroundings around(const media::Clip& clip, const media::ClipMask& mask, int label,
                    const VoxelOptions& options) {
  Surroundings result{clip, options.grid
                                ? *options.grid
                                : gridAround(placedFrames(clip), clip.info.rows, clip.info.cols,
                                             clip.info.sector, options.spacing_mm)};
  const auto voxel_from_world = result.grid.world_from_voxel.inverse();
  Eigen::AlignedBox3d voxels;
  media::PixelRectangle pixels{clip.info.cols, clip.info.rows, 0, 0};
  for (const media::FrameMask& frame : mask.frames) {
    const auto box = extentOf(frame, label);
    const auto world_from_image = clip.worldFromImage(frame.frame_index);
    if (box.x0 >= box.x1 || !world_from_image) continue;
    pixels = {std::min(pixels.x0, box.x0), std::min(pixels.y0, box.y0), std::max(pixels.x1, box.x1),
              std::max(pixels.y1, box.y1)};
    for (const int col : {box.x0, box.x1 - 1}) {
      for (const int row : {box.y0, box.y1 - 1}) {
        voxels.extend(voxel_from_world((*world_from_image)(Eigen::Vector3d(col, row, 0.0))));
      }
    }
  }
  if (voxels.isEmpty()) throwBadInput("No placed frame's mask shows the label.");
  result.grid = cutTo(result.grid, voxels);
  const auto known = clip.info.sector.rectangle.value_or(
      media::PixelRectangle{0, 0, clip.info.cols, clip.info.rows});
  result.clip.info.sector.rectangle = media::PixelRectangle{
      std::max(known.x0, pixels.x0 - kMargin_px), std::max(known.y0, pixels.y0 - kMargin_px),
      std::min(known.x1, pixels.x1 + kMargin_px), std::min(known.y1, pixels.y1 + kMargin_px)};
  return result;
}
}  // namespace

media::Surface surfaceOfMasks(const media::Clip& clip, const media::ClipMask& mask, int label,
                              const VoxelOptions& voxels, const SurfaceOptions& options,
                              const Progress& progress) {
  const Surroundings part = around(clip, mask, label, voxels);
  VoxelOptions there = voxels;
  there.grid = part.grid;
  there.interpolation = Interpolation::kLinear;
  there.compounding = Compounding::kMean;
  there.sharpen = true;
  const VoxelResult occupancy =
      reconstructOccupancy(part.clip, mask, label, there, progress.part(0.0, 0.6));
  if (std::ranges::max(occupancy.volume.samples<std::uint8_t>()) < 128) return {};
  SurfaceOptions undecimated = options;
  undecimated.decimation_mm = 0.0;
  media::Surface surface =
      extractSurface(occupancy.volume, 0, undecimated, progress.part(0.6, 0.9));
  const Eigen::Vector3d spacing_mm = occupancy.volume.spacing_mm();
  const Eigen::Matrix3d pixel = clip.info.probe_from_image->linear();
  const double pixel_mm = 0.5 * (pixel.col(0).norm() + pixel.col(1).norm());
  const double spread_mm = std::min(
      outlineSpread_mm(outlineOffsets(clip, mask, label, surface), pixel_mm), kMostSpread_mm);
  const double blur_mm2 = kSplatBlur * spacing_mm.squaredNorm() / 3.0 + spread_mm * spread_mm;
  grow(surface, 0.5 * blur_mm2 * totalCurvature_mm(surface), 0.5 * spacing_mm.minCoeff());
  if (options.decimation_mm > 0.0) surface = decimate(surface, options.decimation_mm);
  const auto named = std::ranges::find(mask.labels, label, &media::Label::value);
  if (named != mask.labels.end()) surface.label = named->name;
  progress.report(1.0, "Extracting the surface");
  return surface;
}

}  // namespace sonotwin::reconstruct
