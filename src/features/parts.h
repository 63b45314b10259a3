// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sonotwin/features/mask_features.h"

namespace sonotwin::features {

/// One label on one frame: grey levels, and 1 where the label is.
struct Region {
  int rows = 0, cols = 0;
  std::vector<std::uint8_t> gray, inside;  ///< [rows x cols]
  [[nodiscard]] std::size_t at(int row, int col) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(cols) +
           static_cast<std::size_t>(col);
  }
};

void addShape(std::vector<Feature>& features, const Region& region,
              const std::optional<std::array<double, 2>>& spacing_mm);
void addIntensity(std::vector<Feature>& features, const Region& region);
void addTexture(std::vector<Feature>& features, const Region& region);

}  // namespace sonotwin::features
