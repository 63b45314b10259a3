// SPDX-License-Identifier: Apache-2.0
// What a frame of 256 x 256 costs each preset's network: alone, and from grey levels to labels; and
// what a training image costs. Weights are random, which costs as much as trained ones.
// Arguments: a device (auto), then names of presets (all).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "augment.h"
#include "chances.h"
#include "loss.h"
#include "optimizer.h"

namespace {
using namespace sonotwin;
using namespace sonotwin::segment;
using Clock = std::chrono::steady_clock;
constexpr int kSide = 256;
constexpr double kAtLeast_s = 3.0;
constexpr int kRounds = 5;

/// What is computed is only there once it has been brought back.
void wait(const at::Tensor& result) {
  std::ignore = result.reshape({-1}).narrow(0, 0, 1).item<float>();
}

/// Times a second, the best of some rounds: others on the machine only ever slow it down.
double perSecond(const std::function<void()>& work) {
  for (int i = 0; i < 3; ++i) work();
  double best = 0.0;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = Clock::now();
    double passed = 0.0;
    int count = 0;
    while (passed < kAtLeast_s / kRounds) {
      work();
      ++count;
      passed = std::chrono::duration<double>(Clock::now() - start).count();
    }
    best = std::max(best, count / passed);
  }
  return best;
}

NetworkPlan planOf(const std::string& preset) {
  const NetworkSize& size = networkSize(preset);
  NetworkPlan plan;
  plan.grid_rows = plan.grid_cols = kSide;
  plan.widths = size.widths;
  plan.encoder_blocks = size.encoder_blocks;
  plan.block = size.block;
  return plan;
}

struct Bench {
  Runtime runtime;
  NetworkPlan plan;
  UNet network;

  double networkOnly(std::int64_t batch) const {
    const at::NoGradGuard no_grad;
    const at::Tensor image = at::randn({batch, 1, kSide, kSide}, at::TensorOptions(runtime.device));
    return static_cast<double>(batch) * perSecond([&] { wait(logitsOf(network, runtime, image)); });
  }

  double endToEnd(std::size_t batch) const {
    std::vector<GridPicture> pictures;
    const at::Tensor noise = at::randint(1, 255, {kSide, kSide}).to(at::kByte);
    const std::span<const std::uint8_t> gray(noise.data_ptr<std::uint8_t>(), kSide * kSide);
    return static_cast<double>(batch) * perSecond([&] {
             pictures.clear();
             for (std::size_t i = 0; i < batch; ++i) {
               pictures.push_back(
                   makeGridPicture(gray, kSide, kSide, plan, wholePicture(kSide, kSide)));
             }
             std::ignore = predict(network, runtime, pictures, {{1, "structure"}}, {});
           });
  }

  double training(const std::string& preset) {
    TrainOptions options;
    options.preset = preset;
    const TrainRecipe recipe = makeRecipe(options);
    Optimizer optimizer(recipe, network.parameters());
    network.setTrainable(true);
    const at::Tensor gray =
        at::randint(1, 255, {recipe.batch, 1, kSide, kSide}).to(at::kByte).to(runtime.device);
    const at::Tensor truth = gray.squeeze(1).gt(128).to(at::kByte);
    Random random(1);
    const double steps = perSecond([&] {
      const Batch batch = augment(gray, truth, plan.classes, recipe.augmentation, random);
      std::vector<at::Tensor> logits;
      {
        const HalfPrecision half(runtime);
        logits = network.forward(batch.image, network.headCount());
      }
      const at::Tensor loss = segmentationLoss(logits, batch.truth);
      loss.backward();
      optimizer.step(1e-4);
      wait(loss.detach());
    });
    network.setTrainable(false);
    return steps * recipe.batch;
  }
};

void measure(const std::string& preset, const Runtime& runtime) {
  const NetworkPlan plan = planOf(preset);
  Bench bench{runtime, plan, UNet(plan, runtime, 1)};
  std::printf("%-9s %6.2f M", preset.c_str(),
              static_cast<double>(bench.network.parameterCount()) / 1e6);
  std::printf("  network %8.1f /s at 1, %8.1f /s at 16", bench.networkOnly(1),
              bench.networkOnly(16));
  std::printf("  labels %8.1f /s at 1, %8.1f /s at 16", bench.endToEnd(1), bench.endToEnd(16));
  std::fflush(stdout);
  std::printf("  training %7.1f images/s\n", bench.training(preset));
  std::fflush(stdout);
}
}  // namespace

int main(int argc, char** argv) {
  try {
    const Runtime runtime = openDevice(argc > 1 ? argv[1] : "auto");
    runtime.useThreads();
    const KeptMemory kept;
    std::printf("%d x %d, %s\n", kSide, kSide, describe(runtime).c_str());
    std::vector<std::string> presets(argv + std::min(argc, 2), argv + argc);
    if (presets.empty()) {
      for (const PresetDescription& preset : trainPresets()) presets.push_back(preset.name);
    }
    for (const std::string& preset : presets) measure(preset, runtime);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
