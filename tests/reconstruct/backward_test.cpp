// SPDX-License-Identifier: Apache-2.0
#include "backward.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "frame_plane.h"
#include "sonotwin/base/error.h"
#include "sweeps.h"

namespace sonotwin::reconstruct {
namespace {
constexpr std::array kBackward = {Interpolation::kNearestFrame, Interpolation::kByDistance,
                                  Interpolation::kProbePath};

VoxelOptions optionsFor(Interpolation interpolation) {
  VoxelOptions options;
  options.interpolation = interpolation;
  options.device = "cpu";
  return options;
}

double ramp(const Eigen::Vector3d& p) {
  return 90.0 + 1.7 * p[0] - 1.3 * p[1] + 1.1 * p[2];
}

// Sparse frames, 1.4 mm apart: a linear field comes back between them, too, to what a method can
// do: a frame's own plane at most 0.7 mm off, or both sides of the voxel.
TEST(BackwardReconstruction, GivesBackALinearFieldBetweenFrames) {
  const Sweep sweep = handHeldSweep(ramp, 12, 1.4);
  for (const auto interpolation : kBackward) {
    const VoxelResult result = sweep.reconstruct(optionsFor(interpolation));
    const double worst = interpolation == Interpolation::kProbePath ? 1.5 : 2.5;
    std::array<int, 3> counts = {0, 0, 0};
    for (int k = 0; k < result.volume.dims[2]; ++k) {
      for (int j = 0; j < result.volume.dims[1]; ++j) {
        for (int i = 0; i < result.volume.dims[0]; ++i) {
          const std::size_t v = result.volume.index(i, j, k);
          ++counts[result.state[v]];
          const int level = result.volume.samples<std::uint8_t>()[v];
          const double truth = ramp(result.volume.world_from_voxel(Eigen::Vector3d(i, j, k)));
          if (result.state[v] == 0) {
            ASSERT_EQ(level, 0);
          } else if (interpolation != Interpolation::kProbePath || result.state[v] == 1) {
            ASSERT_NEAR(level, truth, worst) << i << ' ' << j << ' ' << k;
          }
        }
      }
    }
    EXPECT_GT(counts[1], 3000);
    EXPECT_GT(counts[2], 3000);
    EXPECT_GT(counts[0], 3000);
  }
}

// An independent, slow search: for each voxel the nearest of all planes whose picture shows it.
TEST(BackwardReconstruction, TakesThePixelOfTheNearestFrame) {
  const auto texture = [](const Eigen::Vector3d& p) {
    return 128.0 + 120.0 * std::sin(7.0 * p[0] + 3.0 * p[1]) * std::cos(5.0 * p[2]);
  };
  Sweep sweep = handHeldSweep(texture, 9, 0.6);
  sweep.sector.fan = media::Fan{55.0, -20.0, 30.0, 105.0, -0.5, 0.45, 1.0};
  VoxelOptions options = optionsFor(Interpolation::kNearestFrame);
  options.fill = Fill::kNone;
  options.grid = gridAt({4.0, -5.0, 30.0}, 0.5, {31, 29, 17});
  const VoxelResult result = sweep.reconstruct(options);
  const double through_mm = 0.25 * std::sqrt(3.0);
  int observed = 0;
  for (std::size_t v = 0; v < result.state.size(); ++v) {
    const Eigen::Vector3d voxel(static_cast<double>(v % 31), static_cast<double>(v / 31 % 29),
                                static_cast<double>(v / 31 / 29));
    const Eigen::Vector3d world = options.grid->world_from_voxel(voxel);
    double nearest_mm = std::numeric_limits<double>::infinity();
    int level = -1;
    for (std::size_t f = 0; f < sweep.frames.size(); ++f) {
      const Eigen::Matrix4d& m = sweep.frames[f].world_from_image.matrix();
      Eigen::Matrix3d axes = m.topLeftCorner<3, 3>();
      axes.col(2) = axes.col(0).cross(axes.col(1)).normalized().eval();
      const Eigen::Vector3d at = axes.inverse() * (world - m.topRightCorner<3, 1>());
      const int col = static_cast<int>(std::floor(at[0] + 0.5));
      const int row = static_cast<int>(std::floor(at[1] + 0.5));
      if (col < 0 || row < 0 || col >= sweep.cols || row >= sweep.rows) continue;
      if (!sweep.sector.contains(col, row) || std::abs(at[2]) >= nearest_mm) continue;
      nearest_mm = std::abs(at[2]);
      level = sweep.images[f].samples<std::uint8_t>()[static_cast<std::size_t>(row * 110 + col)];
    }
    if (std::abs(nearest_mm - through_mm) < 1e-6) continue;
    ASSERT_EQ(result.state[v] == 1, nearest_mm < through_mm) << v;
    if (nearest_mm > through_mm) continue;
    ASSERT_EQ(result.volume.samples<std::uint8_t>()[v], level) << v;
    ++observed;
  }
  EXPECT_GT(observed, 2000);
}

// The probe tilts about its own upper edge, 5 degrees between frames that all show the same
// picture, brighter with depth: what it passes in between has the level of its own depth.
TEST(BackwardReconstruction, FollowsTheProbesPath) {
  Sweep sweep{200, 60, {}, {}, {}};
  media::Image picture(200, 60);
  for (std::size_t p = 0; p < picture.data.size(); ++p) {
    picture.samples<std::uint8_t>()[p] = static_cast<std::uint8_t>(20 + p / 60);
  }
  for (int f = 0; f < 5; ++f) {
    const double tilt = (f - 2) * 5.0 * std::numbers::pi / 180.0;
    const Eigen::Affine3d pose =
        Eigen::Affine3d(Eigen::AngleAxisd(tilt, Eigen::Vector3d::UnitX())) * Eigen::Scaling(0.2);
    sweep.frames.push_back({media::WorldFromImage(pose.matrix()), f});
    sweep.images.push_back(picture);
  }
  VoxelOptions options = optionsFor(Interpolation::kProbePath);
  options.grid = gridAt({1.0, 5.0, -10.0}, 0.5, {21, 75, 41});
  const VoxelResult result = sweep.reconstruct(options);
  int interpolated = 0;
  for (int k = 0; k < 41; ++k) {
    for (int j = 0; j < 75; ++j) {
      const Eigen::Vector3d at = options.grid->world_from_voxel(Eigen::Vector3d(10.0, j, k));
      const double depth_mm = std::hypot(at[1], at[2]);
      if (std::abs(std::atan2(at[2], at[1])) > 0.15 || depth_mm < 10.0 || depth_mm > 34.0) continue;
      const std::size_t v = result.volume.index(10, j, k);
      ASSERT_NE(result.state[v], 0) << j << ' ' << k;
      ASSERT_NEAR(result.volume.samples<std::uint8_t>()[v], 20.0 + depth_mm / 0.2, 1.0);
      interpolated += result.state[v] == 2;
    }
  }
  EXPECT_GT(interpolated, 200);
}

TEST(BackwardReconstruction, GivesTheSameBytesOnAnyNumberOfThreads) {
  const auto texture = [](const Eigen::Vector3d& p) { return 128.0 + 90.0 * std::sin(4.0 * p[0]); };
  const Sweep sweep = handHeldSweep(texture, 40, 0.9);
  for (const auto interpolation : kBackward) {
    VoxelOptions options = optionsFor(interpolation);
    options.uncertainty = interpolation != Interpolation::kNearestFrame;
    options.threads = 1;
    const VoxelResult one = sweep.reconstruct(options);
    options.threads = 3;
    const VoxelResult many = sweep.reconstruct(options);
    EXPECT_TRUE(one.volume.data == many.volume.data);
    EXPECT_TRUE(one.state == many.state);
    EXPECT_TRUE(one.distance == many.distance);
    EXPECT_TRUE(one.uncertainty == many.uncertainty);
  }
}

// Two passes of two frames each, 40 mm apart: nothing lies between the passes, though the second
// frame and the third follow each other.
TEST(BackwardReconstruction, DoesNotBridgeWhatTheProbeLeapt) {
  Sweep sweep{40, 40, {}, {}, {}};
  for (const double z_mm : {0.0, 2.0, 40.0, 42.0}) {
    sweep.frames.push_back({flatPose(0.0, 0.0, z_mm, 0.5), static_cast<int>(sweep.frames.size())});
    sweep.images.push_back(uniform(40, 40, 99));
  }
  const VoxelResult result = sweep.reconstruct(optionsFor(Interpolation::kProbePath));
  const auto stateAt = [&](double z_mm) {
    const Eigen::Vector3d voxel =
        result.volume.world_from_voxel.inverse()(Eigen::Vector3d(10.0, 10.0, z_mm));
    return result.state[result.volume.index(static_cast<int>(std::lround(voxel[0])),
                                            static_cast<int>(std::lround(voxel[1])),
                                            static_cast<int>(std::lround(voxel[2])))];
  };
  for (const double z_mm : {0.5, 1.0, 1.5, 40.5, 41.0}) EXPECT_NE(stateAt(z_mm), 0) << z_mm;
  for (const double z_mm : {4.0, 20.0, 38.0}) EXPECT_EQ(stateAt(z_mm), 0) << z_mm;
}

TEST(BackwardReconstruction, RefusesWhatDoesNotGoTogether) {
  const Sweep sweep = handHeldSweep(ramp, 3, 0.5);
  const auto messageOf = [&](const VoxelOptions& options) -> std::string {
    try {
      std::ignore = sweep.reconstruct(options);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
      return error.what();
    }
    return {};
  };
  VoxelOptions options = optionsFor(Interpolation::kByDistance);
  options.compounding = Compounding::kLatest;
  EXPECT_THAT(messageOf(options), testing::HasSubstr("compounding mean"));
  options = optionsFor(Interpolation::kNearestFrame);
  options.uncertainty = true;
  EXPECT_THAT(messageOf(options), testing::HasSubstr("no deviation"));
  options = optionsFor(Interpolation::kProbePath);
  options.device = "cuda";
  EXPECT_THAT(messageOf(options), testing::HasSubstr("run on the CPU"));
}

TEST(FramePose, GoesFromOnePoseToTheOtherByItsOwnTurn) {
  const Eigen::Affine3d turn(Eigen::AngleAxisd(0.3, Eigen::Vector3d(1.0, 2.0, 2.0) / 3.0));
  const FramePose from{{1.0, 2.0, 3.0}, {0.1, 0.0, 0.0}, {0.01, 0.2, 0.0}};
  const Eigen::Vector3d shift(4.0, -5.0, 6.0);
  const FramePose to{turn * from.origin_mm + shift, turn * from.per_col_mm, turn * from.per_row_mm};
  const FramePose start = between(from, to, 0.0, 11, 21), end = between(from, to, 1.0, 11, 21);
  EXPECT_TRUE(start.origin_mm.isApprox(from.origin_mm) && end.origin_mm.isApprox(to.origin_mm));
  EXPECT_TRUE(end.per_row_mm.isApprox(to.per_row_mm));
  const Eigen::AngleAxisd half(0.15, Eigen::Vector3d(1.0, 2.0, 2.0) / 3.0);
  const FramePose middle = between(from, to, 0.5, 11, 21);
  EXPECT_TRUE(middle.per_col_mm.isApprox(half * from.per_col_mm));
  const auto centre = [](const FramePose& pose) {
    return Eigen::Vector3d(pose.origin_mm + 10.0 * pose.per_col_mm + 5.0 * pose.per_row_mm);
  };
  EXPECT_TRUE(centre(middle).isApprox((centre(from) + centre(to)) / 2.0));
}
}  // namespace
}  // namespace sonotwin::reconstruct
