// SPDX-License-Identifier: Apache-2.0
// What each speckle filter (or the recipes named as arguments) does to known speckle, and what a
// frame costs.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "sonotwin/base/parallel.h"
#include "sonotwin/enhance/recipe.h"
#include "speckled_picture.h"

namespace {
using namespace sonotwin;
constexpr int kRows = 480;
constexpr int kCols = 640;
constexpr float kTissue = 120.0F;

struct Disc {
  int row, col, radius;
  float level;
};
const std::vector<Disc> kDiscs = {
    {120, 120, 60, 60.0F},  {120, 320, 60, 90.0F}, {120, 520, 60, 180.0F}, {300, 120, 30, 60.0F},
    {300, 240, 15, 60.0F},  {300, 330, 8, 60.0F},  {300, 400, 8, 180.0F},  {300, 480, 15, 180.0F},
    {300, 570, 30, 180.0F}, {420, 320, 25, 150.0F}};

bool within(const Disc& disc, int row, int col, double margin) {
  return std::hypot(row - disc.row, col - disc.col) <= disc.radius + margin;
}

media::Image truthPicture() {
  media::Image truth(kRows, kCols, 1, media::PixelType::kFloat32);
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) {
      float level = kTissue;
      for (const Disc& disc : kDiscs) level = within(disc, row, col, 0.0) ? disc.level : level;
      truth.samples<float>()[static_cast<std::size_t>(row * kCols + col)] = level;
    }
  }
  return truth;
}

using Region = std::function<bool(int row, int col)>;

struct Moments {
  double mean = 0.0, deviation = 0.0;
};
Moments momentsOf(const media::Image& image, const Region& region,
                  const std::function<double(double)>& scale) {
  double count = 0.0, sum = 0.0, squares = 0.0;
  for (int row = 8; row < kRows - 8; ++row) {
    for (int col = 8; col < kCols - 8; ++col) {
      if (!region(row, col)) continue;
      const double value =
          scale(image.samples<float>()[static_cast<std::size_t>(row * kCols + col)]);
      count += 1.0;
      sum += value;
      squares += value * value;
    }
  }
  const double mean = sum / count;
  return {mean, std::sqrt(std::max(squares / count - mean * mean, 0.0))};
}

double asLevel(double level) {
  return level;
}
double asAmplitude(double level) {
  return std::pow(10.0, level / test::kLevelsPerDb / 20.0);
}
double asIntensity(double level) {
  return std::pow(10.0, level / test::kLevelsPerDb / 10.0);
}

bool isTissue(int row, int col) {
  return std::ranges::none_of(kDiscs, [&](const Disc& d) { return within(d, row, col, 8.0); });
}

/// Mean over the large discs of |difference of means| / root of the summed variances, in levels.
double contrastToNoise(const media::Image& image) {
  const Moments tissue = momentsOf(image, isTissue, asLevel);
  double sum = 0.0;
  for (int i = 0; i < 3; ++i) {
    const Disc& disc = kDiscs[static_cast<std::size_t>(i)];
    const Moments inside = momentsOf(
        image, [&](int r, int c) { return within(disc, r, c, -8.0); }, asLevel);
    sum += std::abs(inside.mean - tissue.mean) / std::hypot(inside.deviation, tissue.deviation);
  }
  return sum / 3.0;
}

/// Correlation of the Laplacians of picture and truth. Source: Sattar et al., IEEE TIP 6 (1997).
double edgePreservation(const media::Image& image, const media::Image& truth) {
  const auto laplacian = [](const media::Image& of, int row, int col) {
    const auto at = [&](int r, int c) {
      return static_cast<double>(of.samples<float>()[static_cast<std::size_t>(r * kCols + c)]);
    };
    return at(row - 1, col) + at(row + 1, col) + at(row, col - 1) + at(row, col + 1) -
           4.0 * at(row, col);
  };
  double both = 0.0, one = 0.0, other = 0.0;
  for (int row = 1; row < kRows - 1; ++row) {
    for (int col = 1; col < kCols - 1; ++col) {
      const double a = laplacian(image, row, col), b = laplacian(truth, row, col);
      both += a * b;
      one += a * a;
      other += b * b;
    }
  }
  return both / std::sqrt(one * other);
}

