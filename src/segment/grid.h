// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sonotwin/media/mask.h"

namespace sonotwin::segment {

/// The fixed grid a network works on, and where a picture of another size lies in it: scaled
/// evenly, centred, black around. Keeping the proportions keeps a head round.
struct Placement {
  int grid_rows = 0, grid_cols = 0;
  int rows = 0, cols = 0;  ///< of the picture within the grid
  int top = 0, left = 0;
};

[[nodiscard]] Placement placeInGrid(int picture_rows, int picture_cols, int grid_rows,
                                    int grid_cols);

/// Brings a picture to the grid, antialiased (a triangle filter as wide as the reduction). Outer
/// edges coincide: the centre of grid pixel r lies at row (r - top + 1/2) * picture_rows / rows -
/// 1/2.
/// @param gray  [picture_rows x picture_cols] @returns [grid_rows x grid_cols]
[[nodiscard]] std::vector<std::uint8_t> toGrid(std::span<const std::uint8_t> gray, int picture_rows,
                                               int picture_cols, const Placement& placement);

/// The class that covers most of each grid pixel: 0 is background, i + 1 is labels[i].
[[nodiscard]] std::vector<std::uint8_t> truthToGrid(std::span<const std::uint8_t> truth,
                                                    int picture_rows, int picture_cols,
                                                    const std::vector<media::Label>& labels,
                                                    const Placement& placement);

}  // namespace sonotwin::segment
