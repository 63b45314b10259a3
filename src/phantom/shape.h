// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>

namespace sonotwin::phantom {

/// A closed body of exact shape. Millimetres; immutable, any thread.
class Shape {
 public:
  virtual ~Shape() = default;
  /// Signed distance to the wall, negative inside.
  [[nodiscard]] virtual double distance_mm(const Eigen::Vector3d& point) const = 0;
  [[nodiscard]] virtual double volume_mm3() const = 0;
  /// A box that holds the body, not necessarily the tightest.
  [[nodiscard]] const Eigen::AlignedBox3d& bounds_mm() const { return bounds_mm_; }
  /// Smallest radius of curvature of a convex part: how fine a mesh must be.
  [[nodiscard]] virtual double smallestRadius_mm() const = 0;

  /// `distance_mm` where the body may be nearer than `band_mm`, else a positive lower bound of it.
  [[nodiscard]] double distanceWithin_mm(const Eigen::Vector3d& point, double band_mm) const;
  /// Unit vector away from the body.
  [[nodiscard]] Eigen::Vector3d normal(const Eigen::Vector3d& point) const;

 protected:
  Eigen::AlignedBox3d bounds_mm_;
};

/// Ellipsoid with the axes of `rotation`. The distance is exact.
/// Source: D. Eberly, "Distance from a Point to an Ellipse, an Ellipsoid, or a Hyperellipsoid".
class Ellipsoid final : public Shape {
 public:
  Ellipsoid(const Eigen::Vector3d& centre_mm, const Eigen::Vector3d& radii_mm,
            const Eigen::Matrix3d& rotation);
  [[nodiscard]] double distance_mm(const Eigen::Vector3d& point) const override;
  [[nodiscard]] double volume_mm3() const override;
  [[nodiscard]] double smallestRadius_mm() const override;
  /// The distance, and in `away` its gradient.
  [[nodiscard]] double distance_mm(const Eigen::Vector3d& point, Eigen::Vector3d& away) const;

 private:
  Eigen::Vector3d centre_mm_, radii_mm_;
  Eigen::Matrix3d body_from_world_;
};

/// Round tube along an arc of a circle, with hemispherical ends. The distance is exact.
class ArcTube final : public Shape {
 public:
  struct Axis {
    Eigen::Vector3d middle_mm;
    Eigen::Vector3d tangent;  ///< at the middle; unit
    Eigen::Vector3d bulge;    ///< away from the arc's centre; unit, square to the tangent
    double bend_radius_mm = 0.0;
    double length_mm = 0.0;  ///< of the arc, without the ends
  };
  ArcTube(const Axis& axis, double radius_mm);
  [[nodiscard]] double distance_mm(const Eigen::Vector3d& point) const override;
  [[nodiscard]] double volume_mm3() const override;
  [[nodiscard]] double smallestRadius_mm() const override { return radius_mm_; }

 private:
  [[nodiscard]] Eigen::Vector3d axisPoint(double angle_rad) const;
  Axis axis_;
  Eigen::Vector3d centre_mm_;
  double half_angle_rad_, radius_mm_;
};

/// Bean: two ellipsoids that lean towards each other, smoothly joined. The wall is the exact zero
/// set of the join; distances are exact away from the join and of first order in it: within 3 %
/// up to 1 mm from the wall.
class Bean final : public Shape {
 public:
  struct Form {
    Eigen::Vector3d centre_mm;
    Eigen::Vector3d half_radii_mm;  ///< of each half: across the hilum, along, through
    double half_offset_mm = 0.0;    ///< of each half's centre along the length
    double lean_rad = 0.0;          ///< of each half, towards the hilum
    double join_mm = 0.0;           ///< width of the smooth join
    Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
  };
  explicit Bean(const Form& form);
  [[nodiscard]] double distance_mm(const Eigen::Vector3d& point) const override;
  /// Gauss-Legendre over directions from the centre, to 1e-5.
  [[nodiscard]] double volume_mm3() const override;
  [[nodiscard]] double smallestRadius_mm() const override;

 private:
  Eigen::Vector3d centre_mm_;
  Ellipsoid upper_, lower_;
  double join_mm_;
};

}  // namespace sonotwin::phantom
