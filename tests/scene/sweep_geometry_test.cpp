// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/scene/sweep_geometry.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace sonotwin::scene {
namespace {
constexpr double kPixel_mm = 0.2;

media::ProbeFromImage probeFromImage() {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.diagonal().head<3>().setConstant(kPixel_mm);
  return media::ProbeFromImage(matrix);
}

/// Frames every 2 mm along `rotation`'s third axis; the second frame is not tracked.
media::Clip sweep(const Eigen::Matrix3d& rotation, int frames) {
  media::Clip clip;
  clip.info.rows = 100;
  clip.info.cols = 80;
  clip.info.frame_count = frames;
  clip.info.probe_from_image = probeFromImage();
  for (int index = 0; index < frames; ++index) {
    Eigen::Matrix4d pose = Eigen::Matrix4d::Identity();
    pose.topLeftCorner<3, 3>() = rotation;
    pose.topRightCorner<3, 1>() = rotation * Eigen::Vector3d(0.0, 0.0, 2.0 * index);
    media::FrameInfo frame;
    frame.pose_status = index == 1 ? media::PoseStatus::kInvalid : media::PoseStatus::kValid;
    frame.world_from_probe = media::WorldFromProbe(pose);
    clip.frames.push_back(frame);
  }
  return clip;
}

Eigen::Matrix3d someRotation() {
  return Eigen::AngleAxisd(1.1, Eigen::Vector3d(0.3, -0.5, 0.8).normalized()).toRotationMatrix();
}

double areaOf(const std::vector<Eigen::Vector2d>& polygon) {
  double twice = 0.0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Eigen::Vector2d& a = polygon[i];
    const Eigen::Vector2d& b = polygon[(i + 1) % polygon.size()];
    twice += a.x() * b.y() - a.y() * b.x();
  }
  return std::abs(twice) / 2.0;
}

TEST(SweepAxes, FollowTheFramesWhicheverWayTheyLie) {
  const Eigen::Matrix3d rotation = someRotation();
  const auto axes = sweepAxes(sweep(rotation, 11));
  ASSERT_TRUE(axes);
  EXPECT_NEAR((axes->depth - rotation.col(1)).norm(), 0.0, 1e-9);
  EXPECT_NEAR((axes->along - rotation.col(2)).norm(), 0.0, 1e-9);
  EXPECT_NEAR((axes->across - rotation.col(0)).norm(), 0.0, 1e-9);
  // Mean over frames 0, 2..10 of z = 2 index is 10.8 mm; the sector's middle is (39.5, 49.5) px.
  const Eigen::Vector3d centre(39.5 * kPixel_mm, 49.5 * kPixel_mm, 10.8);
  EXPECT_NEAR((axes->centre_mm - rotation * centre).norm(), 0.0, 1e-9);
}

TEST(SweepAxes, OfAProbeAtRestUseTheFramesNormal) {
  const Eigen::Matrix3d rotation = someRotation();
  const auto axes = sweepAxes(sweep(rotation, 1));
  ASSERT_TRUE(axes);
  EXPECT_NEAR((axes->along - rotation.col(2)).norm(), 0.0, 1e-9);
  media::Clip untracked = sweep(rotation, 3);
  untracked.info.probe_from_image.reset();
  EXPECT_FALSE(sweepAxes(untracked));
}

TEST(SectorOutline, OfAnythingIsTheWholeImage) {
  EXPECT_NEAR(areaOf(sectorOutline({}, 100, 80)), 8000.0, 1e-9);
  media::ScanSector sector;
  sector.rectangle = media::PixelRectangle{10, 20, 50, 90};
  EXPECT_NEAR(areaOf(sectorOutline(sector, 100, 80)), 40.0 * 70.0, 1e-9);
  sector.rectangle = media::PixelRectangle{100, 0, 120, 90};
  EXPECT_TRUE(sectorOutline(sector, 100, 80).empty());
}

// Oracle: a ring sector has area angle * (R1^2 - R0^2) in isotropic units.
TEST(SectorOutline, OfAFanHasTheAreaOfTheFan) {
  media::ScanSector sector;
  sector.fan = media::Fan{.apex_x_px = 300.0,
                          .apex_y_px = -50.0,
                          .start_radius_px = 100.0,
                          .end_radius_px = 400.0,
                          .left_rad = -0.5,
                          .right_rad = 0.6,
                          .rows_per_col = 1.25};
  const double area = 1.1 / 2.0 * (400.0 * 400.0 - 100.0 * 100.0) / 1.25;
  EXPECT_NEAR(areaOf(sectorOutline(sector, 600, 600)), area, 0.001 * area);
  const Eigen::Vector2d face = probeFace(sector, 600);
  EXPECT_NEAR(face.x(), 300.0, 1e-12);
  EXPECT_NEAR(face.y(), 30.0, 1e-12);
}

// Oracle: each corner of the outline lies on the sector's border, so a small step towards the
// middle is inside and a small step outwards is not.
TEST(SectorOutline, OfAFanCutByARectangleIsTheBorderOfWhatTheSectorContains) {
  media::ScanSector sector;
  sector.fan = media::Fan{.apex_x_px = 100.0,
                          .apex_y_px = 10.0,
                          .start_radius_px = 0.0,
                          .end_radius_px = 150.0,
                          .left_rad = -0.7,
                          .right_rad = 0.7};
  sector.rectangle = media::PixelRectangle{60, 0, 200, 140};
  const auto outline = sectorOutline(sector, 200, 200);
  ASSERT_GE(outline.size(), 6U);
  const Eigen::Vector2d middle(105.0, 90.0);
  for (const Eigen::Vector2d& point : outline) {
    const Eigen::Vector2d outwards = (point - middle).normalized();
    const Eigen::Vector2d in = point - 1.2 * outwards, out = point + 1.2 * outwards;
    EXPECT_TRUE(sector.contains(in.x(), in.y())) << point.transpose();
    EXPECT_FALSE(sector.contains(out.x(), out.y())) << point.transpose();
  }
}

TEST(NearestFrame, IsTheOneWhosePlanePassesNearest) {
  const Eigen::Matrix3d rotation = someRotation();
  const media::Clip clip = sweep(rotation, 11);
  const auto at = [&](double col, double row, double z_mm) {
    return Eigen::Vector3d(rotation * Eigen::Vector3d(col * kPixel_mm, row * kPixel_mm, z_mm));
  };
  EXPECT_EQ(nearestFrame(clip, at(40, 50, 8.7)), 4);
  EXPECT_EQ(nearestFrame(clip, at(40, 50, 9.2)), 5);
  EXPECT_EQ(nearestFrame(clip, at(40, 50, 2.1)), 2) << "frame 1 has no valid pose";
  EXPECT_EQ(nearestFrame(clip, at(40, 50, 500.0)), 10);
  EXPECT_EQ(nearestFrame(clip, at(-3, 50, 8.0)), std::nullopt);
  EXPECT_EQ(nearestFrame(clip, at(40, 130, 8.0)), std::nullopt);
}
}  // namespace
}  // namespace sonotwin::scene
