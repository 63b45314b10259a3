// SPDX-License-Identifier: Apache-2.0
// The speckle filters against plain transcriptions of their published formulas.
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <thread>
#include <vector>

#include "sonotwin/enhance/recipe.h"
#include "speckled_picture.h"

namespace sonotwin::enhance {
namespace {
constexpr int kRows = 37;
constexpr int kCols = 41;
constexpr double kRange_db = 60.0;

/// A picture whose pixels are read with the border repeated.
struct Field {
  std::vector<double> values;
  double at(int row, int col) const {
    return values[static_cast<std::size_t>(std::clamp(row, 0, kRows - 1) * kCols +
                                           std::clamp(col, 0, kCols - 1))];
  }
};

Field mapped(const std::function<double(int row, int col)>& value) {
  Field result;
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) result.values.push_back(value(row, col));
  }
  return result;
}

media::Image picture() {
  media::Image truth(kRows, kCols, 1, media::PixelType::kFloat32);
  for (int i = 0; i < kRows * kCols; ++i) {
    truth.samples<float>()[static_cast<std::size_t>(i)] = i % kCols < 20 ? 90.0F : 150.0F;
  }
  media::Image frame = test::speckled(truth, 3);
  for (float& level : frame.samples<float>()) level = std::clamp(level, 0.0F, 255.0F);
  return frame;
}

Field levelsOf(const media::Image& image) {
  return mapped([&](int row, int col) {
    return image.samples<float>()[static_cast<std::size_t>(row * kCols + col)];
  });
}
Field amplitudesOf(const Field& levels) {
  return mapped(
      [&](int r, int c) { return std::pow(10.0, levels.at(r, c) / 255.0 * kRange_db / 20.0); });
}
Field asLevels(const Field& amplitudes) {
  return mapped([&](int r, int c) {
    return std::clamp(20.0 * std::log10(amplitudes.at(r, c)) / kRange_db * 255.0, 0.0, 255.0);
  });
}

/// The program takes its median of every fifth pixel, in row order.
double medianOfEveryFifth(const Field& field) {
  std::vector<double> values;
  for (std::size_t i = 0; i < field.values.size(); i += 5) values.push_back(field.values[i]);
  std::ranges::sort(values);
  return values[values.size() / 2];
}

Field squaredVariation(const Field& field, int radius) {
  return mapped([&](int row, int col) {
    double sum = 0.0, squares = 0.0, count = 0.0;
    for (int r = std::max(row - radius, 0); r <= std::min(row + radius, kRows - 1); ++r) {
      for (int c = std::max(col - radius, 0); c <= std::min(col + radius, kCols - 1); ++c) {
        sum += field.at(r, c);
        squares += field.at(r, c) * field.at(r, c);
        count += 1.0;
      }
    }
    const double mean = sum / count;
    return (squares / count - mean * mean) / (mean * mean);
  });
}

Field localMean(const Field& field, int radius) {
  return mapped([&](int row, int col) {
    double sum = 0.0, count = 0.0;
    for (int r = std::max(row - radius, 0); r <= std::min(row + radius, kRows - 1); ++r) {
      for (int c = std::max(col - radius, 0); c <= std::min(col + radius, kCols - 1); ++c) {
        sum += field.at(r, c);
        count += 1.0;
      }
    }
    return sum / count;
  });
}

Field diffused(const Field& image, const Field& c, double time_step) {
  return mapped([&](int row, int col) {
    const double here = image.at(row, col);
    const double divergence = c.at(row + 1, col) * (image.at(row + 1, col) - here) +
                              c.at(row, col) * (image.at(row - 1, col) - here) +
                              c.at(row, col + 1) * (image.at(row, col + 1) - here) +
                              c.at(row, col) * (image.at(row, col - 1) - here);
    return here + time_step / 4.0 * divergence;
  });
}

/// q² of Yu & Acton, eq. 37, from |grad I|² and the Laplacian as eqs. 50 and 51 say.
Field instantaneousVariation(const Field& image) {
  return mapped([&](int row, int col) {
    const double here = image.at(row, col);
    const double n = image.at(row - 1, col) - here, s = image.at(row + 1, col) - here;
    const double w = image.at(row, col - 1) - here, e = image.at(row, col + 1) - here;
    const double gradient = (n * n + s * s + w * w + e * e) / (here * here);
    const double laplacian = (n + s + w + e) / here;
    return (0.5 * gradient - laplacian * laplacian / 16.0) / std::pow(1.0 + laplacian / 4.0, 2);
  });
}

Field sradByTheBook(const Field& levels) {
  constexpr int kIterations = 12;
  constexpr double kTimeStep = 0.4, kDecay = 0.1;
  Field image = amplitudesOf(levels);
  const double start = medianOfEveryFifth(instantaneousVariation(image));
  for (int i = 0; i < kIterations; ++i) {
    const double q0 = start * std::exp(-2.0 * kDecay * i * kTimeStep);
    const Field q = instantaneousVariation(image);
    const Field c = mapped([&](int row, int col) {
      return std::clamp(1.0 / (1.0 + (q.at(row, col) - q0) / (q0 * (1.0 + q0))), 0.0, 1.0);
    });
    image = diffused(image, c, kTimeStep);
  }
  return asLevels(image);
}

