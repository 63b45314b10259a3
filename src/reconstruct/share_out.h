// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <vector>

#include "accumulator.h"

namespace sonotwin::reconstruct {

/// Cuts the grid into `parts` boxes that hold about as many of the frames' pixels each, so that
/// every thread owns its voxels and no two ever write to the same one. The cut decides who works,
/// never what comes out.
[[nodiscard]] std::vector<Box> shareOut(const SplatJob& job, std::span<const SplatFrame> frames,
                                        int parts);

}  // namespace sonotwin::reconstruct
