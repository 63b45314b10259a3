// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/voxels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numbers>
#include <set>

#include "sonotwin/base/error.h"
#include "sweeps.h"

namespace sonotwin::reconstruct {
namespace {
using testing::HasSubstr;

VoxelOptions cpuOptions(Interpolation interpolation, Compounding compounding) {
  VoxelOptions options;
  options.interpolation = interpolation;
  options.compounding = compounding;
  options.fill = Fill::kNone;
  options.device = "cpu";
  return options;
}

constexpr std::array kCompoundings = {Compounding::kLatest,     Compounding::kFirst,
                                      Compounding::kMaximum,    Compounding::kMean,
                                      Compounding::kConfidence, Compounding::kBeam};

std::string messageOf(const std::function<void()>& work, ErrorKind kind) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

double ramp(const Eigen::Vector3d& p) {
  return 90.0 + 1.7 * p[0] - 1.3 * p[1] + 1.1 * p[2];
}

// Oracle: trilinear weights are symmetric, so densely sampled, a field linear in space comes back
// as itself. A swapped axis, a shifted origin or a corner with another's weight fails.
TEST(ReconstructVoxels, GivesBackALinearFieldFromOddPoses) {
  const Sweep sweep = handHeldSweep(ramp, 80, 0.21);
  for (const auto interpolation : {Interpolation::kLinear, Interpolation::kNearest}) {
    const VoxelResult result = sweep.reconstruct(cpuOptions(interpolation, Compounding::kMean));
    const media::Volume& volume = result.volume;
    int interior = 0;
    double sum = 0.0, squares = 0.0;
    for (int k = 1; k + 1 < volume.dims[2]; ++k) {
      for (int j = 1; j + 1 < volume.dims[1]; ++j) {
        for (int i = 1; i + 1 < volume.dims[0]; ++i) {
          bool inside = true;
          for (int n = 0; n < 27; ++n) {
            inside =
                inside &&
                result.state[volume.index(i + n % 3 - 1, j + n / 3 % 3 - 1, k + n / 9 - 1)] == 1;
          }
          if (!inside) continue;
          const double truth = ramp(volume.world_from_voxel(Eigen::Vector3d(i, j, k)));
          const double error = volume.samples<std::uint8_t>()[volume.index(i, j, k)] - truth;
          ASSERT_LT(std::abs(error), 1.3) << i << ' ' << j << ' ' << k;
          sum += error;
          squares += error * error;
          ++interior;
        }
      }
    }
    EXPECT_GT(interior, 20000);
    EXPECT_LT(std::abs(sum / interior), 0.03);
    EXPECT_LT(std::sqrt(squares / interior), 0.36);  // rounding alone: 0.29
  }
}

TEST(ReconstructVoxels, KeepsAConstantInEveryMode) {
  const Sweep sweep = handHeldSweep([](const Eigen::Vector3d&) { return 100.0; }, 12, 0.7);
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kLinear}) {
    for (const auto compounding : kCompoundings) {
      VoxelOptions options = cpuOptions(interpolation, compounding);
      options.uncertainty = compounding >= Compounding::kMean;
      options.fill = Fill::kNormalizedConvolution;
      const VoxelResult result = sweep.reconstruct(options);
      const auto voxels = result.volume.samples<std::uint8_t>();
      for (std::size_t v = 0; v < voxels.size(); ++v) {
        ASSERT_EQ(voxels[v], result.state[v] == 0 ? 0 : 100) << "voxel " << v;
      }
      EXPECT_EQ(result.frames_used, 12);
      EXPECT_EQ(result.device_used.substr(0, 4), "cpu,");
    }
  }
}

/// Five frames in one place, at the levels 30, 200, 0, 90, 60.
Sweep stack() {
  Sweep sweep{8, 8, {}, {}, {}};
  for (const std::uint8_t level : {30, 200, 0, 90, 60}) {
    sweep.frames.push_back({flatPose(0.0, 0.0, 0.0, 0.5), static_cast<int>(sweep.frames.size())});
    sweep.images.push_back(uniform(8, 8, level));
  }
  return sweep;
}

