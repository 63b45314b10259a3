// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sonotwin::phantom {

/// Grey of an echo, in dB relative to deep tissue: log compression of 60 dB below white.
[[nodiscard]] inline std::uint8_t greyOf(double echo_db) {
  constexpr double kDynamicRange_db = 60.0;
  constexpr double kWhite_db = 31.0;
  const double level = std::clamp(1.0 + (echo_db - kWhite_db) / kDynamicRange_db, 0.0, 1.0);
  return static_cast<std::uint8_t>(std::lround(255.0 * level));
}

}  // namespace sonotwin::phantom
