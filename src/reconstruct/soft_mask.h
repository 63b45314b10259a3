// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>

#include "sonotwin/media/image.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::reconstruct {

/// Signed distance to the outline of the pixels that `inside` accepts, as grey: 127.5 on the
/// outline (midway between pixel centres), 255 at `reach_mm` and deeper inside, 0 as far outside.
/// Beyond the picture lies outside.
///
/// Unlike a 0/1 mask it is linear across the outline: averaged over voxels and interpolated
/// between frames, its level 127.5 stays where the outline is, to a fraction of a voxel.
[[nodiscard]] media::Image softMask(const media::FrameMask& mask,
                                    const std::function<bool(int label)>& inside,
                                    const std::array<double, 2>& pixel_mm, double reach_mm);

}  // namespace sonotwin::reconstruct