Field dpadByTheBook(const Field& levels) {
  Field image = amplitudesOf(levels);
  for (int i = 0; i < 6; ++i) {
    const Field variation = squaredVariation(image, 2);
    const double speckle = medianOfEveryFifth(variation);
    const Field c = mapped([&](int row, int col) {
      return std::min((1.0 + 1.0 / variation.at(row, col)) / (1.0 + 1.0 / speckle), 1.0);
    });
    image = diffused(image, c, 0.5);
  }
  return asLevels(image);
}

Field weightedByTheBook(const Field& levels, bool kuan) {
  const Field image = amplitudesOf(levels);
  const Field variation = squaredVariation(image, 3), mean = localMean(image, 3);
  const double speckle = medianOfEveryFifth(variation);
  return asLevels(mapped([&](int row, int col) {
    double weight = 1.0 - speckle / variation.at(row, col);
    if (kuan) weight /= 1.0 + speckle;
    weight = std::clamp(weight, 0.0, 1.0);
    return mean.at(row, col) + weight * (image.at(row, col) - mean.at(row, col));
  }));
}

Field frostByTheBook(const Field& levels) {
  const Field image = amplitudesOf(levels), variation = squaredVariation(image, 2);
  return asLevels(mapped([&](int row, int col) {
    double sum = 0.0, weights = 0.0;
    for (int dr = -2; dr <= 2; ++dr) {
      for (int dc = -2; dc <= 2; ++dc) {
        const double weight = std::exp(-3.0 * variation.at(row, col) * std::hypot(dr, dc));
        sum += weight * image.at(row + dr, col + dc);
        weights += weight;
      }
    }
    return sum / weights;
  }));
}

/// Blocks of 3 x 3 on every second pixel, searched within 4 pixels; patches whose means differ by
/// more than a quarter are left out.
Field obnlmByTheBook(const Field& image) {
  const auto patchMean = [&](int row, int col) {
    double sum = 0.0;
    for (int r = -1; r <= 1; ++r) {
      for (int c = -1; c <= 1; ++c) sum += image.at(row + r, col + c);
    }
    return sum / 9.0 + 1.0;
  };
  Field sum = mapped([](int, int) { return 0.0; }), count = sum;
  for (int row = 0; row < kRows; row += 2) {
    for (int col = 0; col < kCols; col += 2) {
      std::vector<double> block(9);
      double weights = 0.0;
      for (int dr = -4; dr <= 4; ++dr) {
        for (int dc = -4; dc <= 4; ++dc) {
          const double one = patchMean(row, col);
          const double other =
              patchMean(std::clamp(row + dr, 0, kRows - 1), std::clamp(col + dc, 0, kCols - 1));
          if (std::min(one, other) < 0.75 * std::max(one, other)) continue;
          double distance = 0.0;
          for (int r = -1; r <= 1; ++r) {
            for (int c = -1; c <= 1; ++c) {
              const double u = image.at(row + r, col + c);
              const double v = image.at(row + dr + r, col + dc + c);
              distance += (u - v) * (u - v) / std::max(v, 1.0) / 9.0;
            }
          }
          const double weight = std::exp(-distance / (2.5 * 2.5));
          weights += weight;
          for (int k = 0; k < 9; ++k) {
            block[static_cast<std::size_t>(k)] +=
                weight * image.at(row + dr + k / 3 - 1, col + dc + k % 3 - 1);
          }
        }
      }
      for (int k = 0; k < 9; ++k) {
        const int r = row + k / 3 - 1, c = col + k % 3 - 1;
        if (r < 0 || r >= kRows || c < 0 || c >= kCols) continue;
        const auto index = static_cast<std::size_t>(r * kCols + c);
        sum.values[index] += block[static_cast<std::size_t>(k)] / weights;
        count.values[index] += 1.0;
      }
    }
  }
  return mapped([&](int row, int col) { return sum.at(row, col) / count.at(row, col); });
}

struct Transcription {
  Step step;
  std::function<Field(const Field& levels)> expected;
};

class Despeckle : public testing::TestWithParam<Transcription> {};

TEST_P(Despeckle, IsWhatItsFormulaSays) {
  const media::Image before = picture();
  const Field expected = GetParam().expected(levelsOf(before));
  const Field result = levelsOf(apply({"test", 1, "", {GetParam().step}}, before, {}));
  const Field original = levelsOf(before);
  double worst = 0.0, changed = 0.0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    worst = std::max(worst, std::abs(result.values[i] - expected.values[i]));
    changed = std::max(changed, std::abs(result.values[i] - original.values[i]));
  }
  EXPECT_LT(worst, 0.02) << "grey levels";
  EXPECT_GT(changed, 10.0) << "the filter did nothing";
}

