// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "grid.h"
#include "inference_settings.h"
#include "sonotwin/media/mask.h"
#include "unet.h"

namespace sonotwin::segment {

/// A picture brought to the network's grid, and the size its answer must have.
struct GridPicture {
  int rows = 0;
  int cols = 0;
  Cut cut;                         ///< what of it is on the grid
  Placement placement;             ///< of the cut; a larger grid than the network's means tiles
  std::vector<std::uint8_t> gray;  ///< [grid_rows x grid_cols]
  std::span<const std::uint8_t> source;  ///< [rows x cols], not its own: must outlive it
};

/// @param gray  [rows x cols]
[[nodiscard]] GridPicture makeGridPicture(std::span<const std::uint8_t> gray, int rows, int cols,
                                          const NetworkPlan& plan, const Cut& cut);
[[nodiscard]] GridPicture makeGridPicture(std::span<const std::uint8_t> gray, int rows, int cols,
                                          const Cut& cut, const Placement& placement);
/// What of a single picture the network sees.
[[nodiscard]] Cut cutFor(const NetworkPlan& plan, std::span<const std::uint8_t> gray, int rows,
                         int cols);

/// Grey levels [n x 1 x grid_rows x grid_cols] of pictures on grids of one size, on the device.
[[nodiscard]] at::Tensor grayInput(std::span<const GridPicture> pictures, const Runtime& runtime);
/// The same, normalized.
[[nodiscard]] at::Tensor networkInput(std::span<const GridPicture> pictures,
                                      const Runtime& runtime);
/// [n x classes x grid_rows x grid_cols], float.
[[nodiscard]] at::Tensor logitsOf(const UNet& network, const Runtime& runtime,
                                  const at::Tensor& image);

/// The encoder's coarsest map [n x maps x rows x cols], float.
[[nodiscard]] at::Tensor coarsestMapOf(const UNet& network, const Runtime& runtime,
                                       const at::Tensor& image);

/// Labels every pixel of every picture: softmax on the grid, brought back bilinearly, then the
/// likeliest class. Same results however pictures are put together.
/// @param on_batch  is told how many pictures are done; may throw to stop
[[nodiscard]] std::vector<media::FrameMask> predict(
    const UNet& network, const Runtime& runtime, std::span<const GridPicture> pictures,
    const std::vector<media::Label>& labels, const InferenceSettings& settings,
    const std::function<void(std::size_t done)>& on_batch = {});

}  // namespace sonotwin::segment
