// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {

/// How much each pixel [rows x cols] counts, 1 to kFullPixelWeight: as one over the square of the
/// beam's thickness at its depth, full at the focus. Depth is that below the fan's arc or the
/// rectangle's upper side.
/// @throws Error(kBadInput) unless the focal zone is longer than zero and the focus not above the
///         probe
[[nodiscard]] std::vector<std::uint8_t> beamWeights(const media::ScanSector& sector, int rows,
                                                    int cols, const std::array<double, 2>& pixel_mm,
                                                    const BeamShape& beam);

}  // namespace sonotwin::reconstruct
