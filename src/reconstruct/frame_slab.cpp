// SPDX-License-Identifier: Apache-2.0
#include "frame_slab.h"

#include <Eigen/Geometry>

#include "row_walk.h"

namespace sonotwin::reconstruct {
namespace {
constexpr double kMargin_voxels = 0.01;  // the fixed-point path strays from the plane by less

Eigen::Vector3d voxels(const std::int64_t (&fixed)[3]) {
  return Eigen::Vector3d(static_cast<double>(fixed[0]), static_cast<double>(fixed[1]),
                         static_cast<double>(fixed[2])) /
         std::ldexp(1.0, kPositionBits);
}

Box reachOf(const SplatJob& job, const GridPose& pose, double reach_voxels) {
  const int beyond = static_cast<int>(std::ceil(reach_voxels));
  Box reach{{INT32_MAX, INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN, INT32_MIN}};
  const auto hold = [&](int col, int row) {
    for (int axis = 0; axis < 3; ++axis) {
      const int at = voxelOf(positionAt(pose, axis, col, row));
      reach.low[axis] = std::min(reach.low[axis], at + 1 - beyond);
      reach.high[axis] = std::max(reach.high[axis], at + 1 + beyond);
    }
  };
  for (const RowSpan& span : job.spans) {
    hold(span.begin, span.row);
    hold(span.end - 1, span.row);
  }
  return reach;
}
}  // namespace

FrameSlab::FrameSlab(const SplatJob& job, const GridPose& pose, const Box& box, double reach_voxels)
    : box_(box),
      strides_{1, static_cast<std::size_t>(job.dims[0]),
               static_cast<std::size_t>(job.dims[0]) * static_cast<std::size_t>(job.dims[1])} {
  const Box reach = reachOf(job, pose, reach_voxels);
  for (int axis = 0; axis < 3; ++axis) {
    box_.low[axis] = std::max(box.low[axis], reach.low[axis]);
    box_.high[axis] = std::max(box_.low[axis], std::min(box.high[axis], reach.high[axis]));
  }
  const Eigen::Vector3d origin = voxels(pose.origin);
  const Eigen::Vector3d normal = voxels(pose.per_col).cross(voxels(pose.per_row));
  Eigen::Index along = 0;
  if (normal.cwiseAbs().maxCoeff(&along) <= 0.0) return;  // pixels in a line: the box bounds them
  const auto inner = static_cast<std::size_t>(along);
  axes_ = {inner == 2 ? 1U : 2U, inner == 0 ? 1U : 0U, inner};
  height_ = normal.dot(origin) / normal[along];
  reach_ = reach_voxels + kMargin_voxels;
  for (const std::size_t axis : {axes_[0], axes_[1]}) {
    slope_[axis] = -normal[static_cast<Eigen::Index>(axis)] / normal[along];
    reach_ += reach_voxels * std::abs(slope_[axis]);
  }
}

}  // namespace sonotwin::reconstruct
