// SPDX-License-Identifier: Apache-2.0

// How near a reconstruction comes to the field its frames sample, and what it costs: grey-level
// RMSE and bias against the analytic field, CPU nanoseconds a pixel on one thread, best of
// REPEATS; of the rows whose name holds WORD. Usage: bench_phantom [REPEATS [WORD]]

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "phantom_sweep.h"
#include "sonotwin/reconstruct/methods.h"

namespace sonotwin::reconstruct {
namespace {
struct Errors {
  double rmse = 0.0;
  double bias = 0.0;
  std::size_t count = 0;
};

/// Of the voxels whose state is `state`.
Errors errorsOf(const VoxelResult& result, std::uint8_t state) {
  const media::Volume& volume = result.volume;
  double sum = 0.0, squares = 0.0;
  Errors errors;
  for (int k = 0; k < volume.dims[2]; ++k) {
    for (int j = 0; j < volume.dims[1]; ++j) {
      for (int i = 0; i < volume.dims[0]; ++i) {
        const std::size_t v = volume.index(i, j, k);
        if (result.state[v] != state) continue;
        const double truth = phantomLevel(volume.world_from_voxel(Eigen::Vector3d(i, j, k)));
        const double error = volume.samples<std::uint8_t>()[v] - truth;
        sum += error;
        squares += error * error;
        ++errors.count;
      }
    }
  }
  const auto count = static_cast<double>(errors.count);
  if (errors.count > 0) errors.bias = sum / count, errors.rmse = std::sqrt(squares / count);
  return errors;
}

double cpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Timed {
  VoxelResult result;
  double seconds = INFINITY;
};

Timed timed(const PhantomSweep& sweep, const VoxelOptions& options, int repeats) {
  Timed best;
  for (int i = 0; i < repeats; ++i) {
    const double begin = cpuSeconds();
    VoxelResult result = sweep.reconstruct(options);
    best.seconds = std::min(best.seconds, cpuSeconds() - begin);
    best.result = std::move(result);
  }
  return best;
}

/// What to run.
struct Plan {
  int repeats = 5;
  std::string word;
};

void printRow(const std::string& name, const PhantomSweep& sweep, const VoxelOptions& options,
              const Plan& plan) {
  if (name.find(plan.word) == std::string::npos) return;
  const Timed run = timed(sweep, options, plan.repeats);
  const Errors observed = errorsOf(run.result, 1);
  const Errors filled = errorsOf(run.result, 2);
  std::printf("%-34s %7.2f ns/px %7.3f s  observed %9zu: RMSE %5.2f bias %+6.3f", name.c_str(),
              1e9 * run.seconds / sweep.pixelCount(), run.seconds, observed.count, observed.rmse,
              observed.bias);
  if (filled.count > 0) {
    std::printf("  filled %9zu: RMSE %5.2f bias %+6.3f", filled.count, filled.rmse, filled.bias);
  }
  std::printf("\n");
  std::fflush(stdout);
}

constexpr std::array kCompoundings = {"latest", "first", "maximum", "mean", "confidence", "beam"};

VoxelOptions onOneThread(double spacing_mm) {
  VoxelOptions options;
  options.threads = 1;
  options.device = "cpu";
  options.spacing_mm = spacing_mm;
  options.fill = Fill::kNone;
  return options;
}

void runBackward(const PhantomSweep& sweep, double spacing_mm, Fill fill, const Plan& plan) {
  for (const auto& choice : interpolations()) {
    if (choice.value == Interpolation::kNearest || choice.value == Interpolation::kLinear) continue;
    VoxelOptions options = onOneThread(spacing_mm);
    options.interpolation = choice.value;
    options.fill = fill;
    std::string name(choice.name);
    name += fill == Fill::kNone ? (spacing_mm == 0.5 ? " 0.5 mm" : " 0.3 mm") : ", sparse, filled";
    printRow("backward " + name, sweep, options, plan);
  }
}

void runDense(const Plan& plan) {
  const PhantomSweep sweep(300, 0.2);
  for (const double spacing_mm : {0.5, 0.3}) {
    const std::string millimetres = spacing_mm == 0.5 ? " 0.5 mm" : " 0.3 mm";
    for (const auto interpolation : {Interpolation::kNearest, Interpolation::kLinear}) {
      const std::string method = interpolation == Interpolation::kNearest ? "nearest " : "linear ";
      VoxelOptions options = onOneThread(spacing_mm);
      options.interpolation = interpolation;
      for (std::size_t c = 0; c < kCompoundings.size(); ++c) {
        options.compounding = static_cast<Compounding>(c);
        printRow(method + kCompoundings[c] + millimetres, sweep, options, plan);
      }
      options.compounding = Compounding::kMean;
      options.uncertainty = true;
      printRow(method + "mean, uncertainty" + millimetres, sweep, options, plan);
    }
    runBackward(sweep, spacing_mm, Fill::kNone, plan);
    VoxelOptions blurred = onOneThread(spacing_mm);
    blurred.sharpen = false;
    printRow("linear mean, blurred" + millimetres, sweep, blurred, plan);
  }
}

void runSparse(const Plan& plan) {
  const PhantomSweep sweep(75, 0.8);
  for (const auto fill : {Fill::kNone, Fill::kNormalizedConvolution}) {
    VoxelOptions options = onOneThread(0.3);
    options.fill = fill;
    printRow(fill == Fill::kNone ? "sparse linear mean 0.3 mm, no fill" : "the same, filled", sweep,
             options, plan);
  }
  runBackward(sweep, 0.3, Fill::kNormalizedConvolution, plan);
}
}  // namespace
}  // namespace sonotwin::reconstruct

int main(int argc, char** argv) {
  sonotwin::reconstruct::Plan plan;
  if (argc > 1) plan.repeats = std::max(1, std::atoi(argv[1]));
  if (argc > 2) plan.word = argv[2];
  sonotwin::reconstruct::runDense(plan);
  sonotwin::reconstruct::runSparse(plan);
}
