// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sonotwin/reconstruct/sweep.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// The frames that a place of a volume came from: those of its clip that showed the place, out of
/// plane by at most `within_mm`, as they were placed when the volume was made (calibration, sector
/// and smoothing are taken from its lineage). Nearest first.
/// @param within_mm  0: the diagonal of a voxel, as far as linear weights reach
/// @throws Error(kNotFound) where there is no such volume
[[nodiscard]] std::vector<reconstruct::FrameAt> framesOf(const store::Store& store,
                                                         const std::string& volume_id,
                                                         const Eigen::Vector3d& world_mm,
                                                         double within_mm = 0.0);

}  // namespace sonotwin::pipeline
