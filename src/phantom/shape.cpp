// SPDX-License-Identifier: Apache-2.0
#include "shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sonotwin::phantom {
namespace {
constexpr double kPi = std::numbers::pi;
constexpr double kGradientStep_mm = 1e-3;
constexpr double kLeastSlope = 0.5;  // deep inside a bean the two slopes may cancel

/// Parameter t of the point of the ellipsoid nearest to `y` (first octant). The sum is convex and
/// falls with t, so Newton's method from the left climbs to the root and never passes it.
double nearestParameter(const Eigen::Array3d& radii, const Eigen::Array3d& y) {
  const Eigen::Array3d squares = radii.square();
  double t = (radii * y - squares).maxCoeff();
  for (int i = 0; i < 60; ++i) {
    const Eigen::Array3d shifted = t + squares;
    const Eigen::Array3d terms = (radii * y / shifted).square();
    const double value = terms.sum() - 1.0;
    if (value < 1e-12) break;
    t += value / (2.0 * (terms / shifted).sum());
  }
  return t;
}

/// Share of the join between two bodies at distances `a` and `b`: 1 midway, 0 beyond `width`.
double joinShare(double a, double b, double width) {
  return std::max(width - std::abs(a - b), 0.0) / width;
}

Ellipsoid beanHalf(const Bean::Form& form, double side) {
  const Eigen::Matrix3d lean =
      Eigen::AngleAxisd(side * form.lean_rad, Eigen::Vector3d::UnitZ()).toRotationMatrix();
  const Eigen::Vector3d offset(0.0, side * form.half_offset_mm, 0.0);
  return {form.centre_mm + form.rotation * offset, form.half_radii_mm, form.rotation * lean};
}

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
}  // namespace

double Shape::distanceWithin_mm(const Eigen::Vector3d& point, double band_mm) const {
  const double outside_mm = bounds_mm().exteriorDistance(point);
  return outside_mm > band_mm ? outside_mm : distance_mm(point);
}

Eigen::Vector3d Shape::normal(const Eigen::Vector3d& point) const {
  Eigen::Vector3d slope;
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector3d step = kGradientStep_mm * Eigen::Vector3d::Unit(axis);
    slope[axis] = distance_mm(point + step) - distance_mm(point - step);
  }
  return slope.normalized();
}

Ellipsoid::Ellipsoid(const Eigen::Vector3d& centre_mm, const Eigen::Vector3d& radii_mm,
                     const Eigen::Matrix3d& rotation)
    : centre_mm_(centre_mm), radii_mm_(radii_mm), body_from_world_(rotation.transpose()) {
  const Eigen::Vector3d half =
      (radii_mm_.asDiagonal() * body_from_world_).colwise().norm().transpose();
  bounds_mm_ = {centre_mm_ - half, centre_mm_ + half};
}

double Ellipsoid::distance_mm(const Eigen::Vector3d& point) const {
  Eigen::Vector3d away;
  return distance_mm(point, away);
}

double Ellipsoid::distance_mm(const Eigen::Vector3d& point, Eigen::Vector3d& away) const {
  const Eigen::Vector3d local = body_from_world_ * (point - centre_mm_);
  // The nearest point is ill-defined on the planes of symmetry deep inside; a nanometre off is not.
  const Eigen::Array3d y = local.array().abs().max(1e-6);
  const Eigen::Array3d radii = radii_mm_.array();
  const double t = nearestParameter(radii, y);
  const Eigen::Array3d nearest = radii.square() * y / (t + radii.square());
  const Eigen::Vector3d outward = (nearest / radii.square()).matrix().normalized();
  away = body_from_world_.transpose() *
         outward.binaryExpr(local, [](double size, double of) { return std::copysign(size, of); });
  return std::copysign((nearest - y).matrix().norm(), t);
}

double Ellipsoid::volume_mm3() const {
  return 4.0 / 3.0 * kPi * radii_mm_.prod();
}

double Ellipsoid::smallestRadius_mm() const {
  const double least = radii_mm_.minCoeff();
  return least * least / radii_mm_.maxCoeff();
}

