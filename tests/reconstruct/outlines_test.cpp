// SPDX-License-Identifier: Apache-2.0
#include "outlines.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "shapes.h"
#include "sweeps.h"

namespace sonotwin::reconstruct {
namespace {
constexpr int kSide = 160;
constexpr double kPixel_mm = 0.1;

/// Exact masks of the ball around the origin, frames 0.5 mm apart along z, each moved in its plane.
struct Ball {
  media::Clip clip;
  media::ClipMask mask;
};

Ball ball(double radius_mm, const std::vector<double>& shift_mm) {
  Ball result;
  media::ClipInfo& info = result.clip.info;
  info.rows = info.cols = kSide;
  info.frame_count = static_cast<int>(shift_mm.size());
  info.probe_from_image = media::ProbeFromImage(Eigen::Matrix4d::Identity());
  result.mask.labels = {{1, "ball"}};
  for (std::size_t f = 0; f < shift_mm.size(); ++f) {
    const double z_mm = 0.5 * (static_cast<double>(f) - 0.5 * (shift_mm.size() - 1.0));
    const auto truth = flatPose(-8.0, -8.0, z_mm, kPixel_mm);
    media::FrameMask mask{static_cast<int>(f), kSide, kSide,
                          std::vector<std::uint8_t>(kSide * kSide), 1.0F};
    for (int p = 0; p < kSide * kSide; ++p) {
      const bool inside = truth(Eigen::Vector3d(p % kSide, p / kSide, 0.0)).norm() <= radius_mm;
      mask.labels[static_cast<std::size_t>(p)] = inside ? 1 : 0;
    }
    result.mask.frames.push_back(std::move(mask));
    result.clip.frames.push_back(
        {0.0, media::PoseStatus::kValid,
         media::WorldFromProbe(flatPose(-8.0 + shift_mm[f], -8.0, z_mm, kPixel_mm).matrix())});
  }
  return result;
}

TEST(Outlines, LieOnTheSurfaceThatTheyCameFrom) {
  const Ball scan = ball(6.0, std::vector<double>(9, 0.0));
  const media::Surface surface = ellipsoidSurface({0, 0, 0}, {6.0, 6.0, 6.0}, 120);
  const auto offsets = outlineOffsets(scan.clip, scan.mask, 1, surface);
  ASSERT_EQ(offsets.size(), 9U);
  for (const FrameOffset& offset : offsets) {
    const double z_mm = 0.5 * (offset.frame_index - 4);
    const double circle_mm = 2.0 * std::numbers::pi * std::sqrt(36.0 - z_mm * z_mm);
    EXPECT_NEAR(offset.length_mm, circle_mm, 0.02 * circle_mm);
    EXPECT_NEAR(offset.mean_mm, 0.0, 0.01);
  }
  EXPECT_LT(outlineSpread_mm(offsets, kPixel_mm), 0.02);
}

TEST(Outlines, SayHowFarAndToWhichSideTheyAre) {
  const Ball scan = ball(6.0, std::vector<double>(3, 0.0));
  const media::Surface larger = ellipsoidSurface({0, 0, 0}, {6.4, 6.4, 6.4}, 120);
  for (const FrameOffset& offset : outlineOffsets(scan.clip, scan.mask, 1, larger)) {
    EXPECT_NEAR(offset.mean_mm, -0.4, 0.01);
  }
}

// A circle moved sideways by s lies s cos(angle) off: on average 0, its square s^2 / 2.
TEST(Outlines, SpreadIsThatOfFramesThatTremble) {
  const Ball scan = ball(6.0, {0.3, -0.3, 0.3, -0.3, 0.3, 5.0});  // one frame far off counts little
  const media::Surface surface = ellipsoidSurface({0, 0, 0}, {6.0, 6.0, 6.0}, 120);
  const auto offsets = outlineOffsets(scan.clip, scan.mask, 1, surface);
  EXPECT_NEAR(offsets[2].mean_mm, 0.0, 0.02);
  EXPECT_NEAR(outlineSpread_mm(offsets, kPixel_mm), 0.3 / std::numbers::sqrt2, 0.015);
  EXPECT_EQ(outlineSpread_mm({}, kPixel_mm), 0.0);
}

TEST(Outlines, LeaveOutTheSectorsEdgeAndFramesWithoutPose) {
  Ball scan = ball(6.0, std::vector<double>(3, 0.0));
  scan.clip.info.sector.rectangle = media::PixelRectangle{0, 0, kSide / 2, kSide};
  scan.clip.frames[1].pose_status = media::PoseStatus::kInvalid;
  const media::Surface surface = ellipsoidSurface({0, 0, 0}, {6.0, 6.0, 6.0}, 120);
  const auto offsets = outlineOffsets(scan.clip, scan.mask, 1, surface);
  ASSERT_EQ(offsets.size(), 2U);
  EXPECT_NEAR(offsets[0].length_mm, std::numbers::pi * 5.98,
              0.5);  // half a circle, no straight cut
  EXPECT_NEAR(offsets[0].mean_mm, 0.0, 0.01);
}
}  // namespace
}  // namespace sonotwin::reconstruct
