// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <tuple>

#include "sonotwin/base/error.h"
#include "sonotwin/enhance/recipe.h"

namespace sonotwin::enhance {
namespace {
constexpr int kRows = 90;
constexpr int kCols = 120;

Recipe only(const std::string& filter, std::map<std::string, double> parameters = {}) {
  return {"test", 1, "", {{filter, std::move(parameters)}}};
}

media::ScanSector fan() {
  media::ScanSector sector;
  sector.fan = media::Fan{.apex_x_px = 60.0,
                          .apex_y_px = -20.0,
                          .start_radius_px = 25.0,
                          .end_radius_px = 105.0,
                          .left_rad = -0.5,
                          .right_rad = 0.5};
  return sector;
}

/// Noise inside the fan; outside, white words of the kind scanners burn in.
media::Image noisyFrame(const media::ScanSector& sector) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> level(20, 180);
  media::Image frame(kRows, kCols);
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) {
      const int value = sector.contains(col, row) ? level(random) : (row + col) % 7 == 0 ? 250 : 0;
      frame.samples<std::uint8_t>()[static_cast<std::size_t>(row * kCols + col)] =
          static_cast<std::uint8_t>(value);
    }
  }
  return frame;
}

std::vector<double> levels(const media::Image& image, const media::ScanSector& sector,
                           bool inside) {
  const std::vector<float> gray = media::toGrayFloat(image);
  std::vector<double> result;
  for (int row = 0; row < image.rows; ++row) {
    for (int col = 0; col < image.cols; ++col) {
      if (sector.contains(col, row) != inside) continue;
      result.push_back(gray[static_cast<std::size_t>(row * image.cols + col)]);
    }
  }
  return result;
}

double meanOf(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double varianceOf(const std::vector<double>& values) {
  const double mean = meanOf(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size());
}

TEST(ZScore, LeavesZeroMeanAndUnitVarianceInsideTheSector) {
  const media::Image frame = noisyFrame(fan());
  for (const Recipe& recipe : {only("z-score"), findRecipe("network-input")}) {
    const std::vector<double> inside = levels(apply(recipe, frame, fan()), fan(), true);
    EXPECT_NEAR(meanOf(inside), 0.0, 1e-4) << recipe.name;
    EXPECT_NEAR(varianceOf(inside), 1.0, 1e-4) << recipe.name;
  }
}

// Catches statistics or neighbourhoods that reach outside, and writes outside.
TEST(EveryFilter, LeavesTheOutsideAloneAndIsBlindToIt) {
  const media::Image frame = noisyFrame(fan());
  media::Image other = frame;
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) {
      auto& pixel = other.samples<std::uint8_t>()[static_cast<std::size_t>(row * kCols + col)];
      if (!fan().contains(col, row)) pixel = static_cast<std::uint8_t>(255 - pixel);
    }
  }
  for (const FilterInfo& filter : filters()) {
    const media::Image result = apply(only(filter.name), frame, fan());
    EXPECT_EQ(levels(result, fan(), false), levels(frame, fan(), false)) << filter.name;
    EXPECT_EQ(levels(result, fan(), true),
              levels(apply(only(filter.name), other, fan()), fan(), true))
        << filter.name;
  }
}

TEST(Apply, PassesOverWhatIsSwitchedOff) {
  const media::Image frame = noisyFrame(fan());
  Recipe recipe = only("gamma");
  const media::Image alone = apply(recipe, frame, fan());
  recipe.steps.insert(recipe.steps.begin(), {"median", {}, false});
  recipe.steps.push_back({"z-score", {}, false});
  EXPECT_EQ(apply(recipe, frame, fan()).data, alone.data);
  EXPECT_EQ(toPicture(recipe, alone, fan()).data, toPicture(only("gamma"), alone, fan()).data);
}

TEST(EveryFilter, GivesTheSameBytesAgain) {
  const media::Image frame = noisyFrame(fan());
  for (const FilterInfo& filter : filters()) {
    const media::Image first = apply(only(filter.name), frame, fan());
    EXPECT_EQ(first.data, apply(only(filter.name), frame, fan()).data) << filter.name;
  }
}

TEST(EveryFilter, KeepsALevelPictureFiniteAndInRange) {
  media::Image constant(40, 50);
  std::ranges::fill(constant.samples<std::uint8_t>(), std::uint8_t{130});
  for (const FilterInfo& filter : filters()) {
    const media::Image result = apply(only(filter.name), constant, {});
    for (const float level : result.samples<float>()) {
      ASSERT_TRUE(level >= 0.0F && level <= 255.0F) << filter.name << " gives " << level;
    }
  }
  for (const Recipe& recipe : builtInRecipes()) {
    for (const float level : apply(recipe, constant, {}).samples<float>()) {
      ASSERT_TRUE(std::isfinite(level)) << recipe.name;
    }
  }
}