TEST(ReconstructVoxels, CompoundsByConstruction) {
  const std::map<Compounding, int> expected = {
      {Compounding::kLatest, 60}, {Compounding::kFirst, 30},      {Compounding::kMaximum, 200},
      {Compounding::kMean, 76},   {Compounding::kConfidence, 76}, {Compounding::kBeam, 76}};
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kLinear}) {
    for (const auto& [compounding, level] : expected) {
      VoxelOptions options = cpuOptions(interpolation, compounding);
      options.grid = gridAt({0.0, 0.0, 0.0}, 0.5, {8, 8, 1});
      const VoxelResult result = stack().reconstruct(options);
      for (const std::uint8_t voxel : result.volume.samples<std::uint8_t>()) {
        ASSERT_EQ(voxel, level);
      }
      EXPECT_DOUBLE_EQ(result.observed_fraction, 1.0);
    }
  }
}

// Within a frame, nearest keeps the last (first) pixel in raster order that falls in the voxel.
TEST(ReconstructVoxels, OrdersPixelsWithinAFrame) {
  Sweep sweep{2, 2, {}, {{flatPose(0.0, 0.0, 0.0, 0.2), 0}}, {media::Image(2, 2)}};
  std::ranges::copy(std::array<std::uint8_t, 4>{11, 22, 33, 7},
                    sweep.images[0].samples<std::uint8_t>().begin());
  VoxelOptions options = cpuOptions(Interpolation::kNearest, Compounding::kLatest);
  options.grid = gridAt({0.1, 0.1, 0.0}, 1.0, {1, 1, 1});
  EXPECT_EQ(sweep.reconstruct(options).volume.samples<std::uint8_t>()[0], 7);
  options.compounding = Compounding::kFirst;
  EXPECT_EQ(sweep.reconstruct(options).volume.samples<std::uint8_t>()[0], 11);
  options.compounding = Compounding::kMean;
  EXPECT_EQ(sweep.reconstruct(options).volume.samples<std::uint8_t>()[0], 18);  // 18.25
}

TEST(ReconstructVoxels, TakesBlackTissueForTissue) {
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kLinear}) {
    for (const auto compounding : {Compounding::kMaximum, Compounding::kMean}) {
      Sweep sweep{8, 8, {}, {{flatPose(0.0, 0.0, 0.0, 0.5), 0}}, {uniform(8, 8, 0)}};
      VoxelOptions options = cpuOptions(interpolation, compounding);
      options.grid = gridAt({0.0, 0.0, 0.0}, 0.5, {8, 8, 1});
      const VoxelResult result = sweep.reconstruct(options);
      EXPECT_EQ(std::ranges::count(result.state, 1), 64);
    }
  }
}

// The frame's pixel at (2.5, 1) mm lies between two voxels and gives both the right share.
TEST(ReconstructVoxels, SharesAPixelAmongItsVoxels) {
  Sweep sweep{1, 2, {}, {{flatPose(2.25, 1.0, 0.0, 1.0), 0}}, {media::Image(1, 2)}};
  sweep.images[0].samples<std::uint8_t>()[0] = 200;
  VoxelOptions options = cpuOptions(Interpolation::kLinear, Compounding::kMean);
  options.sharpen = false;
  options.grid = gridAt({0.0, 0.0, 0.0}, 1.0, {6, 3, 1});
  const VoxelResult result = sweep.reconstruct(options);
  const auto at = [&](int i) {
    return result.volume.samples<std::uint8_t>()[static_cast<std::size_t>(6 + i)];
  };
  EXPECT_EQ(at(2), 200);  // 3/4 of the first pixel, nothing of the second
  EXPECT_EQ(at(3), 50);   // (1/4 * 200 + 3/4 * 0) / (1/4 + 3/4)
  EXPECT_EQ(at(4), 0);
  EXPECT_EQ(std::ranges::count(result.state, 1), 3);
}

TEST(ReconstructVoxels, GivesTheSameBytesOnAnyNumberOfThreads) {
  const auto texture = [](const Eigen::Vector3d& p) {
    return 128.0 + 120.0 * std::sin(7.0 * p[0] + 3.0 * p[1]) * std::cos(5.0 * p[2]);
  };
  Sweep sweep = handHeldSweep(texture, 40, 0.9);
  sweep.sector.fan = media::Fan{55.0, -20.0, 30.0, 105.0, -0.5, 0.45, 1.0};
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kLinear}) {
    for (const auto compounding : kCompoundings) {
      VoxelOptions options = cpuOptions(interpolation, compounding);
      options.uncertainty = compounding >= Compounding::kMean;
      options.fill = Fill::kNormalizedConvolution;
      options.threads = 1;
      const VoxelResult one = sweep.reconstruct(options);
      for (const int threads : {2, 3, 7}) {
        options.threads = threads;
        const VoxelResult many = sweep.reconstruct(options);
        EXPECT_TRUE(one.volume.data == many.volume.data) << threads << " threads";
        EXPECT_TRUE(one.state == many.state) << threads << " threads";
        EXPECT_TRUE(one.distance == many.distance) << threads << " threads";
        EXPECT_TRUE(one.uncertainty == many.uncertainty) << threads << " threads";
      }
    }
  }
}

