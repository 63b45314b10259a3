// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sector_map.h"

namespace sonotwin::enhance {

/// Of the square of side 2 radius + 1 around each pixel, cut off at the patch's border.
struct LocalStatistics {
  std::vector<float> mean;               ///< [box rows x box cols]
  std::vector<float> squared_variation;  ///< variance / mean²: squared coefficient of variation
};

/// @param patch  amplitudes, above 0. Costs the same for every radius.
[[nodiscard]] LocalStatistics localStatistics(const Patch& patch, int radius);

/// The squared coefficient of variation of speckle alone: the median over the sector, as most of a
/// picture is tissue without edges. Source: Aja-Fernández & Alberola-López, IEEE TIP 15 (2006).
[[nodiscard]] float speckleVariation(const Patch& patch,
                                     const std::vector<float>& squared_variation);

}  // namespace sonotwin::enhance
