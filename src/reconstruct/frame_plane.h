// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Geometry>
#include <vector>

#include "splat_job.h"

namespace sonotwin::reconstruct {

/// A frame's place in millimetres along the grid's axes, from the grid's first voxel.
struct FramePose {
  Eigen::Vector3d origin_mm, per_col_mm, per_row_mm;
};

/// The pose that a job's fixed-point one came from. @param mm_from_voxel  of the grid, linear part
[[nodiscard]] FramePose framePose(const GridPose& pose, const SplatJob& job,
                                  const Eigen::Matrix3d& mm_from_voxel);

/// Part `t` of the way from one pose to another on the probe's path: the rotation by slerp, the
/// middle of the picture in a straight line.
[[nodiscard]] FramePose between(const FramePose& from, const FramePose& to, double t, int rows,
                                int cols);

/// Maps voxels to a frame's pixels, going straight to its plane.
class FramePlane {
 public:
  FramePlane(const FramePose& pose, const Eigen::Matrix3d& mm_from_voxel);

  /// Column, row, and millimetres out of the plane.
  [[nodiscard]] Eigen::Vector3d at(const std::array<int, 3>& voxel) const {
    return offset_ + linear_ * Eigen::Vector3d(voxel[0], voxel[1], voxel[2]);
  }
  /// False for pixels that span no plane: `at` is nowhere then.
  [[nodiscard]] bool usable() const { return usable_; }

 private:
  Eigen::Matrix3d linear_ = Eigen::Matrix3d::Zero();
  Eigen::Vector3d offset_ = Eigen::Vector3d::Constant(-1e9);
  bool usable_ = false;
};

/// Reads pictures at any point of the scan sector.
class PixelSampler {
 public:
  explicit PixelSampler(const SplatJob& job);

  /// Whether the pixel nearest to a point lies in the sector.
  [[nodiscard]] bool contains(double col, double row) const;
  /// That pixel's level. Only for points the sector contains, as the next.
  [[nodiscard]] std::uint8_t nearest(const std::uint8_t* pixels, double col, double row) const {
    return pixels[indexOf(col, row)];
  }
  /// Bilinear between 4 pixels; the nearest where not all of them lie in the sector.
  [[nodiscard]] double bilinear(const std::uint8_t* pixels, double col, double row) const;

 private:
  [[nodiscard]] std::size_t indexOf(double col, double row) const {
    return static_cast<std::size_t>(static_cast<int>(row + 0.5)) * static_cast<std::size_t>(cols_) +
           static_cast<std::size_t>(static_cast<int>(col + 0.5));
  }

  int rows_, cols_;
  std::vector<std::uint8_t> inside_;
};

}  // namespace sonotwin::reconstruct
