// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sonotwin/base/error.h"
#include "sweeps.h"

namespace sonotwin::reconstruct {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<PlacedFrame> stackedAt(const std::vector<double>& z_mm) {
  std::vector<PlacedFrame> frames;
  for (const double z : z_mm) {
    frames.push_back({flatPose(0.0, 0.0, z, 0.5), static_cast<int>(frames.size())});
  }
  return frames;
}

media::Clip clipOf(const std::vector<PlacedFrame>& frames, int rows = 40, int cols = 60) {
  media::Clip clip;
  clip.info.rows = rows;
  clip.info.cols = cols;
  clip.info.tracked = true;
  clip.info.probe_from_image = media::ProbeFromImage(Eigen::Matrix4d::Identity());
  for (const PlacedFrame& frame : frames) {
    clip.frames.push_back(
        {0.0, media::PoseStatus::kValid, media::WorldFromProbe(frame.world_from_image.matrix())});
  }
  clip.info.frame_count = static_cast<int>(frames.size());
  return clip;
}

std::vector<int> indicesOf(const std::vector<FrameAt>& found) {
  std::vector<int> indices;
  for (const FrameAt& frame : found) indices.push_back(frame.index);
  return indices;
}

TEST(FramesAt, FindsTheFramesThatShowAPoint) {
  const auto frames = stackedAt({0.0, 1.0, 2.0, 3.0, 2.5});
  const auto at = [&](const Eigen::Vector3d& point, double within_mm,
                      const media::ScanSector& sector = {}) {
    return framesAt(frames, 40, 60, sector, point, within_mm);
  };
  const auto found = at({10.2, 5.0, 2.2}, 0.9);
  EXPECT_THAT(indicesOf(found), ElementsAre(2, 4, 3));
  EXPECT_DOUBLE_EQ(found[0].col, 20.4);
  EXPECT_DOUBLE_EQ(found[0].row, 10.0);
  EXPECT_NEAR(found[0].distance_mm, 0.2, 1e-12);
  EXPECT_NEAR(found[1].distance_mm, 0.3, 1e-12);
  EXPECT_THAT(indicesOf(at({10.0, 5.0, 0.5}, 0.5)), ElementsAre(0, 1));
  EXPECT_TRUE(at({10.0, 5.0, 9.0}, 1.0).empty());
  EXPECT_TRUE(at({31.0, 5.0, 2.0}, 1.0).empty()) << "beside the picture";
  media::ScanSector sector;
  sector.rectangle = media::PixelRectangle{0, 0, 20, 40};
  EXPECT_TRUE(at({10.2, 5.0, 2.2}, 0.9, sector).empty()) << "outside the sector";
}

// Oracle: what the frame says of its own pixel.
TEST(FramesAt, IsTheInverseOfAFramesPose) {
  const Sweep sweep = handHeldSweep([](const Eigen::Vector3d&) { return 0.0; }, 30, 0.4);
  for (const PlacedFrame& frame : sweep.frames) {
    const auto found = framesAt(sweep.frames, sweep.rows, sweep.cols, {},
                                frame.world_from_image(Eigen::Vector3d(31.0, 44.0, 0.0)), 0.1);
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].index, frame.index);
    EXPECT_NEAR(found[0].col, 31.0, 1e-9);
    EXPECT_NEAR(found[0].row, 44.0, 1e-9);
  }
}

