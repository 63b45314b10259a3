// SPDX-License-Identifier: Apache-2.0
#include "outlines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "shapes.h"
#include "sonotwin/reconstruct/measure.h"
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

// Steps of 0.5 mm over a ball's parabola of areas fall 0.1 to 0.2 % short.
TEST(Planimetry, OfABallAndOfASweepThatGoesBackAndForth) {
  const double truth_ml = 4.0 / 3.0 * std::numbers::pi * 216.0 / 1000.0;
  Ball scan = ball(6.0, std::vector<double>(31, 0.0));
  const double once_ml = planimetryMl(scan.clip, scan.mask, 1);
  EXPECT_NEAR(once_ml, truth_ml, 0.003 * truth_ml);
  for (int f = 0; f < 31; ++f) {
    media::FrameMask mask = scan.mask.frames[static_cast<std::size_t>(30 - f)];
    mask.frame_index = 31 + f;
    scan.clip.frames.push_back(scan.clip.frames[static_cast<std::size_t>(30 - f)]);
    scan.mask.frames.push_back(std::move(mask));
  }
  EXPECT_NEAR(planimetryMl(scan.clip, scan.mask, 1), once_ml, 1e-9);
  scan.mask.frames.resize(1);
  EXPECT_EQ(planimetryMl(scan.clip, scan.mask, 1), 0.0);
}

// Frames all drawn 0.4 mm too small, as if independently: on their strips, and in their places.
TEST(VolumeDeviation, AddsUpWhatEachFrameIsOff) {
  const Ball scan = ball(6.0, std::vector<double>(31, 0.0));
  const media::Surface larger = ellipsoidSurface({0, 0, 0}, {6.4, 6.4, 6.4}, 120);
  const double area_mm2 = 4.0 * std::numbers::pi * 6.4 * 6.4;
  double length_mm = 0.0, strips_mm6 = 0.0, places_mm6 = 0.0;
  const auto radius2_mm2 = [](int k) { return std::max(36.0 - 0.25 * k * k, 0.0); };
  for (int k = -14; k <= 14; ++k) length_mm += std::sqrt(radius2_mm2(k));
  for (int k = -14; k <= 14; ++k) {
    strips_mm6 += std::pow(0.4 * area_mm2 * std::sqrt(radius2_mm2(k)) / length_mm, 2);
    const double change_mm2 = 0.5 * std::numbers::pi * (radius2_mm2(k + 1) - radius2_mm2(k - 1));
    places_mm6 += change_mm2 * change_mm2 * (0.16 + 0.25 / 12.0);
  }
  EXPECT_NEAR(volumeDeviationMl(scan.clip, scan.mask, 1, larger),
              std::sqrt(strips_mm6 + places_mm6) / 1000.0, 0.003);
  EXPECT_EQ(volumeDeviationMl(scan.clip, scan.mask, 2, larger), 0.0);
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
