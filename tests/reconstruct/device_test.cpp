// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sonotwin/base/error.h"
#include "sweeps.h"

namespace sonotwin::reconstruct {
namespace {
double texture(const Eigen::Vector3d& p) {
  return 128.0 + 120.0 * std::sin(7.0 * p[0] + 3.0 * p[1]) * std::cos(5.0 * p[2]);
}

Sweep fanSweep() {
  Sweep sweep = handHeldSweep(texture, 37, 0.9);
  sweep.sector.fan = media::Fan{55.0, -20.0, 30.0, 105.0, -0.5, 0.45, 1.0};
  return sweep;
}

/// Why a reconstruction on the GPU is not possible here; empty where it is.
std::string whyNoGpu(const Sweep& sweep) {
  VoxelOptions options;
  options.device = "cuda";
  try {
    std::ignore = sweep.reconstruct(options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    return error.what();
  }
  return {};
}

TEST(ReconstructOnGpu, GivesTheBytesOfTheCpu) {
  const Sweep sweep = fanSweep();
  if (const std::string reason = whyNoGpu(sweep); !reason.empty()) GTEST_SKIP() << reason;
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kLinear}) {
    for (const auto compounding :
         {Compounding::kLatest, Compounding::kFirst, Compounding::kMaximum, Compounding::kMean,
          Compounding::kConfidence, Compounding::kBeam}) {
      VoxelOptions options;
      options.uncertainty = compounding == Compounding::kMean;
      options.interpolation = interpolation;
      options.compounding = compounding;
      options.grid = gridAt({4.0, -5.0, 33.0}, 0.5, {37, 29, 61});  // cuts through the frames
      options.device = "cpu";
      const VoxelResult cpu = sweep.reconstruct(options);
      options.device = "cuda";
      const VoxelResult gpu = sweep.reconstruct(options);
      EXPECT_TRUE(cpu.volume.data == gpu.volume.data);
      EXPECT_TRUE(cpu.state == gpu.state);
      EXPECT_TRUE(cpu.uncertainty == gpu.uncertainty);
      EXPECT_EQ(gpu.device_used.find("cpu"), std::string::npos);
    }
  }
}

// More weight in one voxel than a cell holds: the GPU's cells are emptied as the CPU's are.
TEST(ReconstructOnGpu, CountsWithoutLimit) {
  Sweep sweep{60, 60, {}, {}, {uniform(60, 60, 255), uniform(60, 60, 0)}};
  for (int i = 0; i < 60; ++i) {
    sweep.frames.push_back({flatPose(0.0, 0.0, 0.0, 0.001), i % 3 == 0 ? 1 : 0});
  }
  if (const std::string reason = whyNoGpu(sweep); !reason.empty()) GTEST_SKIP() << reason;
  VoxelOptions options;
  options.grid = gridAt({0.0, 0.0, 0.0}, 1.0, {1, 1, 1});
  options.device = "cuda";
  EXPECT_EQ(sweep.reconstruct(options).volume.samples<std::uint8_t>()[0], 170);
}

TEST(ReconstructDevice, IsCheckedWithoutAnyWork) {
  EXPECT_FALSE(describeDevice("auto").empty());
  EXPECT_EQ(describeDevice("cpu", 1), "cpu, 1 thread");
  for (const char* name : {"gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "cuda:99"}) {
    try {
      std::ignore = describeDevice(name);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << name;
      EXPECT_THAT(error.what(), testing::HasSubstr("hoose ")) << name;
    }
  }
}

// "auto" never fails for want of a GPU, and says which device did the work.
TEST(ReconstructOnAnyDevice, SaysWhichItWas) {
  const Sweep sweep = fanSweep();
  VoxelOptions options;
  options.threads = 2;
  const std::string name = sweep.reconstruct(options).device_used;
  const std::string reason = whyNoGpu(sweep);
  if (reason.empty()) {
    EXPECT_EQ(name.find("cpu"), std::string::npos);
    return;
  }
  EXPECT_THAT(name, testing::StartsWith("cpu, 2 threads ("));
  EXPECT_THAT(reason, testing::HasSubstr("Choose the device auto or cpu"));
  options.device = "cpu";
  EXPECT_EQ(sweep.reconstruct(options).device_used, "cpu, 2 threads");
}
}  // namespace
}  // namespace sonotwin::reconstruct