TEST(SweepFacts, TellsGapsTurnsAndStandstill) {
  std::vector<double> z_mm;
  for (int i = 0; i <= 40; ++i) z_mm.push_back(0.5 * i);         // to 20 mm
  for (int i = 0; i < 6; ++i) z_mm.push_back(20.0);              // stands still
  for (int i = 1; i <= 20; ++i) z_mm.push_back(20.0 - 0.5 * i);  // back to 10 mm
  z_mm.push_back(19.0);                                          // a leap of 9 mm forth again
  media::Clip clip = clipOf(stackedAt(z_mm));
  clip.frames[3].pose_status = media::PoseStatus::kInvalid;
  clip.frames[5].pose_status = media::PoseStatus::kMissing;
  const SweepFacts facts = sweepFacts(clip, 6.0);
  EXPECT_EQ(facts.frames, 68);
  EXPECT_EQ(facts.invalid, 1);
  EXPECT_EQ(facts.missing, 1);
  EXPECT_EQ(facts.stationary, 6);
  EXPECT_EQ(facts.turns, 2);
  EXPECT_NEAR(facts.path_mm, 39.0, 1e-9);
  EXPECT_NEAR(facts.spacing_mm, 0.5, 1e-9);
  ASSERT_EQ(facts.gaps.size(), 1U);
  EXPECT_EQ(facts.gaps[0].from, 66);
  EXPECT_EQ(facts.gaps[0].to, 67);
  EXPECT_NEAR(facts.gaps[0].width_mm, 9.0, 1e-9);
  clip.info.probe_from_image.reset();
  EXPECT_THROW(std::ignore = sweepFacts(clip, 6.0), Error);
}

double poseError_mm(const std::vector<PlacedFrame>& frames, const std::vector<PlacedFrame>& truth) {
  double squares = 0.0;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    const Eigen::Vector3d corner(109.0, 89.0, 0.0);
    squares +=
        (frames[f].world_from_image(corner) - truth[f].world_from_image(corner)).squaredNorm();
  }
  return std::sqrt(squares / static_cast<double>(frames.size()));
}

/// Independent errors of 0.2 mm and 0.2 degrees in every direction.
std::vector<PlacedFrame> jittered(const std::vector<PlacedFrame>& frames) {
  std::mt19937 random(4);
  std::normal_distribution<double> normal;
  std::vector<PlacedFrame> result = frames;
  for (PlacedFrame& frame : result) {
    const Eigen::Vector3d turn =
        Eigen::Vector3d(normal(random), normal(random), normal(random)) * 0.2 * 0.0174533;
    const Eigen::Vector3d shift =
        Eigen::Vector3d(normal(random), normal(random), normal(random)) * 0.2;
    const Eigen::Vector3d middle = frame.world_from_image(Eigen::Vector3d(54.5, 44.5, 0.0));
    const Eigen::Affine3d error = Eigen::Translation3d(middle + shift) *
                                  Eigen::AngleAxisd(turn.norm(), turn.normalized()) *
                                  Eigen::Translation3d(-middle);
    frame.world_from_image =
        media::WorldFromImage(Eigen::Matrix4d(error.matrix() * frame.world_from_image.matrix()));
  }
  return result;
}

// A window of 9 parabola points leaves sqrt(0.255) of independent errors (Savitzky & Golay).
TEST(SmoothedPath, TakesJitterOutOfASteadyMotion) {
  const Sweep sweep = handHeldSweep([](const Eigen::Vector3d&) { return 0.0; }, 200, 0.2);
  const auto noisy = jittered(sweep.frames);
  const auto smooth = smoothedPath(noisy, sweep.rows, sweep.cols, 4);
  const double before_mm = poseError_mm(noisy, sweep.frames);
  EXPECT_NEAR(poseError_mm(smooth, sweep.frames) / before_mm, std::sqrt(0.255), 0.06);
  EXPECT_LT(poseError_mm(smoothedPath(sweep.frames, sweep.rows, sweep.cols, 4), sweep.frames),
            0.005)
      << "a smooth path stays as it is";
  for (const auto& same : {smoothedPath(noisy, sweep.rows, sweep.cols, 0)}) {
    EXPECT_EQ(poseError_mm(same, noisy), 0.0);
  }
  EXPECT_THROW(std::ignore = smoothedPath(noisy, 90, 110, -1), Error);
}

TEST(SmoothedPath, DoesNotLookAcrossALeap) {
  const auto frames = stackedAt({0.0, 0.0, 0.0, 30.0, 30.0, 30.0});
  const auto smooth = smoothedPath(frames, 40, 60, 3);
  EXPECT_LT(poseError_mm(smooth, frames), 1e-9);
}

