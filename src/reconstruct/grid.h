// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "accumulator.h"
#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {

using VoxelFromImage = geometry::Transform<geometry::Voxel, geometry::Image>;

/// Refuses a grid without voxels, or too large to reconstruct, with the spacing that would do.
/// @throws Error(kBadInput)
void requireUsable(const Grid& grid);

/// Fixed-point map of one frame for `job`, half a step of rounding included.
/// @throws Error(kBadInput) naming the frame if it lies absurdly far from the grid.
[[nodiscard]] GridPose gridPose(const VoxelFromImage& voxel_from_image, const SplatJob& job,
                                int frame_index);

/// No voxel's weight grows by more than this when the frame is added.
[[nodiscard]] double largestWeight(const GridPose& pose, const SplatJob& job);

}  // namespace sonotwin::reconstruct