// An independent, slow and obvious placement: every pixel tested, doubles, one map per voxel.
TEST(ReconstructVoxels, PlacesExactlyTheSectorsPixels) {
  const auto texture = [](const Eigen::Vector3d& p) { return 100.0 + 80.0 * std::sin(3.0 * p[0]); };
  Sweep sweep = handHeldSweep(texture, 5, 1.3);
  sweep.sector.rectangle = media::PixelRectangle{7, 5, 101, 80};
  sweep.sector.fan = media::Fan{55.0, -20.0, 40.0, 98.0, -0.5, 0.45, 1.0};
  VoxelOptions options = cpuOptions(Interpolation::kNearest, Compounding::kMean);
  options.grid = gridAt({4.0, -5.0, 33.0}, 0.5, {23, 19, 11});  // cuts through the frames
  const VoxelResult result = sweep.reconstruct(options);

  std::map<std::size_t, std::pair<double, double>> sums;
  for (std::size_t f = 0; f < sweep.frames.size(); ++f) {
    const auto voxel_from_image =
        options.grid->world_from_voxel.inverse() * sweep.frames[f].world_from_image;
    for (int row = 0; row < sweep.rows; ++row) {
      for (int col = 0; col < sweep.cols; ++col) {
        if (!sweep.sector.contains(col, row)) continue;
        const Eigen::Vector3d at = voxel_from_image(Eigen::Vector3d(col, row, 0.0));
        const Eigen::Vector3i v = (at.array() + 0.5).floor().cast<int>();
        if ((v.array() < 0).any() || v[0] >= 23 || v[1] >= 19 || v[2] >= 11) continue;
        auto& [sum, count] = sums[result.volume.index(v[0], v[1], v[2])];
        sum += sweep.images[f]
                   .samples<std::uint8_t>()[static_cast<std::size_t>(row * sweep.cols + col)];
        count += 1.0;
      }
    }
  }
  ASSERT_GT(sums.size(), 500U);
  for (std::size_t v = 0; v < result.state.size(); ++v) {
    ASSERT_EQ(result.state[v] == 1, sums.contains(v)) << "voxel " << v;
    if (!sums.contains(v)) continue;
    const double mean = sums[v].first / sums[v].second;
    ASSERT_EQ(result.volume.samples<std::uint8_t>()[v], std::floor(mean + 0.5)) << "voxel " << v;
  }
}

// 70 000 pixels of full weight in one voxel: a 16-bit count or a 32-bit sum would be full.
TEST(ReconstructVoxels, CountsWithoutLimit) {
  Sweep sweep{60, 60, {}, {}, {uniform(60, 60, 255), uniform(60, 60, 0)}};
  for (int i = 0; i < 60; ++i) {
    sweep.frames.push_back({flatPose(0.0, 0.0, 0.0, 0.001), i % 3 == 0 ? 1 : 0});
  }
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kLinear}) {
    VoxelOptions options = cpuOptions(interpolation, Compounding::kMean);
    options.grid = gridAt({0.0, 0.0, 0.0}, 1.0, {1, 1, 1});
    const VoxelResult result = sweep.reconstruct(options);
    EXPECT_EQ(result.volume.samples<std::uint8_t>()[0], 170);  // two thirds of 255
  }
}

