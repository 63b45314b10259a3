// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "shape.h"

namespace sonotwin::phantom {

/// A vessel that divides: round straight tubes with hemispherical ends that start at one point,
/// smoothly joined. The wall is the exact zero set of the join; distances are exact away from it.
class Branches final : public Shape {
 public:
  struct Tube {
    Eigen::Vector3d direction;  ///< unit
    double length_mm = 0.0;     ///< of the axis
    double radius_mm = 0.0;
  };
  /// @param tubes  at least one
  Branches(const Eigen::Vector3d& fork_mm, std::vector<Tube> tubes, double join_mm);
  [[nodiscard]] double distance_mm(const Eigen::Vector3d& point) const override;
  /// Gauss-Legendre over directions from the fork, to 1e-4.
  [[nodiscard]] double volume_mm3() const override;
  [[nodiscard]] double smallestRadius_mm() const override;

 private:
  Eigen::Vector3d fork_mm_;
  std::vector<Tube> tubes_;
  double join_mm_;
};

}  // namespace sonotwin::phantom
