// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace sonotwin::reconstruct {

/// Floats on a grid, i fastest; work space of the filters below.
struct FloatGrid {
  std::array<int, 3> dims = {0, 0, 0};
  std::vector<float> values;

  explicit FloatGrid(std::array<int, 3> dims, float value = 0.0F)
      : dims(dims),
        values(static_cast<std::size_t>(dims[0]) * static_cast<std::size_t>(dims[1]) *
                   static_cast<std::size_t>(dims[2]),
               value) {}
  [[nodiscard]] std::size_t index(int i, int j, int k) const {
    return static_cast<std::size_t>(i) +
           static_cast<std::size_t>(dims[0]) *
               (static_cast<std::size_t>(j) +
                static_cast<std::size_t>(dims[1]) * static_cast<std::size_t>(k));
  }
};

/// Gaussian with standard deviation `sigma` (in samples, per axis), cut off at 3 sigma and not
/// renormalized: outside the grid is 0. Same result for any number of threads.
void smooth(FloatGrid& grid, const std::array<double, 3>& sigma, int threads);

constexpr float kFarAway_mm2 = 1e30F;

/// Squared distance to the nearest sample that is 0, where the others hold kFarAway_mm2; exact up
/// to `radius_mm`, beyond it anything greater. Outside the grid lies no 0.
/// Source: separable lower envelopes of parabolas, as Felzenszwalb & Huttenlocher 2012, by direct
/// search since the radius is small.
void spreadDistance(FloatGrid& grid, const std::array<double, 3>& spacing_mm, double radius_mm,
                    int threads);

}  // namespace sonotwin::reconstruct
