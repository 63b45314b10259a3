// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace sonotwin::phantom {

/// Mixes 64 bits so that neighbouring inputs give unrelated outputs.
/// Source: SplitMix64, Steele, Lea & Flood, OOPSLA 2014.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

/// Bits that belong to a cell of the integer lattice.
[[nodiscard]] constexpr std::uint64_t latticeBits(std::uint64_t seed, int i, int j, int k) {
  const auto lane = [](int v) { return static_cast<std::uint64_t>(v + (1 << 20)) & 0x1FFFFFU; };
  return mix(seed ^ mix(lane(i) | (lane(j) << 21U) | (lane(k) << 42U)));
}

/// Numbers drawn in sequence; the same on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mix(seed)) {}
  [[nodiscard]] std::uint64_t bits() { return mix(state_++); }
  /// In [0, 1).
  [[nodiscard]] double uniform() { return static_cast<double>(bits() >> 11U) * 0x1p-53; }
  /// In [-1, 1).
  [[nodiscard]] double symmetric() { return 2.0 * uniform() - 1.0; }
  /// Standard normal (Box-Muller).
  [[nodiscard]] double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t state_;
};

/// Smooth random field in [-1, 1] with features of about one unit of `at`.
[[nodiscard]] double smoothNoise(std::uint64_t seed, const Eigen::Vector3d& at);

}  // namespace sonotwin::phantom
