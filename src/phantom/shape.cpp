// SPDX-License-Identifier: Apache-2.0
#include "shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "smooth_join.h"
#include "star_volume.h"

namespace sonotwin::phantom {
namespace {
constexpr double kPi = std::numbers::pi;
constexpr double kGradientStep_mm = 1e-3;

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

Ellipsoid beanHalf(const Bean::Form& form, double side) {
  const Eigen::Matrix3d lean =
      Eigen::AngleAxisd(side * form.lean_rad, Eigen::Vector3d::UnitZ()).toRotationMatrix();
  const Eigen::Vector3d offset(0.0, side * form.half_offset_mm, 0.0);
  return {form.centre_mm + form.rotation * offset, form.half_radii_mm, form.rotation * lean};
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
  Level upper;
  Level lower;
  upper.value_mm = upper_.distance_mm(point, upper.slope);
  lower.value_mm = lower_.distance_mm(point, lower.slope);
  return join(upper, lower, join_mm_).distance_mm();
}

double Bean::volume_mm3() const {
  constexpr int kPolar = 64;
  return starVolume_mm3(*this, centre_mm_, kPolar);
}

double Bean::smallestRadius_mm() const {
  return upper_.smallestRadius_mm();
}

}  // namespace sonotwin::phantom
