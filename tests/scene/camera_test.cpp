// SPDX-License-Identifier: Apache-2.0
#include "camera.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace sonotwin::scene {
namespace {
constexpr double kRadPerDeg = std::numbers::pi / 180.0;

/// Position in the picture, -1 to 1 across and upwards.
Eigen::Vector2d projected(const View& view, const Eigen::Vector3d& point, double aspect) {
  const Eigen::Vector3d in_view = pictureAxes(view).transpose() * (point - view.position_mm);
  const double half = std::tan(view.angle_deg * kRadPerDeg / 2.0);
  return {in_view.x() / in_view.z() / half / aspect, in_view.y() / in_view.z() / half};
}

std::vector<Eigen::Vector3d> cloud() {
  std::vector<Eigen::Vector3d> points;
  for (int i = 0; i < 200; ++i) {
    points.emplace_back(300.0 + 40.0 * std::sin(1.7 * i), -120.0 + 15.0 * std::cos(2.9 * i),
                        60.0 + 70.0 * std::sin(0.37 * i + 1.0));
  }
  return points;
}

// Oracle: the nearest camera that sees everything touches both borders of one side.
TEST(Camera, FittedSeesEveryPointAndNoMoreThanNeeded) {
  for (const double aspect : {0.6, 1.0, 1.9}) {
    const View view =
        fitted({}, cloud(), threeQuarterDirection({0.2, 1.0, 0.0}, {0.0, 0.0, 1.0}), aspect, 0.9);
    Eigen::AlignedBox2d seen;
    for (const Eigen::Vector3d& point : cloud()) seen.extend(projected(view, point, aspect));
    EXPECT_LE(seen.max().maxCoeff(), 0.9 + 1e-9);
    EXPECT_GE(seen.min().minCoeff(), -0.9 - 1e-9);
    const Eigen::Vector2d sizes = seen.sizes();
    EXPECT_NEAR(sizes.maxCoeff(), 1.8, 1e-9) << "aspect " << aspect;
  }
}

TEST(Camera, ThreeQuarterViewShowsAheadToTheRightAndAway) {
  View view;
  view.position_mm = 100.0 * threeQuarterDirection({0.0, 1.0, 0.0}, {0.0, 0.0, 1.0});
  const Eigen::Vector3d ahead = pictureAxes(view).transpose() * Eigen::Vector3d(0.0, 1.0, 0.0);
  EXPECT_GT(ahead.x(), 0.5);  // to the right
  EXPECT_GT(ahead.z(), 0.3);  // and away
  EXPECT_GT(view.position_mm.z(), 0.0);
}

TEST(Camera, OrbitTurnsAboutUpAndStopsShortOfThePoles) {
  View view;
  view.position_mm = {0.0, -200.0, 0.0};
  const View right = orbited(view, 90.0, 0.0);
  EXPECT_NEAR((right.position_mm - Eigen::Vector3d(200.0, 0.0, 0.0)).norm(), 0.0, 1e-9);
  const View above = orbited(view, 0.0, 30.0);
  EXPECT_NEAR(above.position_mm.z(), 100.0, 1e-9);
  const View top = orbited(orbited(view, 20.0, 80.0), 0.0, 80.0);
  EXPECT_NEAR(top.position_mm.norm(), 200.0, 1e-9);
  EXPECT_NEAR(top.position_mm.z(), 200.0 * std::sin(85.0 * kRadPerDeg), 1e-9);
  const View back = orbited(orbited(view, 33.0, 12.0), -33.0, -12.0);
  EXPECT_NEAR((back.position_mm - view.position_mm).norm(), 0.0, 1e-9);
}

TEST(Camera, PanMovesThePictureWithThePointer) {
  View view;
  view.position_mm = {30.0, -200.0, 80.0};
  view.focal_mm = {5.0, 4.0, 3.0};
  const Eigen::Vector2d after = projected(panned(view, 40.0, -25.0, 500.0), view.focal_mm, 1.0);
  EXPECT_NEAR(after.x() * 250.0, 40.0, 1e-9);
  EXPECT_NEAR(after.y() * 250.0, 25.0, 1e-9);
}

TEST(Camera, RayThroughAPixelMeetsWhatIsProjectedThere) {
  View view;
  view.position_mm = {30.0, -200.0, 80.0};
  const Eigen::Vector3d point(12.0, 7.0, -9.0);
  const Eigen::Vector2d seen = projected(view, point, 640.0 / 480.0);
  const double x_px = (seen.x() + 1.0) / 2.0 * 640.0 - 0.5;
  const double y_px = (1.0 - seen.y()) / 2.0 * 480.0 - 0.5;
  const Eigen::Vector3d ray = rayThrough(view, x_px, y_px, 640, 480).normalized();
  EXPECT_NEAR(ray.cross((point - view.position_mm).normalized()).norm(), 0.0, 1e-12);
}

TEST(Camera, ZoomOfNonsenseIsHarmless) {
  const View view;
  EXPECT_TRUE(zoomed(view, 0.0).position_mm.allFinite());
  EXPECT_TRUE(zoomed(view, std::nan("")).position_mm.allFinite());
  EXPECT_NEAR((zoomed(view, 2.0).position_mm - view.focal_mm).norm(),
              (view.position_mm - view.focal_mm).norm() / 2.0, 1e-9);
}
}  // namespace
}  // namespace sonotwin::scene