TEST(EveryFilter, KeepsASpeckleFreePictureOfOneLevel) {
  media::Image constant(40, 50);
  std::ranges::fill(constant.samples<std::uint8_t>(), std::uint8_t{130});
  for (const char* filter : {"median", "curvature-diffusion", "gradient-diffusion", "bilateral"}) {
    const media::Image result = apply(only(filter), constant, {});
    for (const float level : result.samples<float>()) ASSERT_NEAR(level, 130.0F, 1e-3) << filter;
  }
}

TEST(EveryFilter, TakesAPictureOfOnePixel) {
  const media::Image pixel(1, 1);
  for (const FilterInfo& filter : filters()) {
    EXPECT_TRUE(std::isfinite(apply(only(filter.name), pixel, {}).samples<float>()[0]))
        << filter.name;
  }
}

TEST(Gamma, FollowsItsFormula) {
  media::Image ramp(1, 256);
  for (int i = 0; i < 256; ++i) {
    ramp.samples<std::uint8_t>()[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i);
  }
  const media::Image result = apply(only("gamma", {{"gamma", 0.5}}), ramp, {});
  for (int i = 0; i < 256; ++i) {
    EXPECT_NEAR(result.samples<float>()[static_cast<std::size_t>(i)], std::sqrt(255.0 * i), 1e-3);
  }
}

TEST(PercentileStretch, PutsThePercentilesAtBlackAndWhite) {
  media::Image ramp(1, 201);  // level i at pixel i: percentile p is level 2 p
  for (int i = 0; i <= 200; ++i) {
    ramp.samples<std::uint8_t>()[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i);
  }
  const media::Image result =
      apply(only("percentile-stretch", {{"low_percent", 10.0}, {"high_percent", 90.0}}), ramp, {});
  for (int i = 0; i <= 200; ++i) {
    const double expected = std::clamp((i - 20) / 160.0 * 255.0, 0.0, 255.0);
    EXPECT_NEAR(result.samples<float>()[static_cast<std::size_t>(i)], expected, 1e-3);
  }
}

TEST(MinMax, FillsTheScale) {
  const std::vector<double> inside =
      levels(apply(only("min-max"), noisyFrame(fan()), fan()), fan(), true);
  EXPECT_NEAR(std::ranges::min(inside), 0.0, 1e-4);
  EXPECT_NEAR(std::ranges::max(inside), 255.0, 1e-4);
}

// Oracle: with one tile, no limit and full strength it is plain histogram equalization, after which
// every tenth of the scale holds a tenth of the pixels.
TEST(Clahe, OfOneTileEqualizesTheHistogram) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal(80.0F, 25.0F);
  media::Image frame(200, 200, 1, media::PixelType::kFloat32);
  for (float& level : frame.samples<float>()) level = std::clamp(normal(random), 0.0F, 255.0F);
  const media::Image result =
      apply(only("clahe", {{"tiles", 1.0}, {"clip_limit", 40.0}, {"strength", 1.0}}), frame, {});
  std::array<int, 10> histogram{};
  for (const float level : result.samples<float>()) {
    ++histogram[std::min(static_cast<std::size_t>(level / 25.5F), std::size_t{9})];
  }
  for (const int count : histogram) EXPECT_NEAR(count, 4000, 250);
}

TEST(Clahe, LimitsTheGainAndKeepsTheOrderOfLevels) {
  media::Image frame(128, 128, 1, media::PixelType::kFloat32);
  for (int row = 0; row < 128; ++row) {
    for (int col = 0; col < 128; ++col) {  // almost flat: unlimited equalization gains 25-fold
      frame.samples<float>()[static_cast<std::size_t>(row * 128 + col)] =
          100.0F + 10.0F * static_cast<float>(col) / 127.0F;
    }
  }
  const media::Image result =
      apply(only("clahe", {{"tiles", 1.0}, {"clip_limit", 3.0}, {"strength", 1.0}}), frame, {});
  const auto row = result.samples<float>().subspan(64 * 128, 128);
  EXPECT_TRUE(std::ranges::is_sorted(row));
  // Clipped bins hold at most 3 times the mean; what was cut off is spread and adds less than 1.
  EXPECT_LE(row.back() - row.front(), 4.0F * 11.0F);
  EXPECT_GE(row.back() - row.front(), 2.5F * 9.0F);
}

