// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "filter_arithmetic.h"
#include "sector_map.h"

namespace sonotwin::enhance {

struct LocalContrast {
  int tiles = 0;  ///< along each side
  double clip_limit = 0.0;
  double strength = 0.0;
};

/// Contrast-limited adaptive histogram equalization of [0, 255]: each tile of a square grid is
/// equalized by its own histogram, steepness limited, and tiles blend into each other bilinearly.
/// Only pixels inside the sector count; a tile with few of them leans on the whole sector's
/// histogram. `strength` 0 leaves the picture as it is, 1 is the full effect.
/// Source: Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV, 1994;
/// deviations: sector, lean on the whole, levels between bins interpolated.
void clahe(Patch& patch, const LocalContrast& settings);
/// The curves of all tiles, kCurvePoints each.
/// @param counts  [tile][bin] of the levels inside the sector
[[nodiscard]] std::vector<float> equalizingCurves(const std::vector<std::uint32_t>& counts,
                                                  const TileGrid& grid, double clip_limit);

/// 255 (level / 255)^gamma.
void applyGamma(Patch& patch, double gamma);

/// Stretches the levels between two percentiles of the sector to [0, 255]; what lies beyond is cut.
void percentileStretch(Patch& patch, double low_percent, double high_percent);

/// Adds to each depth what its median level (smoothed along the depth over `reach_share` of it)
/// lacks to the whole sector's, times `strength`: on levels, which are logarithmic, a gain.
void compensateDepthGain(Patch& patch, double strength, double reach_share);

}  // namespace sonotwin::enhance
