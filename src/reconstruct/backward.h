// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <memory>

#include "accumulator.h"
#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {

[[nodiscard]] constexpr bool isBackward(Interpolation interpolation) {
  return interpolation == Interpolation::kNearestFrame ||
         interpolation == Interpolation::kByDistance || interpolation == Interpolation::kProbePath;
}

/// Voxels that look for their frames: those whose plane lies within `reach_mm`, which each frame
/// knows from its plane, so that frames are streamed and none is searched for. VoxelBytes::observed
/// becomes kObserved where a frame's plane passes within half a voxel's diagonal, and kInterpolated
/// where it lies farther off.
/// @param mm_from_voxel  of the grid, linear part
[[nodiscard]] std::unique_ptr<Accumulator> makeBackwardAccumulator(
    const SplatJob& job, Interpolation interpolation, const Eigen::Matrix3d& mm_from_voxel,
    double reach_mm, int threads);

}  // namespace sonotwin::reconstruct