std::vector<double> blurred(const std::vector<double>& values) {
  constexpr int kReach = 5;
  constexpr double kSigma = 1.5;
  std::vector<double> along(values.size()), result(values.size());
  const auto pass = [&](const std::vector<double>& from, std::vector<double>& to, int dr, int dc) {
    for (int row = 0; row < kRows; ++row) {
      for (int col = 0; col < kCols; ++col) {
        double sum = 0.0, weights = 0.0;
        for (int k = -kReach; k <= kReach; ++k) {
          const int r = std::clamp(row + k * dr, 0, kRows - 1);
          const int c = std::clamp(col + k * dc, 0, kCols - 1);
          const double weight = std::exp(-0.5 * k * k / (kSigma * kSigma));
          sum += weight * from[static_cast<std::size_t>(r * kCols + c)];
          weights += weight;
        }
        to[static_cast<std::size_t>(row * kCols + col)] = sum / weights;
      }
    }
  };
  pass(values, along, 0, 1);
  pass(along, result, 1, 0);
  return result;
}

/// Mean structural similarity; Gaussian window, constants as published. Source: Wang et al., IEEE
/// TIP 13 (2004).
double structuralSimilarity(const media::Image& image, const media::Image& truth) {
  const std::size_t count = image.samples<float>().size();
  std::vector<double> a(count), b(count), aa(count), bb(count), ab(count);
  for (std::size_t i = 0; i < count; ++i) {
    a[i] = image.samples<float>()[i];
    b[i] = truth.samples<float>()[i];
    aa[i] = a[i] * a[i];
    bb[i] = b[i] * b[i];
    ab[i] = a[i] * b[i];
  }
  const auto ma = blurred(a), mb = blurred(b), maa = blurred(aa), mbb = blurred(bb),
             mab = blurred(ab);
  const double c1 = std::pow(0.01 * 255.0, 2), c2 = std::pow(0.03 * 255.0, 2);
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double va = maa[i] - ma[i] * ma[i], vb = mbb[i] - mb[i] * mb[i];
    const double cov = mab[i] - ma[i] * mb[i];
    sum += (2 * ma[i] * mb[i] + c1) * (2 * cov + c2) /
           ((ma[i] * ma[i] + mb[i] * mb[i] + c1) * (va + vb + c2));
  }
  return sum / static_cast<double>(count);
}

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Cost {
  double cpu_ms = 1e9, wall_ms = 1e9;
};
Cost costOf(const std::function<void()>& work) {
  Cost best;
  for (int i = 0; i < 5; ++i) {
    const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
    work();
    best.cpu_ms = std::min(best.cpu_ms, 1e3 * (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu));
    best.wall_ms = std::min(best.wall_ms, 1e3 * (seconds(CLOCK_MONOTONIC) - wall));
  }
  return best;
}

void printRow(const std::string& name, const media::Image& image, const media::Image& before,
              const media::Image& truth, const Cost& cost) {
  const Moments intensity = momentsOf(image, isTissue, asIntensity);
  const Moments amplitude = momentsOf(image, isTissue, asAmplitude);
  const Moments raw = momentsOf(before, isTissue, asAmplitude);
  std::printf("| %s | %.1f | %.2f | %.2f | %.3f | %.3f | %.1f / %.1f |\n", name.c_str(),
              std::pow(intensity.mean / intensity.deviation, 2),
              amplitude.deviation / amplitude.mean / (raw.deviation / raw.mean),
              contrastToNoise(image), edgePreservation(image, truth),
              structuralSimilarity(image, truth), cost.cpu_ms, cost.wall_ms);
}
}  // namespace

int main(int argc, char** argv) {
  const media::Image truth = truthPicture();
  media::Image before = test::speckled(truth, 11);
  for (float& level : before.samples<float>()) level = std::clamp(level, 0.0F, 255.0F);
  std::printf("%d x %d pixels, %d threads; ms: CPU / wall, best of 5\n\n", kCols, kRows,
              availableThreads());
  std::printf(
      "| filter | ENL | SSI | CNR | edges | SSIM | ms |\n| --- | --- | --- | --- | --- | --- | --- "
      "|\n");
  printRow("none", before, before, truth, {0.0, 0.0});
  std::vector<enhance::Recipe> recipes;
  for (int i = 1; i < argc; ++i) recipes.push_back(enhance::findRecipe(argv[i]));
  for (const enhance::FilterInfo& filter : enhance::filters()) {
    if (argc > 1 || !filter.meaning.starts_with("speckle")) continue;
    recipes.push_back({filter.name, 1, "", {{filter.name, {}}}});
  }
  for (const enhance::Recipe& recipe : recipes) {
    media::Image after;
    const Cost cost = costOf([&] { after = enhance::apply(recipe, before, {}); });
    printRow(recipe.name, after, before, truth, cost);
  }
  return 0;
}