INSTANTIATE_TEST_SUITE_P(
    All, Despeckle,
    testing::Values(
        Transcription{{"srad", {{"iterations", 12}, {"time_step", 0.4}, {"decay", 0.1}}},
                      sradByTheBook},
        Transcription{{"dpad", {{"iterations", 6}, {"time_step", 0.5}, {"radius_px", 2}}},
                      dpadByTheBook},
        Transcription{{"lee", {{"radius_px", 3}}},
                      [](const Field& levels) { return weightedByTheBook(levels, false); }},
        Transcription{{"kuan", {{"radius_px", 3}}},
                      [](const Field& levels) { return weightedByTheBook(levels, true); }},
        Transcription{{"frost", {{"radius_px", 2}, {"damping", 3.0}}}, frostByTheBook},
        Transcription{{"obnlm", {{"search_px", 4}, {"patch_px", 1}, {"strength", 2.5}}},
                      obnlmByTheBook}),
    [](const auto& info) { return info.param.step.filter; });

class EveryFilter : public testing::TestWithParam<FilterInfo> {};

// The cut of the work into threads must not show.
TEST_P(EveryFilter, GivesTheSameBytesOnOneProcessor) {
  media::Image truth(90, 130, 1, media::PixelType::kFloat32);
  std::ranges::fill(truth.samples<float>(), 120.0F);
  media::Image frame = test::speckled(truth, 5);
  media::ScanSector sector;
  sector.rectangle = media::PixelRectangle{3, 5, 121, 84};
  const Recipe recipe{"test", 1, "", {{GetParam().name, {}}}};
  const media::Image on_all = apply(recipe, frame, sector);
  media::Image on_one;
  std::jthread([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    on_one = apply(recipe, frame, sector);
  }).join();
  EXPECT_TRUE(std::ranges::equal(on_one.samples<float>(), on_all.samples<float>()));
}

TEST_P(EveryFilter, LeavesNoNumberUndefinedOnBlack) {
  const media::Image black(64, 64, 1, media::PixelType::kUint8);
  const media::Image after = apply({"test", 1, "", {{GetParam().name, {}}}}, black, {});
  EXPECT_TRUE(std::ranges::all_of(after.samples<float>(), [](float v) { return v == 0.0F; }));
}

INSTANTIATE_TEST_SUITE_P(All, EveryFilter, testing::ValuesIn(filters()), [](const auto& info) {
  std::string name = info.param.name;
  std::erase(name, '-');
  return name;
});

double medianOfRow(const media::Image& image, int row) {
  const auto first = image.samples<float>().begin() + row * image.cols;
  std::vector<float> levels(first, first + image.cols);
  std::ranges::nth_element(levels, levels.begin() + image.cols / 2);
  return levels[static_cast<std::size_t>(image.cols / 2)];
}

// Oracle: an attenuation linear in depth, taken away by its own slope.
TEST(DepthGain, EvensOutALinearAttenuation) {
  media::Image frame(200, 100, 1, media::PixelType::kFloat32);
  for (int i = 0; i < 200 * 100; ++i) {
    const int row = i / 100, col = i % 100;
    frame.samples<float>()[static_cast<std::size_t>(i)] =
        200.0F - 0.5F * static_cast<float>(row) + (col == 50 ? 40.0F : 0.0F);
  }
  const Recipe full{"test", 1, "", {{"depth-gain", {{"strength", 1.0}, {"reach", 0.05}}}}};
  const media::Image after = apply(full, frame, {});
  for (int row = 15; row < 185; ++row) EXPECT_NEAR(medianOfRow(after, row), 150.0, 0.6) << row;
  EXPECT_NEAR(after.samples<float>()[100 * 100 + 50] - after.samples<float>()[100 * 100 + 49], 40.0,
              1e-3)
      << "what is bright at its depth stays so";
  const Recipe half{"test", 1, "", {{"depth-gain", {{"strength", 0.5}, {"reach", 0.05}}}}};
  const media::Image less = apply(half, frame, {});
  EXPECT_NEAR(medianOfRow(less, 20) - medianOfRow(less, 180), 40.0, 1.5);
}

TEST(DepthGain, FollowsTheBeamsOfAFan) {
  media::ScanSector sector;
  sector.fan = media::Fan{100.0, -40.0, 60.0, 230.0, -0.6, 0.6, 1.0};
  media::Image frame(200, 200, 1, media::PixelType::kFloat32);
  for (int row = 0; row < 200; ++row) {
    for (int col = 0; col < 200; ++col) {
      const double radius = std::hypot(col - 100.0, row + 40.0);
      frame.samples<float>()[static_cast<std::size_t>(row * 200 + col)] =
          static_cast<float>(230.0 - 0.7 * radius);
    }
  }
  const Recipe full{"test", 1, "", {{"depth-gain", {{"strength", 1.0}, {"reach", 0.03}}}}};
  const media::Image after = apply(full, frame, sector);
  const auto at = [&](int row, int col) {
    return after.samples<float>()[static_cast<std::size_t>(row * 200 + col)];
  };
  EXPECT_NEAR(at(60, 100), at(60, 145), 1.5);  // same row, other depths
  EXPECT_NEAR(at(60, 100), at(150, 100), 1.5);
}
}  // namespace
}  // namespace sonotwin::enhance