TEST(Clahe, RaisesContrastWhereItIsLow) {
  std::mt19937 random(11);
  std::uniform_int_distribution<int> texture(0, 30);
  media::Image frame(128, 128);  // the same weak texture in a dark and in a bright half
  for (int row = 0; row < 128; ++row) {
    for (int col = 0; col < 128; ++col) {
      frame.samples<std::uint8_t>()[static_cast<std::size_t>(row * 128 + col)] =
          static_cast<std::uint8_t>((row < 64 ? 40 : 180) + texture(random));
    }
  }
  const media::Image result = apply(only("clahe", {{"tiles", 2.0}}), frame, {});
  for (const int first_row : {0, 64}) {
    media::ScanSector half;
    half.rectangle = media::PixelRectangle{0, first_row, 128, first_row + 64};
    const double before = varianceOf(levels(frame, half, true));
    const double after = varianceOf(levels(result, half, true));
    EXPECT_GT(after, 1.3 * 1.3 * before) << "from row " << first_row;
  }
}

TEST(Input, ColourBecomesLuminance) {
  media::Image colour(2, 2, 3);
  const auto samples = colour.samples<std::uint8_t>();
  for (std::size_t i = 0; i < 4; ++i) {
    samples[3 * i] = 200;
    samples[3 * i + 1] = 100;
    samples[3 * i + 2] = 50;
  }
  const media::Image result = apply(only("gamma", {{"gamma", 1.0}}), colour, {});
  EXPECT_EQ(result.channels, 1);
  EXPECT_NEAR(result.samples<float>()[3], 0.299 * 200 + 0.587 * 100 + 0.114 * 50, 1e-3);
}

TEST(Input, SixteenBitIsScaledByItsMaximum) {
  media::Image deep(1, 3, 1, media::PixelType::kUint16);
  deep.samples<std::uint16_t>()[0] = 0;
  deep.samples<std::uint16_t>()[1] = 1000;
  deep.samples<std::uint16_t>()[2] = 4000;
  const media::Image result = apply(only("gamma", {{"gamma", 1.0}}), deep, {});
  EXPECT_NEAR(result.samples<float>()[1], 255.0 / 4.0, 1e-3);
  EXPECT_NEAR(result.samples<float>()[2], 255.0, 1e-3);
}

TEST(Input, SectorBesideThePictureIsRefused) {
  media::ScanSector sector;
  sector.rectangle = media::PixelRectangle{500, 500, 600, 600};
  EXPECT_THROW(std::ignore = apply(only("z-score"), noisyFrame({}), sector), Error);
}

TEST(ToPicture, ShowsThreeDeviationsAndKeepsTheOutside) {
  media::Image frame(kRows, kCols, 1, media::PixelType::kFloat32);
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) {
      frame.samples<float>()[static_cast<std::size_t>(row * kCols + col)] =
          fan().contains(col, row) ? static_cast<float>(col % 4) * 1.5F - 3.0F : 77.0F;
    }
  }
  const media::Image picture = toPicture(only("z-score"), frame, fan());
  EXPECT_EQ(picture.type, media::PixelType::kUint8);
  for (const double level : levels(picture, fan(), false)) ASSERT_EQ(level, 77.0);
  EXPECT_TRUE(fan().contains(60, 40));
  const auto at = [&](int col) {
    return int{picture.samples<std::uint8_t>()[static_cast<std::size_t>(40 * kCols + col)]};
  };
  EXPECT_EQ(at(60), 0);
  EXPECT_EQ(at(61), 64);   // -1.5: a quarter of 255
  EXPECT_EQ(at(62), 128);  // 0: half of 255, rounded
  EXPECT_EQ(at(63), 191);
}

TEST(ToPicture, RoundsOtherRecipes) {
  media::Image frame(1, 3, 1, media::PixelType::kFloat32);
  frame.samples<float>()[0] = 99.4F;
  frame.samples<float>()[1] = 99.6F;
  frame.samples<float>()[2] = 255.0F;
  const media::Image picture = toPicture(only("gamma"), frame);
  EXPECT_EQ(picture.samples<std::uint8_t>()[0], 99);
  EXPECT_EQ(picture.samples<std::uint8_t>()[1], 100);
  EXPECT_EQ(picture.samples<std::uint8_t>()[2], 255);
}
}  // namespace
}  // namespace sonotwin::enhance