// Full confidence and a quarter of it: (4 * 200 + 40) / 5.
TEST(ReconstructVoxels, WeighsFramesByTheirConfidence) {
  Sweep sweep{8, 8, {}, {}, {uniform(8, 8, 200), uniform(8, 8, 40)}};
  sweep.frames = {{flatPose(0.0, 0.0, 0.0, 0.5), 0, 1.0}, {flatPose(0.0, 0.0, 0.0, 0.5), 1, 0.25}};
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kLinear}) {
    VoxelOptions options = cpuOptions(interpolation, Compounding::kConfidence);
    options.grid = gridAt({0.0, 0.0, 0.0}, 0.5, {8, 8, 1});
    const VoxelResult result = sweep.reconstruct(options);
    for (const std::uint8_t voxel : result.volume.samples<std::uint8_t>()) {
      ASSERT_EQ(voxel, 168);
    }
  }
  sweep.frames[1].confidence = 0.0;  // all the same seen where nothing else is
  sweep.frames[0].world_from_image = flatPose(0.0, 0.0, 50.0, 0.5);
  VoxelOptions options = cpuOptions(Interpolation::kNearest, Compounding::kConfidence);
  options.grid = gridAt({0.0, 0.0, 0.0}, 0.5, {8, 8, 1});
  EXPECT_EQ(sweep.reconstruct(options).volume.samples<std::uint8_t>()[0], 40);
  sweep.frames[1].confidence = 1.5;
  EXPECT_THAT(messageOf([&] { std::ignore = sweep.reconstruct(options); }, ErrorKind::kBadInput),
              HasSubstr("frame 1"));
}

// Two frames cross: one at its focus, one a whole focal zone below its own, where the beam's
// thickness squared is 1 + 2² times that at the focus.
TEST(ReconstructVoxels, WeighsPixelsByHowThinTheBeamIs) {
  Sweep sweep{41, 1, {}, {}, {uniform(41, 1, 200), uniform(41, 1, 50)}};
  sweep.frames = {{flatPose(0.0, 0.0, 0.0, 1.0), 0}, {flatPose(0.0, -20.0, 0.0, 1.0), 1}};
  VoxelOptions options = cpuOptions(Interpolation::kNearest, Compounding::kBeam);
  options.beam = {10.0, 20.0};
  options.grid = gridAt({0.0, 10.0, 0.0}, 1.0, {1, 1, 1});
  const double far_weight = std::round(64.0 / 5.0);
  const double mean = (64.0 * 200.0 + far_weight * 50.0) / (64.0 + far_weight);
  EXPECT_EQ(sweep.reconstruct(options).volume.samples<std::uint8_t>()[0], std::lround(mean));
  options.beam = {0.0, 20.0};  // focus at 20.5 mm: 10.5 above it and 9.5 below
  const double above = std::round(64.0 / (1.0 + 1.05 * 1.05));
  const double below = std::round(64.0 / (1.0 + 0.95 * 0.95));
  const double middle = (above * 200.0 + below * 50.0) / (above + below);
  EXPECT_EQ(sweep.reconstruct(options).volume.samples<std::uint8_t>()[0], std::lround(middle));
  options.beam.focal_zone_mm = 0.0;
  EXPECT_THAT(messageOf([&] { std::ignore = sweep.reconstruct(options); }, ErrorKind::kBadInput),
              HasSubstr("focal zone"));
}

// Levels 30, 200, 0, 90, 60 in each voxel: variance 4744 within all, as if a sixth had been seen.
TEST(ReconstructVoxels, GivesTheDeviationOfWhatMadeAVoxel) {
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kLinear}) {
    VoxelOptions options = cpuOptions(interpolation, Compounding::kMean);
    options.uncertainty = true;
    options.grid = gridAt({0.0, 0.0, 0.0}, 0.5, {8, 8, 1});
    const VoxelResult result = stack().reconstruct(options);
    ASSERT_EQ(result.uncertainty.size(), 64U);
    for (const std::uint8_t half_levels : result.uncertainty) {
      EXPECT_EQ(half_levels, std::lround(2.0 * std::sqrt(4744.0)));
    }
    options.compounding = Compounding::kMaximum;
    EXPECT_THAT(
        messageOf([&] { std::ignore = stack().reconstruct(options); }, ErrorKind::kBadInput),
        HasSubstr("means"));
  }
}

// One voxel that frames disagree about (10, 30: variance 100) and one that a single frame saw: the
// latter is given half of the mean variance, 200/3, of the three pixels.
TEST(ReconstructVoxels, DoesNotTakeASinglePixelForCertain) {
  Sweep sweep{1, 2, {}, {}, {uniform(1, 2, 10), uniform(1, 2, 30)}};
  sweep.frames = {{flatPose(0.0, 0.0, 0.0, 1.0), 0}, {flatPose(1.0, 0.0, 0.0, 1.0), 1}};
  VoxelOptions options = cpuOptions(Interpolation::kNearest, Compounding::kMean);
  options.uncertainty = true;
  options.grid = gridAt({0.0, 0.0, 0.0}, 1.0, {2, 1, 1});
  const VoxelResult result = sweep.reconstruct(options);
  EXPECT_EQ(result.uncertainty[0], std::lround(2.0 * std::sqrt(200.0 / 3.0 / 2.0)));
  EXPECT_EQ(result.uncertainty[1], std::lround(2.0 * std::sqrt((200.0 + 200.0 / 3.0) / 3.0)));
}

