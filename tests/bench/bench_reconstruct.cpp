// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>

#include "sonotwin/base/error.h"
#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {
namespace {
constexpr int kRows = 480, kCols = 640, kFrames = 300;
constexpr double kPixel_mm = 0.1;

/// A hand-held sweep of 60 mm: steady advance, slow rocking about both axes of the probe.
std::vector<PlacedFrame> sweep() {
  std::vector<PlacedFrame> frames;
  for (int i = 0; i < kFrames; ++i) {
    const Eigen::Affine3d pose =
        Eigen::Translation3d(3.0 * std::sin(i * 0.02), 0.0, i * 0.2) *
        Eigen::AngleAxisd(0.08 * std::sin(i * 0.03), Eigen::Vector3d::UnitX()) *
        Eigen::AngleAxisd(0.10 * std::cos(i * 0.021), Eigen::Vector3d::UnitY()) *
        Eigen::AngleAxisd(0.06, Eigen::Vector3d::UnitZ()) * Eigen::Scaling(kPixel_mm);
    frames.push_back({media::WorldFromImage(pose.matrix()), i});
  }
  return frames;
}

media::Image speckle() {
  media::Image image(kRows, kCols);
  std::uint32_t state = 1;
  for (std::uint8_t& sample : image.samples<std::uint8_t>()) {
    state = state * 1664525U + 1013904223U;
    sample = static_cast<std::uint8_t>(state >> 24);
  }
  return image;
}

bool hasGpu() {
  try {
    return !describeDevice("cuda").empty();
  } catch (const Error&) {
    return false;
  }
}

/// The argument is the number of threads on the CPU, or 0 for the GPU.
void reconstructSweep(benchmark::State& state, VoxelOptions options) {
  options.device = state.range(0) == 0 ? "cuda" : "cpu";
  options.threads = static_cast<int>(state.range(0));
  const auto frames = sweep();
  const media::Image image = speckle();
  if (state.range(0) == 0 && !hasGpu()) {
    state.SkipWithError("no GPU here");
    return;
  }
  for (auto unused : state) {
    (void)unused;
    benchmark::DoNotOptimize(reconstructVoxels(
        frames, kRows, kCols, {}, [&](int) { return image; }, options, Progress()));
  }
  const double pixels = 1.0 * kFrames * kRows * kCols;
  using benchmark::Counter;
  state.counters["s_per_px"] =
      Counter(pixels, Counter::kIsIterationInvariantRate | Counter::kInvert);
}

constexpr auto kBare = Fill::kNone;
constexpr auto kFilled = Fill::kNormalizedConvolution;
VoxelOptions with(Interpolation interpolation, Compounding compounding, Fill fill,
                  double spacing_mm) {
  VoxelOptions options;
  options.interpolation = interpolation;
  options.compounding = compounding;
  options.fill = fill;
  options.spacing_mm = spacing_mm;
  return options;
}

#define SONOTWIN_SWEEP(name, ...)                              \
  BENCHMARK_CAPTURE(reconstructSweep, name, with(__VA_ARGS__)) \
      ->Arg(0)                                                 \
      ->Arg(1)                                                 \
      ->Arg(2)                                                 \
      ->UseRealTime()                                          \
      ->Unit(benchmark::kMillisecond)
SONOTWIN_SWEEP(nearest_latest_0_5, Interpolation::kNearest, Compounding::kLatest, kBare, 0.5);
SONOTWIN_SWEEP(nearest_mean_0_5, Interpolation::kNearest, Compounding::kMean, kBare, 0.5);
SONOTWIN_SWEEP(linear_mean_0_5, Interpolation::kLinear, Compounding::kMean, kBare, 0.5);
SONOTWIN_SWEEP(linear_maximum_0_5, Interpolation::kLinear, Compounding::kMaximum, kBare, 0.5);
SONOTWIN_SWEEP(nearest_mean_0_3, Interpolation::kNearest, Compounding::kMean, kBare, 0.3);
SONOTWIN_SWEEP(linear_mean_0_3, Interpolation::kLinear, Compounding::kMean, kBare, 0.3);
SONOTWIN_SWEEP(linear_mean_filled_0_5, Interpolation::kLinear, Compounding::kMean, kFilled, 0.5);
#undef SONOTWIN_SWEEP
}  // namespace
}  // namespace sonotwin::reconstruct

BENCHMARK_MAIN();
