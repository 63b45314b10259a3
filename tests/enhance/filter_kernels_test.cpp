// SPDX-License-Identifier: Apache-2.0
#include "filter_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "contrast.h"
#include "envelope.h"
#include "local_statistics.h"
#include "speckle.h"

// What each thread of a GPU computes, computed here one after another: it must be what the filters
// of the CPU make, to the bit. Only launches and copies are left to a machine that has a GPU.

namespace sonotwin::enhance {
namespace {
constexpr int kRows = 83, kCols = 70;

Patch speckledPatch() {
  media::ScanSector sector;
  sector.rectangle = media::PixelRectangle{3, 2, 3 + kCols, 2 + kRows};
  sector.fan = media::Fan{38.0, -30.0, 20.0, 130.0, -0.6, 0.55, 1.0};
  Patch patch{sectorMap(sector, kRows + 6, kCols + 8), {}};
  std::mt19937 random(7);
  for (std::size_t i = 0; i < patch.map->inside.size(); ++i) {
    const auto col = static_cast<int>(i) % patch.cols();
    const float base = col < patch.cols() / 2 ? 60.0F : 170.0F;
    patch.levels.push_back(std::min(base + static_cast<float>(random() % 85U), 255.0F));
  }
  return patch;
}

PictureView viewOf(const std::vector<float>& levels, const Patch& patch) {
  return {levels.data(), patch.rows(), patch.cols()};
}

template <class At>
std::vector<float> everywhere(const Patch& patch, const At& at) {
  std::vector<float> result;
  for (int row = 0; row < patch.rows(); ++row) {
    for (int col = 0; col < patch.cols(); ++col) result.push_back(at(row, col));
  }
  return result;
}

TEST(Exponential, IsThatOfTheLibraryButForTheLastPlaces) {
  for (double x = -86.9; x < 88.0; x += 0.0037) {
    const auto argument = static_cast<float>(x);
    const double truth = std::exp(static_cast<double>(argument));
    ASSERT_NEAR(exponential(argument) / truth, 1.0, 2.5e-7) << x;
  }
  EXPECT_EQ(exponential(0.0F), 1.0F);
  EXPECT_EQ(exponential(-1000.0F), 0.0F);
  EXPECT_TRUE(std::isfinite(exponential(1000.0F)));
}

TEST(Logarithm, IsThatOfTheLibraryButForTheLastPlaces) {
  for (double x = 1e-30; x < 1e30; x *= 1.0007) {
    const auto argument = static_cast<float>(x);
    const double truth = std::log(static_cast<double>(argument));
    ASSERT_NEAR(logarithm(argument), truth, 1.5e-7 * std::max(1.0, std::abs(truth))) << x;
  }
  EXPECT_EQ(logarithm(1.0F), 0.0F);
  EXPECT_TRUE(std::isfinite(logarithm(0.0F)));
}

TEST(Blend, IsTheLibrarysLerp) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> level(-20.0F, 255.0F), share(0.0F, 1.0F);
  for (int i = 0; i < 20000; ++i) {
    const float a = level(random), b = i % 50 == 0 ? a : level(random);
    const float t = i % 20 == 0 ? static_cast<float>(i / 20 % 2) : share(random);
    ASSERT_EQ(blend(a, b, t), std::lerp(a, b, t));
  }
}

TEST(SradThreads, MakeWhatTheCpuMakes) {
  const SpeckleDiffusion diffusion{
      .iterations = 9, .time_step = 0.4, .decay = 0.17, .dynamic_range_db = 55.0};
  Patch cpu = speckledPatch();
  Patch gpu = cpu;
  srad(cpu, diffusion);

  fillOutside(gpu);
  const auto rate = static_cast<float>(amplitudeRate(diffusion.dynamic_range_db));
  std::vector<float> image = gpu.levels;
  for (float& level : image) level = exponential(rate * level);
  const float start = speckleVariation(gpu, everywhere(gpu, [&](int row, int col) {
                                         const Variation q =
                                             variationAt(viewOf(image, gpu), row, col);
                                         return q.over / q.under;
                                       }));
  ASSERT_GT(start, kLeastVariation);
  for (int step = 0; step < diffusion.iterations; ++step) {
    const SradScale scale = sradScale(speckleScaleAt(diffusion, start, step));
    const std::vector<float> coefficient = everywhere(gpu, [&](int row, int col) {
      return sradCoefficient(variationAt(viewOf(image, gpu), row, col), scale);
    });
    image = everywhere(gpu, [&](int row, int col) {
      return diffusedAt(viewOf(image, gpu), viewOf(coefficient, gpu), row, col,
                        static_cast<float>(diffusion.time_step) / 4.0F);
    });
  }
  const auto scale = static_cast<float>(1.0 / amplitudeRate(diffusion.dynamic_range_db));
  for (float& level : image) level = scale * logarithm(level);
  EXPECT_EQ(image, cpu.levels);
}

TEST(ObnlmThreads, MakeWhatTheCpuMakes) {
  for (const NonLocal& settings : {NonLocal{3, 1, 3.0}, NonLocal{2, 2, 1.5}, NonLocal{1, 5, 8.0}}) {
    Patch cpu = speckledPatch();
    Patch gpu = cpu;
    obnlm(cpu, settings);

    fillOutside(gpu);
    const PictureView view = viewOf(gpu.levels, gpu);
    const std::vector<float> means = everywhere(
        gpu, [&](int row, int col) { return patchMeanAt(view, row, col, settings.patch_px); });
    const BlockJob job{view, means.data(), settings.patch_px, settings.search_px,
                       falloffOf(settings)};
    const auto size = static_cast<std::size_t>(job.side() * job.side());
    const int count = job.blockRows() * job.blockCols();
    std::vector<float> blocks(static_cast<std::size_t>(count) * size);
    for (int i = 0; i < count; ++i) {
      restoreBlock(job, i / job.blockCols() * kBlockStep, i % job.blockCols() * kBlockStep,
                   blocks.data() + static_cast<std::size_t>(i) * size);
    }
    EXPECT_EQ(everywhere(gpu, [&](int row,
                                  int col) { return meanOfBlocks(job, blocks.data(), row, col); }),
              cpu.levels)
        << settings.search_px << " " << settings.patch_px;
  }
}

TEST(ClaheThreads, MakeWhatTheCpuMakes) {
  for (const int tiles : {1, 5, 32}) {
    const LocalContrast settings{.tiles = tiles, .clip_limit = 2.5, .strength = 0.7};
    Patch cpu = speckledPatch();
    const Patch gpu = cpu;
    clahe(cpu, settings);

    const TileGrid grid = tileGrid(gpu.rows(), gpu.cols(), tiles);
    std::vector<std::uint32_t> counts(static_cast<std::size_t>(grid.count * grid.count * kBins));
    const auto inside = [&](int row, int col) {
      return gpu.map->inside[static_cast<std::size_t>(row * gpu.cols() + col)] != 0;
    };
    const PictureView view = viewOf(gpu.levels, gpu);
    for (int row = 0; row < gpu.rows(); ++row) {
      for (int col = 0; col < gpu.cols(); ++col) {
        if (!inside(row, col)) continue;
        const int bin = tileAt(grid, row, col) * kBins + binOf(view.at(row, col));
        ++counts[static_cast<std::size_t>(bin)];
      }
    }
    const std::vector<float> curves = equalizingCurves(counts, grid, settings.clip_limit);
    EXPECT_EQ(everywhere(gpu,
                         [&](int row, int col) {
                           const float level = view.at(row, col);
                           if (!inside(row, col)) return level;
                           return blend(level, equalized(grid, curves.data(), row, col, level),
                                        static_cast<float>(settings.strength));
                         }),
              cpu.levels)
        << tiles;
  }
}
}  // namespace
}  // namespace sonotwin::enhance