// Oracle: trilinear splatting of a wave is its mean over a tent, sinc² of its frequency on each
// axis, and a second difference multiplies it by 2cos − 2: both have closed forms.
TEST(ReconstructVoxels, SharpensAsTheFormulaSays) {
  const double turn = 2.0 * std::numbers::pi / 3.2;  // a wave of 3.2 mm, voxels of 1 mm
  const auto wave = [&](const Eigen::Vector3d& p) { return 128.0 + 100.0 * std::sin(turn * p[0]); };
  Sweep sweep{200, 400, {}, {}, {}};
  for (int f = 0; f < 100; ++f) {
    sweep.frames.push_back({flatPose(-4.98, -4.98, -4.95 + 0.1 * f, 0.04), f});
    sweep.images.push_back(sampled(wave, sweep.frames.back().world_from_image, 200, 400));
  }
  VoxelOptions options = cpuOptions(Interpolation::kLinear, Compounding::kMean);
  options.grid = gridAt({-3.0, -1.0, -1.0}, 1.0, {7, 3, 3});
  const double half = turn / 2.0;
  const double blurred = std::pow(std::sin(half) / half, 2.0);
  const double sharpened = blurred * (1.0 + (2.0 - 2.0 * std::cos(turn)) / 12.0);
  for (const bool sharpen : {false, true}) {
    options.sharpen = sharpen;
    const VoxelResult result = sweep.reconstruct(options);
    for (int i = 1; i < 6; ++i) {
      const double expected =
          128.0 + 100.0 * (sharpen ? sharpened : blurred) * std::sin(turn * (i - 3.0));
      EXPECT_NEAR(result.volume.samples<std::uint8_t>()[result.volume.index(i, 1, 1)], expected,
                  1.0)
          << i << (sharpen ? " sharpened" : "");
    }
  }
  EXPECT_GT(sharpened - blurred, 0.15);
}