ArcTube::ArcTube(const Axis& axis, double radius_mm)
    : axis_(axis),
      centre_mm_(axis.middle_mm - axis.bend_radius_mm * axis.bulge),
      half_angle_rad_(0.5 * axis.length_mm / axis.bend_radius_mm),
      radius_mm_(radius_mm) {
  constexpr int kSteps = 16;
  Eigen::AlignedBox3d box;
  for (int i = -kSteps; i <= kSteps; ++i) box.extend(axisPoint(half_angle_rad_ * i / kSteps));
  const double between_mm = axis.bend_radius_mm * (1.0 - std::cos(0.5 * half_angle_rad_ / kSteps));
  const Eigen::Vector3d margin = Eigen::Vector3d::Constant(radius_mm + between_mm);
  bounds_mm_ = {box.min() - margin, box.max() + margin};
}

Eigen::Vector3d ArcTube::axisPoint(double angle_rad) const {
  return centre_mm_ + axis_.bend_radius_mm *
                          (std::cos(angle_rad) * axis_.bulge + std::sin(angle_rad) * axis_.tangent);
}

double ArcTube::distance_mm(const Eigen::Vector3d& point) const {
  const Eigen::Vector3d from_centre = point - centre_mm_;
  const double along = from_centre.dot(axis_.tangent);
  const double angle_rad = std::atan2(along, from_centre.dot(axis_.bulge));
  const double nearest_rad = std::clamp(angle_rad, -half_angle_rad_, half_angle_rad_);
  return (point - axisPoint(nearest_rad)).norm() - radius_mm_;
}

double ArcTube::volume_mm3() const {
  const double section_mm2 = kPi * radius_mm_ * radius_mm_;
  return section_mm2 * axis_.length_mm + 4.0 / 3.0 * section_mm2 * radius_mm_;
}

Bean::Bean(const Form& form)
    : centre_mm_(form.centre_mm),
      upper_(beanHalf(form, 1.0)),
      lower_(beanHalf(form, -1.0)),
      join_mm_(form.join_mm) {
  const Eigen::AlignedBox3d box = upper_.bounds_mm().merged(lower_.bounds_mm());
  const Eigen::Vector3d swell = Eigen::Vector3d::Constant(join_mm_ / 6.0);  // most a join adds
  bounds_mm_ = {box.min() - swell, box.max() + swell};
}

double Bean::distance_mm(const Eigen::Vector3d& point) const {
  Eigen::Vector3d away_near;
  Eigen::Vector3d away_far;
  double near_mm = upper_.distance_mm(point, away_near);
  double far_mm = lower_.distance_mm(point, away_far);
  if (far_mm < near_mm) {
    std::swap(near_mm, far_mm);
    away_near.swap(away_far);
  }
  // The cubic smooth minimum, divided by its slope.
  const double h = joinShare(near_mm, far_mm, join_mm_);
  const double joined_mm = near_mm - h * h * h * join_mm_ / 6.0;
  const double slope = (away_near + 0.5 * h * h * (away_far - away_near)).norm();
  return joined_mm / std::max(slope, kLeastSlope);
}

double Bean::wallRadius_mm(const Eigen::Vector3d& direction) const {
  double inside_mm = 0.0;
  double outside_mm = bounds_mm().diagonal().norm();
  for (int i = 0; i < 48 && outside_mm - inside_mm > 1e-9; ++i) {
    const double middle_mm = 0.5 * (inside_mm + outside_mm);
    (distance_mm(centre_mm_ + middle_mm * direction) < 0.0 ? inside_mm : outside_mm) = middle_mm;
  }
  return 0.5 * (inside_mm + outside_mm);
}

double Bean::volume_mm3() const {
  constexpr int kPolar = 64;
  constexpr int kAround = 128;
  double volume_mm3 = 0.0;
  for (int i = 0; i < kPolar; ++i) {
    double cosine = 0.0;
    double weight = 0.0;
    legendreNode(kPolar, i, cosine, weight);
    const double sine = std::sqrt(1.0 - cosine * cosine);
    for (int j = 0; j < kAround; ++j) {
      const double around = 2.0 * kPi * j / kAround;
      const Eigen::Vector3d direction(sine * std::cos(around), sine * std::sin(around), cosine);
      volume_mm3 += weight * 2.0 * kPi / kAround * std::pow(wallRadius_mm(direction), 3) / 3.0;
    }
  }
  return volume_mm3;
}

double Bean::smallestRadius_mm() const {
  return upper_.smallestRadius_mm();
}

}  // namespace sonotwin::phantom
