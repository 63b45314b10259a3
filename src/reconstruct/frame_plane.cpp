// SPDX-License-Identifier: Apache-2.0
#include "frame_plane.h"

#include <algorithm>
#include <cmath>

namespace sonotwin::reconstruct {
namespace {
Eigen::Matrix3d axesOf(const FramePose& pose) {
  const Eigen::Vector3d normal = pose.per_col_mm.cross(pose.per_row_mm);
  Eigen::Matrix3d axes;
  axes.col(0) = pose.per_col_mm;
  axes.col(1) = pose.per_row_mm;
  axes.col(2) = normal / std::max(normal.norm(), 1e-300);
  return axes;
}
}  // namespace

FramePose framePose(const GridPose& pose, const SplatJob& job,
                    const Eigen::Matrix3d& mm_from_voxel) {
  const auto voxels = [](const std::int64_t(&fixed)[3]) {
    const double step = std::ldexp(1.0, -kPositionBits);
    return Eigen::Vector3d(step * static_cast<double>(fixed[0]),
                           step * static_cast<double>(fixed[1]),
                           step * static_cast<double>(fixed[2]));
  };
  const Eigen::Vector3d rounding =
      Eigen::Vector3d::Constant(job.linear ? std::ldexp(0.5, -kWeightBits) : 0.5);
  return {mm_from_voxel * (voxels(pose.origin) - rounding), mm_from_voxel * voxels(pose.per_col),
          mm_from_voxel * voxels(pose.per_row)};
}

FramePose between(const FramePose& from, const FramePose& to, double t, int rows, int cols) {
  const Eigen::Quaterniond turn =
      Eigen::Quaterniond(Eigen::Matrix3d(axesOf(to) * axesOf(from).inverse())).normalized();
  const Eigen::Matrix3d back = turn.conjugate().toRotationMatrix();
  const Eigen::Matrix3d part = Eigen::Quaterniond::Identity().slerp(t, turn).toRotationMatrix();
  // Calibration is the same for both: what is left of it after turning back is noise, shared out.
  const auto turned = [&](const Eigen::Vector3d& first, const Eigen::Vector3d& last) {
    return Eigen::Vector3d(part * ((1.0 - t) * first + t * (back * last)));
  };
  const auto middle = [&](const FramePose& pose) {
    return Eigen::Vector3d(pose.origin_mm + 0.5 * (cols - 1) * pose.per_col_mm +
                           0.5 * (rows - 1) * pose.per_row_mm);
  };
  FramePose pose;
  pose.per_col_mm = turned(from.per_col_mm, to.per_col_mm);
  pose.per_row_mm = turned(from.per_row_mm, to.per_row_mm);
  pose.origin_mm = (1.0 - t) * middle(from) + t * middle(to) - 0.5 * (cols - 1) * pose.per_col_mm -
                   0.5 * (rows - 1) * pose.per_row_mm;
  return pose;
}

FramePlane::FramePlane(const FramePose& pose, const Eigen::Matrix3d& mm_from_voxel) {
  const Eigen::Matrix3d axes = axesOf(pose);
  usable_ = std::abs(axes.determinant()) > 1e-12;
  if (!usable_) return;
  const Eigen::Matrix3d inverse = axes.inverse();
  linear_ = inverse * mm_from_voxel;
  offset_ = -inverse * pose.origin_mm;
}

PixelSampler::PixelSampler(const SplatJob& job)
    : rows_(job.rows), cols_(job.cols), inside_(job.pixelCount()) {
  for (const RowSpan& span : job.spans) {
    const std::size_t row = static_cast<std::size_t>(span.row) * static_cast<std::size_t>(cols_);
    for (int col = span.begin; col < span.end; ++col) {
      inside_[row + static_cast<std::size_t>(col)] = 1;
    }
  }
}

bool PixelSampler::contains(double col, double row) const {
  if (!(col >= -0.5 && row >= -0.5 && col < cols_ - 0.5 && row < rows_ - 0.5)) return false;
  return inside_[indexOf(col, row)] != 0;
}

double PixelSampler::bilinear(const std::uint8_t* pixels, double col, double row) const {
  if (!(col >= 0.0 && row >= 0.0 && col < cols_ - 1.0 && row < rows_ - 1.0)) {
    return nearest(pixels, col, row);
  }
  const auto c = static_cast<std::size_t>(col), r = static_cast<std::size_t>(row);
  const std::size_t at = r * static_cast<std::size_t>(cols_) + c;
  const std::size_t below = at + static_cast<std::size_t>(cols_);
  if (!(inside_[at] && inside_[at + 1] && inside_[below] && inside_[below + 1])) {
    return nearest(pixels, col, row);
  }
  const double x = col - static_cast<double>(c), y = row - static_cast<double>(r);
  return (1.0 - y) * ((1.0 - x) * pixels[at] + x * pixels[at + 1]) +
         y * ((1.0 - x) * pixels[below] + x * pixels[below + 1]);
}

}  // namespace sonotwin::reconstruct
