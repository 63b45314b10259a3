// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <array>
#include <optional>
#include <span>
#include <vector>

namespace sonotwin::scene {

/// A perspective camera that turns about a fixed axis, so that what is up stays up.
struct View {
  Eigen::Vector3d position_mm = {0.0, -400.0, 150.0};
  Eigen::Vector3d focal_mm = Eigen::Vector3d::Zero();
  Eigen::Vector3d up = Eigen::Vector3d::UnitZ();  ///< unit; axis of turning
  double angle_deg = 28.0;                        ///< vertical opening
};

/// The nearest camera at direction `toward` (from the focal point to the camera) that sees all
/// points within `fill` of the picture's width and height. aspect = width / height.
/// Without points: `view` unchanged.
[[nodiscard]] View fitted(const View& view, std::span<const Eigen::Vector3d> points_mm,
                          const Eigen::Vector3d& toward, double aspect, double fill);

/// Direction to the camera: `ahead` runs from near left to far right, seen from above.
[[nodiscard]] Eigen::Vector3d threeQuarterDirection(const Eigen::Vector3d& ahead,
                                                    const Eigen::Vector3d& up);

[[nodiscard]] View orbited(const View& view, double azimuth_deg, double elevation_deg);
[[nodiscard]] View zoomed(const View& view, double factor);
[[nodiscard]] View panned(const View& view, double dx_px, double dy_px, double height_px);

/// Length of a pixel at the distance of the focal point.
[[nodiscard]] double pixelAtFocus_mm(const View& view, double height_px);

/// Right, up and forward of the picture; unit.
[[nodiscard]] Eigen::Matrix3d pictureAxes(const View& view);

/// Direction from the camera through a position of the picture (not of unit length).
[[nodiscard]] Eigen::Vector3d rayThrough(const View& view, double x_px, double y_px, int cols,
                                         int rows);

}  // namespace sonotwin::scene