TEST(ReconstructVoxels, HonoursAGivenGridExactly) {
  const Sweep sweep = handHeldSweep(ramp, 60, 0.21);
  VoxelOptions options = cpuOptions(Interpolation::kLinear, Compounding::kMean);
  Eigen::Affine3d placed = Eigen::Translation3d(10.0, 2.0, 36.0) *
                           Eigen::AngleAxisd(0.4, Eigen::Vector3d(1.0, 2.0, 3.0).normalized()) *
                           Eigen::Scaling(0.5, 0.6, 0.7);
  placed.linear().col(0) *= -1.0;  // left-handed grids occur in files
  options.grid = Grid{{6, 7, 8}, media::WorldFromVoxel(placed.matrix())};
  const VoxelResult result = sweep.reconstruct(options);
  EXPECT_EQ(result.volume.dims, (std::array{6, 7, 8}));
  EXPECT_EQ(result.volume.world_from_voxel.matrix(), placed.matrix());
  int checked = 0;
  for (int k = 0; k < 8; ++k) {
    for (int j = 0; j < 7; ++j) {
      for (int i = 0; i < 6; ++i) {
        const std::size_t v = result.volume.index(i, j, k);
        if (result.state[v] != 1) continue;
        const double truth = ramp(result.volume.world_from_voxel(Eigen::Vector3d(i, j, k)));
        EXPECT_NEAR(result.volume.samples<std::uint8_t>()[v], truth, 2.0);
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 200);
}

TEST(ReconstructVoxels, StopsWhenCancelledAndTellsHowFarItIs) {
  const Sweep sweep = handHeldSweep(ramp, 40, 0.5);
  std::stop_source stop;
  std::vector<double> fractions;
  const Progress progress(
      [&](double fraction, std::string_view) {
        fractions.push_back(fraction);
        if (fraction > 0.2) stop.request_stop();
      },
      stop.get_token());
  messageOf([&] { std::ignore = sweep.reconstruct(VoxelOptions(), progress); },
            ErrorKind::kCancelled);
  EXPECT_TRUE(std::ranges::is_sorted(fractions));
  EXPECT_LT(fractions.back(), 0.9);
}

TEST(ReconstructVoxels, RefusesWhatItCannotDo) {
  const Sweep sweep = handHeldSweep(ramp, 3, 0.5);
  VoxelOptions options = cpuOptions(Interpolation::kLinear, Compounding::kMean);
  const auto run = [&] { std::ignore = sweep.reconstruct(options); };
  for (const double spacing_mm : {0.0, -0.5, std::nan("")}) {
    options.spacing_mm = spacing_mm;
    EXPECT_THAT(messageOf(run, ErrorKind::kBadInput), HasSubstr("spacing"));
  }
  options.spacing_mm = 0.5;
  options.device = "gpu";
  EXPECT_THAT(messageOf(run, ErrorKind::kBadInput), HasSubstr("\"gpu\""));
  options.device = "cpu";
  options.grid = gridAt({900.0, 0.0, 0.0}, 0.5, {5, 5, 5});
  EXPECT_THAT(messageOf(run, ErrorKind::kBadInput), HasSubstr("No pixel"));
  options.grid = gridAt({900.0, 0.0, 0.0}, 0.5, {5, 0, 5});
  EXPECT_THAT(messageOf(run, ErrorKind::kBadInput), HasSubstr("at least one voxel"));
  options.grid.reset();

  Sweep damaged = sweep;
  damaged.images[2] = media::Image(4, 4);
  EXPECT_THAT(messageOf([&] { std::ignore = damaged.reconstruct(options); }, ErrorKind::kBadInput),
              HasSubstr("Frame 2"));
  Sweep flung = sweep;
  flung.frames[1].world_from_image = flatPose(1e13, 0.0, 0.0, 0.2);
  options.grid = gridAt({5.0, -5.0, 33.0}, 0.5, {5, 5, 5});
  EXPECT_THAT(messageOf([&] { std::ignore = flung.reconstruct(options); }, ErrorKind::kBadInput),
              HasSubstr("Frame 1"));
}

TEST(GridAround, HoldsTheSectorWithAMarginOfOneVoxel) {
  const Sweep sweep = handHeldSweep(ramp, 7, 1.1);
  media::ScanSector sector;
  sector.fan = media::Fan{55.0, -20.0, 40.0, 98.0, -0.5, 0.45, 1.0};
  const Grid grid = gridAround(sweep.frames, sweep.rows, sweep.cols, sector, 0.4);
  Eigen::AlignedBox3d voxels;
  for (const PlacedFrame& frame : sweep.frames) {
    for (int row = 0; row < sweep.rows; ++row) {
      for (int col = 0; col < sweep.cols; ++col) {
        if (!sector.contains(col, row)) continue;
        voxels.extend((grid.world_from_voxel.inverse() *
                       frame.world_from_image)(Eigen::Vector3d(col, row, 0.0)));
      }
    }
  }
  for (int axis = 0; axis < 3; ++axis) {
    EXPECT_NEAR(voxels.min()[axis], 1.0, 1e-9);
    EXPECT_LE(voxels.max()[axis], grid.dims[static_cast<std::size_t>(axis)] - 2.0 + 1e-9);
    EXPECT_GT(voxels.max()[axis], grid.dims[static_cast<std::size_t>(axis)] - 3.0 - 1e-9);
  }
  EXPECT_TRUE(grid.world_from_voxel.linear().isApprox(Eigen::Matrix3d::Identity() * 0.4));
}

TEST(GridAround, NamesTheSpacingThatWouldDo) {
  const Sweep sweep = handHeldSweep(ramp, 2, 400.0);
  const auto tooFine = [&] {
    std::ignore = gridAround(sweep.frames, sweep.rows, sweep.cols, {}, 0.02);
  };
  const std::string message = messageOf(tooFine, ErrorKind::kBadInput);
  const std::size_t at = message.find("at least ");
  ASSERT_NE(at, std::string::npos) << message;
  const double advised_mm = std::stod(message.substr(at + 9));
  EXPECT_NO_THROW(std::ignore = gridAround(sweep.frames, sweep.rows, sweep.cols, {}, advised_mm));
  EXPECT_LT(advised_mm, 0.3);
  messageOf([&] { std::ignore = gridAround({}, 8, 8, {}, 0.5); }, ErrorKind::kBadInput);
}
}  // namespace
}  // namespace sonotwin::reconstruct
