// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sonotwin/enhance/recipe.h"
#include "speckled_picture.h"

namespace sonotwin::enhance {
namespace {
constexpr int kRows = 160;
constexpr int kCols = 200;
constexpr int kEdge_px = 100;  // first column of the bright side
constexpr double kDarkLevel = 90.0;
constexpr double kBrightLevel = 150.0;

std::size_t at(int row, int col) {
  return static_cast<std::size_t>(row * kCols + col);
}

/// Fully developed speckle over two halves of known level.
media::Image speckledStep() {
  media::Image truth(kRows, kCols, 1, media::PixelType::kFloat32);
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) {
      truth.samples<float>()[at(row, col)] =
          static_cast<float>(col < kEdge_px ? kDarkLevel : kBrightLevel);
    }
  }
  return test::speckled(truth, 7);
}

struct Moments {
  double mean = 0.0;
  double deviation = 0.0;
  [[nodiscard]] double variation() const { return deviation / mean; }
};

Moments momentsOf(const media::Image& frame, int first_col, int end_col) {
  double sum = 0.0, squares = 0.0, count = 0.0;
  for (int row = 10; row < kRows - 10; ++row) {
    for (int col = first_col; col < end_col; ++col) {
      const double level = frame.samples<float>()[at(row, col)];
      sum += level;
      squares += level * level;
      ++count;
    }
  }
  const double mean = sum / count;
  return {mean, std::sqrt(squares / count - mean * mean)};
}

/// Where the mean over the rows passes half way between the two levels, in columns.
double edgePosition(const media::Image& frame) {
  const double half = (momentsOf(frame, 15, 85).mean + momentsOf(frame, 115, 185).mean) / 2.0;
  for (int col = kEdge_px - 15; col < kEdge_px + 15; ++col) {
    const double here = momentsOf(frame, col, col + 1).mean;
    const double next = momentsOf(frame, col + 1, col + 2).mean;
    if (here < half && next >= half) return col + (half - here) / (next - here);
  }
  return -1.0;
}

struct Expectation {
  std::string filter;
  double variation_factor;  ///< at most this of the coefficient of variation remains
  double mean_shift = 5.0;  ///< levels; the mean amplitude lies 6.2 above the mean level
  double edge_shift_px = 1.0;
};

class SpeckleFilter : public testing::TestWithParam<Expectation> {};

// Oracle: the phantom's levels, edge and speckle are known in closed form.
TEST_P(SpeckleFilter, LowersVariationAndKeepsTheEdge) {
  const media::Image before = speckledStep();
  ASSERT_NEAR(momentsOf(before, 20, 80).deviation, 5.57 * test::kLevelsPerDb, 3.0)
      << "log-compressed Rayleigh speckle has a deviation of 5.57 dB";
  const Recipe recipe{"test", 1, "", {{GetParam().filter, {}}}};
  const media::Image after = apply(recipe, before, {});
  for (const auto& [first, end] : {std::pair{15, 85}, std::pair{115, 185}}) {
    const double factor =
        momentsOf(after, first, end).variation() / momentsOf(before, first, end).variation();
    RecordProperty("variation_factor", std::to_string(factor));
    EXPECT_LT(factor, GetParam().variation_factor);
    EXPECT_NEAR(momentsOf(after, first, end).mean, momentsOf(before, first, end).mean,
                GetParam().mean_shift);
  }
  EXPECT_NEAR(edgePosition(after), kEdge_px - 0.5, GetParam().edge_shift_px);
  const double height = momentsOf(after, kEdge_px + 3, kEdge_px + 9).mean -
                        momentsOf(after, kEdge_px - 9, kEdge_px - 3).mean;
  RecordProperty("edge_height", std::to_string(height / (kBrightLevel - kDarkLevel)));
  EXPECT_GE(height, 0.85 * (kBrightLevel - kDarkLevel));
}

INSTANTIATE_TEST_SUITE_P(
    All, SpeckleFilter,
    testing::Values(Expectation{"median", 0.45}, Expectation{"curvature-diffusion", 0.5},
                    Expectation{"gradient-diffusion", 0.55}, Expectation{"bilateral", 0.5},
                    Expectation{"srad", 0.3, 7.5, 1.25}, Expectation{"dpad", 0.5, 7.5},
                    Expectation{"lee", 0.45, 7.5}, Expectation{"kuan", 0.45, 7.5},
                    Expectation{"frost", 0.45, 7.5}, Expectation{"obnlm", 0.3, 7.5}),
    [](const auto& info) {
      std::string name = info.param.filter;
      std::erase(name, '-');
      return name;
    });

TEST(SpeckleContrast, LeavesLessSpeckleForTheSameContrast) {
  const media::Image before = speckledStep();
  const media::Image after = apply(findRecipe("speckle-contrast"), before, {});
  const auto contrast_to_noise = [](const media::Image& frame) {
    const Moments dark = momentsOf(frame, 15, 85), bright = momentsOf(frame, 115, 185);
    return (bright.mean - dark.mean) / std::hypot(dark.deviation, bright.deviation);
  };
  RecordProperty("gain", std::to_string(contrast_to_noise(after) / contrast_to_noise(before)));
  EXPECT_GT(contrast_to_noise(after), 1.25 * contrast_to_noise(before));
}
}  // namespace
}  // namespace sonotwin::enhance
