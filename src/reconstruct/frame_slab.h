// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "splat_job.h"

namespace sonotwin::reconstruct {

/// The voxels near one frame: those of `box` within `reach_voxels` of the frame's plane and of its
/// outline along each axis, found without looking at its pixels. Within 1 lie all that it touches.
class FrameSlab {
 public:
  FrameSlab(const SplatJob& job, const GridPose& pose, const Box& box, double reach_voxels = 1.0);

  /// Calls `visit(index, voxel)` with the cell of every such voxel.
  template <class Visit>
  void forEach(const Visit& visit) const {
    const auto [outer, middle, inner] = axes_;
    for (int b = box_.low[outer]; b < box_.high[outer]; ++b) {
      for (int a = box_.low[middle]; a < box_.high[middle]; ++a) {
        const double height = height_ + slope_[middle] * a + slope_[outer] * b;
        const int begin = atLeast(box_.low[inner], height - reach_);
        const int end = atMost(box_.high[inner], height + reach_);
        std::size_t index = b * strides_[outer] + a * strides_[middle] + begin * strides_[inner];
        std::array<int, 3> voxel = {0, 0, 0};
        voxel[outer] = b, voxel[middle] = a;
        for (int c = begin; c < end; ++c, index += strides_[inner]) {
          voxel[inner] = c;
          visit(index, voxel);
        }
      }
    }
  }

 private:
  static int atLeast(int low, double from) {
    return from > low ? static_cast<int>(std::ceil(std::min(from, 1e9))) : low;
  }
  static int atMost(int high, double to) {
    return to < high - 1 ? static_cast<int>(std::floor(std::max(to, -1e9))) + 1 : high;
  }

  Box box_;
  std::array<std::size_t, 3> axes_ = {2, 1, 0};  ///< outer, middle, inner: most along the normal
  std::array<std::size_t, 3> strides_ = {0, 0, 0};
  double height_ = 0.0;  ///< of the plane along the inner axis, at 0 of the others
  std::array<double, 3> slope_ = {0.0, 0.0, 0.0};
  double reach_ = INFINITY;
};

}  // namespace sonotwin::reconstruct
