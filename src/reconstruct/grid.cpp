// SPDX-License-Identifier: Apache-2.0
#include "grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sector_spans.h"

namespace sonotwin::reconstruct {
namespace {
constexpr double kMaxVoxels = 536870912.0;  // 2^29: 6 to 10 GB while reconstructing
constexpr double kFarthest_voxels = 1 << 28;

[[noreturn]] void refuseSize(const Eigen::Vector3d& voxels, double spacing_mm) {
  const double needed_mm = spacing_mm * std::cbrt(voxels.prod() / kMaxVoxels);
  throwBadInput(fmt::format(
      "{:.0f} x {:.0f} x {:.0f} voxels of {:g} mm are too many for one volume: choose voxels of at "
      "least {:.2f} mm, or check the calibration and the poses if the sweep was not that large.",
      voxels[0], voxels[1], voxels[2], spacing_mm, std::ceil(needed_mm * 20.5) / 20.0));
}

Eigen::Vector3d column(const std::int64_t (&fixed)[3]) {
  return Eigen::Vector3d(static_cast<double>(fixed[0]), static_cast<double>(fixed[1]),
                         static_cast<double>(fixed[2])) /
         std::ldexp(1.0, kPositionBits);
}

void requireSpacing(double spacing_mm) {
  if (std::isfinite(spacing_mm) && spacing_mm > 0.0) return;
  throwBadInput("The voxel spacing must be a positive number of millimetres.");
}

/// Of the frames' sectors, in coordinates along `axes`.
Eigen::AlignedBox3d boxAround(const std::vector<PlacedFrame>& frames,
                              const std::vector<RowSpan>& spans, const Eigen::Matrix3d& axes) {
  const Eigen::Matrix3d along = axes.transpose();
  Eigen::AlignedBox3d box_mm;
  for (const PlacedFrame& frame : frames) {
    for (const RowSpan& span : spans) {
      box_mm.extend(along * frame.world_from_image(Eigen::Vector3d(span.begin, span.row, 0.0)));
      box_mm.extend(along * frame.world_from_image(Eigen::Vector3d(span.end - 1, span.row, 0.0)));
    }
  }
  if (frames.empty()) {
    throwBadInput("No frame has a valid pose: there is nothing to place in space.");
  }
  if (box_mm.isEmpty()) {
    throwBadInput("The scan sector holds no pixel of the image: check its limits.");
  }
  return box_mm;
}

/// Columns: the picture's mean x axis, the way down in it at right angles, and their normal.
Eigen::Matrix3d sweepAxes(const std::vector<PlacedFrame>& frames) {
  Eigen::Vector3d across = Eigen::Vector3d::Zero(), normal = Eigen::Vector3d::Zero();
  for (const PlacedFrame& frame : frames) {
    const Eigen::Matrix3d axes = frame.world_from_image.linear();
    across += axes.col(0).stableNormalized();
    normal += axes.col(0).cross(axes.col(1)).stableNormalized();
  }
  across -= across.dot(normal) / std::max(normal.squaredNorm(), 1e-30) * normal;
  if (across.norm() < 1e-6 || normal.norm() < 1e-6) return Eigen::Matrix3d::Identity();
  Eigen::Matrix3d axes;
  axes << across.normalized(), normal.cross(across).normalized(), normal.normalized();
  return axes;
}

Grid gridOver(const Eigen::AlignedBox3d& box_mm, const Eigen::Matrix3d& axes, double spacing_mm) {
  const Eigen::Vector3d voxels = ((box_mm.sizes() / spacing_mm).array() + 3.0).ceil();
  if (voxels.prod() > kMaxVoxels) refuseSize(voxels, spacing_mm);
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() = spacing_mm * axes;
  matrix.topRightCorner<3, 1>() = axes * Eigen::Vector3d(box_mm.min().array() - spacing_mm);
  return {{static_cast<int>(voxels[0]), static_cast<int>(voxels[1]), static_cast<int>(voxels[2])},
          media::WorldFromVoxel(matrix)};
}
}  // namespace

void requireUsable(const Grid& grid) {
  const Eigen::Vector3d voxels(grid.dims[0], grid.dims[1], grid.dims[2]);
  if (voxels.minCoeff() < 1.0) throwBadInput("A grid needs at least one voxel on every axis.");
  const double volume_mm3 = std::abs(grid.world_from_voxel.linear().determinant());
  if (volume_mm3 < 1e-12) throwBadInput("The grid's voxels have no volume: check its spacing.");
  if (voxels.prod() > kMaxVoxels) refuseSize(voxels, std::cbrt(volume_mm3));
}

Grid gridAround(const std::vector<PlacedFrame>& frames, int rows, int cols,
                const media::ScanSector& sector, double spacing_mm) {
  requireSpacing(spacing_mm);
  const Eigen::Matrix3d axes = Eigen::Matrix3d::Identity();
  return gridOver(boxAround(frames, sectorSpans(sector, rows, cols), axes), axes, spacing_mm);
}

Grid gridFor(const std::vector<PlacedFrame>& frames, int rows, int cols,
             const media::ScanSector& sector, const VoxelOptions& options) {
  if (options.grid) return *options.grid;
  requireSpacing(options.spacing_mm);
  const bool along_sweep = options.axes == GridAxes::kSweep;
  const Eigen::Matrix3d axes =
      along_sweep ? sweepAxes(frames) : Eigen::Matrix3d(Eigen::Matrix3d::Identity());
  const auto spans = sectorSpans(sector, rows, cols, options.pixel_mask.get());
  Eigen::AlignedBox3d box_mm = boxAround(frames, spans, axes);
  if (options.region) {
    if (along_sweep) {
      throwBadInput("A region lies along the world's axes: choose these for the grid, too.");
    }
    box_mm = box_mm.intersection({options.region->low_mm, options.region->high_mm});
    if (box_mm.isEmpty()) throwBadInput("No frame comes near the region: check its corners.");
  }
  return gridOver(box_mm, axes, options.spacing_mm);
}

GridPose gridPose(const VoxelFromImage& voxel_from_image, const SplatJob& job, int frame_index) {
  const Eigen::Matrix4d& matrix = voxel_from_image.matrix();
  const double rounding = job.linear ? std::ldexp(0.5, -kWeightBits) : 0.5;
  const double reach = matrix.topRows<3>().col(0).cwiseAbs().maxCoeff() * job.cols +
                       matrix.topRows<3>().col(1).cwiseAbs().maxCoeff() * job.rows +
                       matrix.topRows<3>().col(3).cwiseAbs().maxCoeff();
  if (!(reach < kFarthest_voxels)) {
    throwBadInput(
        fmt::format("Frame {} lies absurdly far from the volume: check its pose and the "
                    "calibration.",
                    frame_index));
  }
  GridPose pose{};
  for (int axis = 0; axis < 3; ++axis) {
    const auto fixed = [](double value) { return std::llround(std::ldexp(value, kPositionBits)); };
    pose.per_col[axis] = fixed(matrix(axis, 0));
    pose.per_row[axis] = fixed(matrix(axis, 1));
    pose.origin[axis] = fixed(matrix(axis, 3) + rounding);
  }
  return pose;
}

double largestWeight(const GridPose& pose, const SplatJob& job) {
  if (job.backward) return job.fullWeight();
  const Eigen::Vector3d u = column(pose.per_col);
  const Eigen::Vector3d v = column(pose.per_row);
  const double area = u.cross(v).norm();
  // The pixels within a ball around the voxel that holds its whole support, row by row.
  const double reach = std::sqrt(3.0) * (job.linear ? 2.0 : 1.0);
  const double pixels =
      area > 0.0 ? (reach * v.norm() / area + 2.0) * (reach * u.norm() / area + 2.0) : INFINITY;
  const double all = static_cast<double>(job.rows) * job.cols;
  return std::min(pixels, all) * job.fullWeight();
}

}  // namespace sonotwin::reconstruct
