// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>

namespace sonotwin::phantom {

/// Level of an implicit body at a point, negative inside, and its gradient.
struct Level {
  double value_mm = 0.0;
  Eigen::Vector3d slope = Eigen::Vector3d::Zero();

  /// To first order the distance to the wall; exact where the slope is 1.
  [[nodiscard]] double distance_mm() const {
    constexpr double kLeastSlope = 0.5;  // deep inside two joined slopes may cancel
    return value_mm / std::max(slope.norm(), kLeastSlope);
  }
};

/// Union of two bodies whose crease is filled over `width_mm`; the wall moves by a sixth of it at
/// most. Source: I. Quilez, "Smooth minimum" (the cubic one).
[[nodiscard]] inline Level join(Level near, Level far, double width_mm) {
  if (far.value_mm < near.value_mm) std::swap(near, far);
  const double h = std::max(width_mm - (far.value_mm - near.value_mm), 0.0) / width_mm;
  return {near.value_mm - h * h * h * width_mm / 6.0,
          near.slope + 0.5 * h * h * (far.slope - near.slope)};
}

}  // namespace sonotwin::phantom
