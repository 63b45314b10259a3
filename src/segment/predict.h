// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "grid.h"
#include "sonotwin/media/mask.h"
#include "unet.h"

namespace sonotwin::segment {

/// A picture brought to the network's grid, and the size its answer must have.
struct GridPicture {
  int rows = 0;
  int cols = 0;
  Placement placement;
  std::vector<std::uint8_t> gray;  ///< [grid_rows x grid_cols]
};

[[nodiscard]] GridPicture makeGridPicture(std::span<const std::uint8_t> gray, int rows, int cols,
                                          const NetworkPlan& plan);

/// Labels every pixel of every picture: softmax on the grid, brought back bilinearly, then the
/// likeliest class. Same results however pictures are put together.
/// @param flip  averages the answer with that for the mirrored picture
/// @param on_batch  is told how many pictures are done; may throw to stop
[[nodiscard]] std::vector<media::FrameMask> predict(
    const UNet& network, const Runtime& runtime, std::span<const GridPicture> pictures,
    const std::vector<media::Label>& labels, bool flip,
    const std::function<void(std::size_t done)>& on_batch = {});

}  // namespace sonotwin::segment
