// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace sonotwin::segment {

/// Distance of every pixel to the nearest site, exact, in the unit of `spacing`; infinite where
/// there is no site.
///
/// @param sites    [rows x cols], not zero at a site
/// @param spacing  pixel size (x, y)
/// Source: Felzenszwalb & Huttenlocher, Theory of Computing 8 (2012), with pixels of two sizes.
[[nodiscard]] std::vector<double> distanceTransform(std::span<const std::uint8_t> sites, int rows,
                                                    int cols, std::array<double, 2> spacing);

}  // namespace sonotwin::segment
