// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/clip.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
TEST(ScanSector, HoldsEverythingWhenNothingIsSet) {
  EXPECT_TRUE(ScanSector{}.contains(-1e6, 1e6));
}

TEST(ScanSector, RectangleIsHalfOpen) {
  ScanSector sector;
  sector.rectangle = PixelRectangle{10, 20, 30, 40};
  EXPECT_TRUE(sector.contains(10, 20));
  EXPECT_TRUE(sector.contains(29, 39));
  EXPECT_FALSE(sector.contains(30, 39));
  EXPECT_FALSE(sector.contains(29, 40));
  EXPECT_FALSE(sector.contains(9, 20));
  EXPECT_FALSE(sector.contains(10, 19));
}

// Points at known polar positions around the apex (100, 50).
TEST(ScanSector, FanIsBoundedByRadiusAndAngle) {
  ScanSector sector;
  sector.fan = Fan{100, 50, 20, 60, -std::numbers::pi / 6, std::numbers::pi / 4};
  const auto contains = [&](double angle_rad, double radius_px) {
    return sector.contains(100 + radius_px * std::sin(angle_rad),
                           50 + radius_px * std::cos(angle_rad));
  };
  EXPECT_TRUE(contains(0.0, 40));
  EXPECT_FALSE(contains(0.0, 19.9));
  EXPECT_FALSE(contains(0.0, 60.1));
  EXPECT_TRUE(contains(-0.52, 40));
  EXPECT_FALSE(contains(-0.53, 40));
  EXPECT_TRUE(contains(0.78, 40));
  EXPECT_FALSE(contains(0.79, 40));
  EXPECT_FALSE(contains(std::numbers::pi, 40)) << "above the apex";
}

TEST(ScanSector, FanAllowsForPixelsThatAreNotSquare) {
  ScanSector sector;
  sector.fan = Fan{0, 0, 0, 10, -1, 1, 0.5};
  EXPECT_TRUE(sector.contains(0, 19.9));
  EXPECT_FALSE(sector.contains(0, 20.1));
  EXPECT_TRUE(sector.contains(4, 6)) << "4 to the side, 3 down";
  sector.rectangle = PixelRectangle{-5, 0, 5, 7};
  EXPECT_FALSE(sector.contains(0, 19.9)) << "both must hold it";
}

TEST(UltrasoundRegion, GivesSpacingOnlyInCentimetres) {
  UltrasoundRegion region;
  region.units_x = region.units_y = 3;
  region.delta_x = 0.02;
  region.delta_y = -0.03;
  ASSERT_TRUE(region.spacing_mm().has_value());
  EXPECT_DOUBLE_EQ((*region.spacing_mm())[0], 0.2);
  EXPECT_DOUBLE_EQ((*region.spacing_mm())[1], 0.3);
  region.units_x = 4;  // seconds: an M-mode
  EXPECT_FALSE(region.spacing_mm().has_value());
  region.units_x = 3;
  region.delta_x = 0.0;
  EXPECT_FALSE(region.spacing_mm().has_value());
}

TEST(MemoryFrames, GivesItsFramesAndNoOthers) {
  const MemoryFrames frames({Image(1, 2), Image(3, 4)});
  EXPECT_EQ(frames.frame(1).cols, 4);
  EXPECT_THROW(std::ignore = frames.frame(2), Error);
  EXPECT_THROW(std::ignore = frames.frame(-1), Error);
}

TEST(Clip, PlacesFramesThatHavePoseAndCalibration) {
  Clip clip;
  clip.frames.resize(3);
  Eigen::Matrix4d moved = Eigen::Matrix4d::Identity();
  moved(2, 3) = 5.0;
  clip.frames[1].pose_status = PoseStatus::kValid;
  clip.frames[1].world_from_probe = WorldFromProbe(moved);
  clip.frames[2].pose_status = PoseStatus::kInvalid;
  EXPECT_FALSE(clip.worldFromImage(1).has_value());
  EXPECT_EQ(clip.placedFrameCount(), 0);
  Eigen::Matrix4d pixels = Eigen::Matrix4d::Identity();
  pixels.diagonal() << 0.1, 0.2, 1.0, 1.0;
  clip.info.probe_from_image = ProbeFromImage(pixels);
  EXPECT_EQ(clip.placedFrameCount(), 1);
  EXPECT_FALSE(clip.worldFromImage(0).has_value());
  EXPECT_FALSE(clip.worldFromImage(2).has_value());
  ASSERT_TRUE(clip.worldFromImage(1).has_value());
  EXPECT_TRUE((*clip.worldFromImage(1))({10, 10, 0}).isApprox(Eigen::Vector3d(1, 2, 5)));
}
}  // namespace
}  // namespace sonotwin::media
