// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <complex>
#include <functional>
#include <vector>

#include "tissue.h"

namespace sonotwin::phantom {

struct Scatterer {
  Eigen::Vector3f at_mm;
  std::complex<float> echo;
};

/// A scatterer on a wall: coherent with its neighbours, seen only where the beam meets it squarely.
struct WallPiece {
  Eigen::Vector3f at_mm;
  Eigen::Vector3f normal;
  std::complex<float> echo;
};

/// Point scatterers of a body, one in each cell of a lattice fixed in space: every visit to a
/// place hears the same speckle. Echo powers average 1 in deep tissue.
class Scatterers {
 public:
  /// Fills `box_mm`, but only where `seen` says that a scatterer can matter.
  Scatterers(const Tissue& tissue, std::uint64_t seed, const Eigen::AlignedBox3d& box_mm,
             const std::function<bool(const Eigen::Vector3d&)>& seen);

  static constexpr double kPitch_mm = 0.5;

  /// Calls `visit` for each scatterer whose cell is within `reach_mm` of the plane through
  /// `origin` with unit `normal`, which must not lie along the sweep axis (y).
  template <class Visit>
  void nearPlane(const Eigen::Vector3d& origin, const Eigen::Vector3d& normal, double reach_mm,
                 const Visit& visit) const;
  /// In order of y.
  [[nodiscard]] const std::vector<WallPiece>& walls() const { return walls_; }

 private:
  void fillLayer(const Tissue& tissue, std::uint64_t seed, int k,
                 const std::function<bool(const Eigen::Vector3d&)>& seen,
                 std::vector<WallPiece>& walls);
  Eigen::Vector3i first_, counts_;  ///< lattice cells
  std::vector<Scatterer> cells_;    ///< y fastest, then x, then z
  std::vector<WallPiece> walls_;
};

template <class Visit>
void Scatterers::nearPlane(const Eigen::Vector3d& origin, const Eigen::Vector3d& normal,
                           double reach_mm, const Visit& visit) const {
  const int half_cells = static_cast<int>(reach_mm / std::abs(normal.y()) / kPitch_mm) + 1;
  for (int k = 0; k < counts_.z(); ++k) {
    for (int i = 0; i < counts_.x(); ++i) {
      const double x = (first_.x() + i + 0.5) * kPitch_mm - origin.x();
      const double z = (first_.z() + k + 0.5) * kPitch_mm - origin.z();
      const double y = origin.y() - (normal.x() * x + normal.z() * z) / normal.y();
      const int middle = static_cast<int>(std::floor(y / kPitch_mm)) - first_.y();
      const int begin = std::max(middle - half_cells, 0);
      const int end = std::min(middle + half_cells + 1, counts_.y());
      const Scatterer* column =
          cells_.data() + (static_cast<std::size_t>(k) * counts_.x() + i) * counts_.y();
      for (int j = begin; j < end; ++j) {
        if (column[j].echo != std::complex<float>()) visit(column[j]);
      }
    }
  }
}

}  // namespace sonotwin::phantom