TEST(GridFor, LiesAlongTheSweep) {
  Sweep sweep{40, 60, {}, {}, {}};
  const Eigen::Affine3d slanted(
      Eigen::AngleAxisd(0.7, Eigen::Vector3d(1.0, 1.0, 0.3).normalized()));
  for (int f = 0; f < 20; ++f) {
    const Eigen::Matrix4d flat = flatPose(0.0, 0.0, 0.5 * f, 0.5).matrix();
    sweep.frames.push_back({media::WorldFromImage(Eigen::Matrix4d(slanted.matrix() * flat)), f});
    sweep.images.push_back(uniform(40, 60, 77));
  }
  VoxelOptions options;
  options.axes = GridAxes::kSweep;
  options.fill = Fill::kNone;
  const Grid grid = gridFor(sweep.frames, 40, 60, {}, options);
  EXPECT_TRUE(
      (grid.world_from_voxel.linear() / options.spacing_mm).isApprox(slanted.linear(), 1e-9));
  // 59, 39 and 19 steps, a voxel around, and one that rounding may add.
  const std::array exact = {62, 42, 22};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    EXPECT_GE(grid.dims[axis], exact[axis]);
    EXPECT_LE(grid.dims[axis], exact[axis] + 1);
  }
  const VoxelResult result = sweep.reconstruct(options);
  EXPECT_GT(std::ranges::count(result.state, 1), 60 * 40 * 20 - 1);
  options.region = Region{{0.0, 0.0, 0.0}, {1.0, 1.0, 1.0}};
  EXPECT_THROW(std::ignore = gridFor(sweep.frames, 40, 60, {}, options), Error);
}

TEST(GridFor, CoversTheRegionAndNoMore) {
  const auto frames = stackedAt({0.0, 5.0, 10.0});
  VoxelOptions options;
  options.region = Region{{3.0, 4.0, -50.0}, {8.0, 6.0, 50.0}};
  const Grid grid = gridFor(frames, 40, 60, {}, options);
  const Eigen::Vector3d low = grid.world_from_voxel(Eigen::Vector3d(1.0, 1.0, 1.0));
  EXPECT_TRUE(low.isApprox(Eigen::Vector3d(3.0, 4.0, 0.0)));
  EXPECT_EQ(grid.dims, (std::array{13, 7, 23}));
  options.region = Region{{300.0, 4.0, 0.0}, {400.0, 6.0, 1.0}};
  try {
    std::ignore = gridFor(frames, 40, 60, {}, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("region"));
  }
}

TEST(PixelMask, LeavesItsPixelsOut) {
  Sweep sweep{8, 8, {}, stackedAt({0.0}), {uniform(8, 8, 50)}};
  auto mask = std::make_shared<media::Image>(uniform(8, 8, 255));
  for (const std::size_t out : {9U, 10U, 36U}) {
    mask->samples<std::uint8_t>()[out] = 0;
    sweep.images[0].samples<std::uint8_t>()[out] = 250;
  }
  VoxelOptions options;
  options.interpolation = Interpolation::kNearest;
  options.fill = Fill::kNone;
  options.pixel_mask = mask;
  options.grid = gridAt({0.0, 0.0, 0.0}, 0.5, {8, 8, 1});
  const VoxelResult result = sweep.reconstruct(options);
  for (std::size_t v = 0; v < 64; ++v) {
    const bool out = v == 9 || v == 10 || v == 36;
    EXPECT_EQ(result.state[v], out ? 0 : 1) << v;
    EXPECT_EQ(result.volume.samples<std::uint8_t>()[v], out ? 0 : 50) << v;
  }
  options.pixel_mask = std::make_shared<media::Image>(uniform(8, 9, 255));
  EXPECT_THROW(std::ignore = sweep.reconstruct(options), Error);
}
}  // namespace
}  // namespace sonotwin::reconstruct
