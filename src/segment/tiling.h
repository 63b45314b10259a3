// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "grid.h"
#include "recipe.h"

namespace sonotwin::segment {

/// What the pictures that a network was trained on measure, as far as it saw them (their cuts).
struct TrainingScale {
  std::array<double, 2> median_px{};  ///< rows, columns
  /// Where every training case had a pixel size: the largest height and width, and what a pixel of
  /// the network's grid stood for in the median.
  struct Physical {
    std::array<double, 2> largest_mm{};
    double grid_pixel_mm = 0.0;
  };
  std::optional<Physical> physical;
};

/// Of the training split, which must not be empty.
[[nodiscard]] TrainingScale trainingScale(const Dataset& dataset, const NetworkPlan& plan);
[[nodiscard]] nlohmann::json scaleToJson(const TrainingScale& scale);
/// @throws Error(kBadInput) naming the field and `where`
[[nodiscard]] TrainingScale scaleFromJson(const nlohmann::json& object, const std::string& where);

/// Where the cut lies within the network's own grid.
[[nodiscard]] Placement placeWhole(const Cut& cut, const NetworkPlan& plan);
/// Where the cut lies for a network trained at this scale. Mostly within the network's own grid.
/// A cut that shows much more than any training picture did comes onto a larger grid, which is
/// looked at in tiles: where pixel sizes are known on both sides, one more than 1.5 times as high
/// or wide in mm as the largest, at the training pictures' mm a grid pixel; else one with more than
/// twice the training pictures' rows or columns whose shape leaves half of the network's grid
/// empty, its short side as long as the grid's. A picture that is merely finer is seen whole.
/// @param pixel_mm  of the picture; 0: unknown
[[nodiscard]] Placement placeAtScale(const Cut& cut, double pixel_mm, const NetworkPlan& plan,
                                     const std::optional<TrainingScale>& scale);

/// First positions of tiles that cover a length, evenly at half a tile's step or less.
[[nodiscard]] std::vector<int> tileStarts(int length, int tile);

}  // namespace sonotwin::segment
