// SPDX-License-Identifier: Apache-2.0
#include "star_volume.h"

#include <cmath>
#include <numbers>

namespace sonotwin::phantom {
namespace {
constexpr double kPi = std::numbers::pi;

/// Nodes and weights of Gauss-Legendre quadrature on [-1, 1], by Newton on the polynomial.
void legendreNode(int order, int i, double& node, double& weight) {
  node = std::cos(kPi * (i + 0.75) / (order + 0.5));
  double slope = 0.0;
  for (int round = 0; round < 8; ++round) {
    double p0 = 1.0;
    double p1 = node;
    for (int k = 2; k <= order; ++k) {
      const double p2 = ((2.0 * k - 1.0) * node * p1 - (k - 1.0) * p0) / k;
      p0 = p1;
      p1 = p2;
    }
    slope = order * (node * p1 - p0) / (node * node - 1.0);
    node -= p1 / slope;
  }
  weight = 2.0 / ((1.0 - node * node) * slope * slope);
}

double wallRadius_mm(const Shape& shape, const Eigen::Vector3d& centre_mm,
                     const Eigen::Vector3d& direction) {
  double inside_mm = 0.0;
  double outside_mm = shape.bounds_mm().diagonal().norm();
  for (int i = 0; i < 48 && outside_mm - inside_mm > 1e-9; ++i) {
    const double middle_mm = 0.5 * (inside_mm + outside_mm);
    const bool inside = shape.distance_mm(centre_mm + middle_mm * direction) < 0.0;
    (inside ? inside_mm : outside_mm) = middle_mm;
  }
  return 0.5 * (inside_mm + outside_mm);
}
}  // namespace

double starVolume_mm3(const Shape& shape, const Eigen::Vector3d& centre_mm, int polar) {
  const int around = 2 * polar;
  double volume_mm3 = 0.0;
  for (int i = 0; i < polar; ++i) {
    double cosine = 0.0;
    double weight = 0.0;
    legendreNode(polar, i, cosine, weight);
    const double sine = std::sqrt(1.0 - cosine * cosine);
    for (int j = 0; j < around; ++j) {
      const double angle = 2.0 * kPi * j / around;
      const Eigen::Vector3d direction(sine * std::cos(angle), sine * std::sin(angle), cosine);
      const double radius_mm = wallRadius_mm(shape, centre_mm, direction);
      volume_mm3 += weight * 2.0 * kPi / around * std::pow(radius_mm, 3) / 3.0;
    }
  }
  return volume_mm3;
}

}  // namespace sonotwin::phantom
