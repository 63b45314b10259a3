// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace sonotwin::segment {

/// Dice's two sums, without the distances of compareMasks, which cost more than the network.
struct Overlap {
  double both = 0.0;
  double sum = 0.0;  ///< 0: neither shows the label
  [[nodiscard]] double dice() const { return 2.0 * both / sum; }
};

inline Overlap overlapOf(std::span<const std::uint8_t> predicted,
                         std::span<const std::uint8_t> truth, int label) {
  Overlap overlap;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool p = predicted[i] == label, t = truth[i] == label;
    overlap.both += p && t ? 1.0 : 0.0;
    overlap.sum += (p ? 1.0 : 0.0) + (t ? 1.0 : 0.0);
  }
  return overlap;
}

}  // namespace sonotwin::segment
