// SPDX-License-Identifier: Apache-2.0
#include "camera.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace sonotwin::scene {
namespace {
constexpr double kRadPerDeg = std::numbers::pi / 180.0;
constexpr double kSteepest_rad = 85.0 * kRadPerDeg;  // straight above, left and right lose meaning
constexpr double kTurn_deg = 42.0;                   // from square on to the sweep
constexpr double kElevation_deg = 20.0;

double halfTangent(const View& view) {
  return std::tan(view.angle_deg * kRadPerDeg / 2.0);
}

/// For extents a (to the positive side) and b (to the negative side) along one picture axis.
struct Reach {
  double positive = -std::numeric_limits<double>::infinity();
  double negative = -std::numeric_limits<double>::infinity();
  void add(double across, double depth) {
    positive = std::max(positive, across + depth);
    negative = std::max(negative, -across + depth);
  }
  [[nodiscard]] double centre() const { return (positive - negative) / 2.0; }
  [[nodiscard]] double half() const { return (positive + negative) / 2.0; }
};
}  // namespace

View fitted(const View& view, std::span<const Eigen::Vector3d> points_mm,
            const Eigen::Vector3d& toward, double aspect, double fill) {
  if (points_mm.empty()) return view;
  View result = view;
  result.focal_mm = points_mm.front();
  result.position_mm = result.focal_mm + toward;
  const Eigen::Matrix3d axes = pictureAxes(result);
  const double slope_y = halfTangent(view) * fill;
  const double slope_x = slope_y * aspect;
  Reach horizontal, vertical;
  double nearest = -std::numeric_limits<double>::infinity();
  for (const Eigen::Vector3d& point : points_mm) {
    const Eigen::Vector3d in_view = axes.transpose() * (point - result.focal_mm);
    // A point d behind the focal plane may lie slope * d further out and still be seen.
    horizontal.add(in_view.x(), -slope_x * in_view.z());
    vertical.add(in_view.y(), -slope_y * in_view.z());
    nearest = std::max(nearest, -in_view.z());
  }
  const double distance =
      std::max({horizontal.half() / slope_x, vertical.half() / slope_y, nearest + 1.0});
  const Eigen::Vector3d shift = axes.col(0) * horizontal.centre() + axes.col(1) * vertical.centre();
  const Eigen::Vector3d forward = axes.col(2);
  double depth_sum = 0.0;
  for (const Eigen::Vector3d& point : points_mm) {
    depth_sum += forward.dot(point - result.focal_mm);
  }
  const Eigen::Vector3d base = result.focal_mm + shift;
  result.position_mm = base - distance * forward;
  // Turning is about the middle of what is seen, not about its first point.
  result.focal_mm = base + forward * depth_sum / static_cast<double>(points_mm.size());
  return result;
}

Eigen::Vector3d threeQuarterDirection(const Eigen::Vector3d& ahead, const Eigen::Vector3d& up) {
  const Eigen::Vector3d u = up.normalized();
  const Eigen::Vector3d a = (ahead - ahead.dot(u) * u).normalized();
  const double turn = kTurn_deg * kRadPerDeg;
  const double elevation = kElevation_deg * kRadPerDeg;
  const Eigen::Vector3d horizontal = -(std::sin(turn) * a + std::cos(turn) * u.cross(a));
  return std::cos(elevation) * horizontal + std::sin(elevation) * u;
}

View orbited(const View& view, double azimuth_deg, double elevation_deg) {
  View result = view;
  const Eigen::Vector3d offset = view.position_mm - view.focal_mm;
  const double distance = offset.norm();
  const Eigen::AngleAxisd turn(azimuth_deg * kRadPerDeg, view.up);
  Eigen::Vector3d level = offset - offset.dot(view.up) * view.up;
  if (level.norm() < 1e-9 * distance) level = view.up.unitOrthogonal();
  const double elevation = std::clamp(
      std::asin(std::clamp(offset.dot(view.up) / distance, -1.0, 1.0)) + elevation_deg * kRadPerDeg,
      -kSteepest_rad, kSteepest_rad);
  result.position_mm =
      view.focal_mm + distance * (std::cos(elevation) * (turn * level.normalized()) +
                                  std::sin(elevation) * view.up);
  return result;
}

View zoomed(const View& view, double factor) {
  View result = view;
  const double limited = std::isfinite(factor) ? std::clamp(factor, 0.01, 100.0) : 1.0;
  result.position_mm = view.focal_mm + (view.position_mm - view.focal_mm) / limited;
  return result;
}

View panned(const View& view, double dx_px, double dy_px, double height_px) {
  const Eigen::Matrix3d axes = pictureAxes(view);
  const Eigen::Vector3d shift =
      pixelAtFocus_mm(view, height_px) * (-dx_px * axes.col(0) + dy_px * axes.col(1));
  View result = view;
  result.position_mm += shift;
  result.focal_mm += shift;
  return result;
}

double pixelAtFocus_mm(const View& view, double height_px) {
  return 2.0 * (view.position_mm - view.focal_mm).norm() * halfTangent(view) /
         std::max(height_px, 1.0);
}

Eigen::Matrix3d pictureAxes(const View& view) {
  Eigen::Matrix3d axes;
  axes.col(2) = (view.focal_mm - view.position_mm).normalized();
  axes.col(0) = axes.col(2).cross(view.up).normalized();
  axes.col(1) = axes.col(0).cross(axes.col(2));
  return axes;
}

Eigen::Vector3d rayThrough(const View& view, double x_px, double y_px, int cols, int rows) {
  const Eigen::Matrix3d axes = pictureAxes(view);
  const double half = halfTangent(view);
  const double right = (2.0 * (x_px + 0.5) / cols - 1.0) * half * cols / rows;
  const double up = (1.0 - 2.0 * (y_px + 0.5) / rows) * half;
  return axes.col(2) + right * axes.col(0) + up * axes.col(1);
}

}  // namespace sonotwin::scene
