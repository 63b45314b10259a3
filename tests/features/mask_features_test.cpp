// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/features/mask_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>

#include "sonotwin/base/error.h"

namespace sonotwin::features {
namespace {
constexpr int kLabel = 3;
constexpr std::array kSpacing_mm = {0.5, 0.5};

struct Scene {
  media::Image picture;
  media::FrameMask mask;
};

Scene sceneOf(int rows, int cols, const std::function<int(int row, int col)>& level,
              const std::function<bool(int row, int col)>& inside) {
  Scene scene{media::Image(rows, cols), {0, rows, cols, {}, 1.0F}};
  std::size_t index = 0;
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col, ++index) {
      scene.picture.samples<std::uint8_t>()[index] = static_cast<std::uint8_t>(level(row, col));
      scene.mask.labels.push_back(inside(row, col) ? kLabel : 0);
    }
  }
  return scene;
}

std::map<std::string, std::optional<double>> featuresOf(
    const Scene& scene, std::optional<std::array<double, 2>> spacing_mm = kSpacing_mm) {
  std::map<std::string, std::optional<double>> features;
  for (const Feature& feature : maskFeatures(scene.picture, scene.mask, kLabel, spacing_mm)) {
    EXPECT_TRUE(features.emplace(feature.name, feature.value).second) << feature.name;
  }
  return features;
}

int flat(int, int) {
  return 80;
}

TEST(MaskFeatures, OfADiscAreItsSizes) {
  const double radius_px = 40.0;
  const auto features = featuresOf(sceneOf(100, 120, flat, [&](int row, int col) {
    return std::hypot(row - 50.0, col - 60.0) <= radius_px;
  }));
  const double radius_mm = 20.0;
  EXPECT_NEAR(*features.at("area_mm2"), std::numbers::pi * radius_mm * radius_mm, 8.0);
  EXPECT_NEAR(*features.at("equivalent_diameter_mm"), 2 * radius_mm, 0.2);
  EXPECT_NEAR(*features.at("perimeter_mm"), 2 * std::numbers::pi * radius_mm, 1.5);
  EXPECT_NEAR(*features.at("ellipse_major_mm"), 2 * radius_mm, 0.2);
  EXPECT_NEAR(*features.at("ellipse_minor_mm"), 2 * radius_mm, 0.2);
  EXPECT_NEAR(*features.at("solidity"), 1.0, 0.02);
  EXPECT_NEAR(*features.at("centroid_x_px"), 60.0, 1e-9);
  EXPECT_NEAR(*features.at("centroid_y_px"), 50.0, 1e-9);
  EXPECT_EQ(features.at("box_x_px"), 20.0);
  EXPECT_EQ(features.at("box_y_px"), 10.0);
  EXPECT_EQ(features.at("box_width_px"), 81.0);
}

TEST(MaskFeatures, OfAnEllipseAreItsAxesAndTurn) {
  for (const double turn_deg : {0.0, 30.0, 80.0, -45.0}) {
    const double turn = turn_deg * std::numbers::pi / 180.0;
    const auto features = featuresOf(sceneOf(140, 160, flat, [&](int row, int col) {
      const double x = col - 80.0, up = 70.0 - row;
      const double along = x * std::cos(turn) + up * std::sin(turn);
      const double across = -x * std::sin(turn) + up * std::cos(turn);
      return std::hypot(along / 60.0, across / 30.0) <= 1.0;
    }));
    EXPECT_NEAR(*features.at("ellipse_major_mm"), 60.0, 0.3) << turn_deg;
    EXPECT_NEAR(*features.at("ellipse_minor_mm"), 30.0, 0.3) << turn_deg;
    EXPECT_NEAR(*features.at("eccentricity"), std::sqrt(0.75), 0.003) << turn_deg;
    EXPECT_NEAR(*features.at("orientation_deg"), turn_deg, 0.3) << turn_deg;
  }
}

TEST(MaskFeatures, OfAnLLackHalfOfWhatItEmbraces) {
  const auto features = featuresOf(sceneOf(44, 46, flat, [](int row, int col) {
    return row < 40 && col < 40 && !(row < 20 && col >= 20);
  }));
  // Of the missing 20 x 20 pixels the hull embraces those below the diagonal: 0 + 1 + ... + 19.
  EXPECT_NEAR(*features.at("solidity"), 1200.0 / (1200 + 190), 1e-9);
}

TEST(MaskFeatures, TellNothingInMillimetresWithoutSpacing) {
  const Scene scene =
      sceneOf(20, 20, flat, [](int row, int col) { return row >= 5 && row < 9 && col < 7; });
  const auto features = featuresOf(scene, std::nullopt);
  EXPECT_EQ(features.at("area_px"), 28.0);
  EXPECT_EQ(features.at("box_width_px"), 7.0);
  EXPECT_EQ(features.at("centroid_x_px"), 3.0);
  for (const char* name : {"area_mm2", "perimeter_mm", "equivalent_diameter_mm", "ellipse_major_mm",
                           "ellipse_minor_mm", "eccentricity", "orientation_deg"}) {
    EXPECT_FALSE(features.at(name).has_value()) << name;
  }
  const auto oblong = featuresOf(scene, std::array{0.5, 0.25});
  EXPECT_NEAR(*oblong.at("area_mm2"), 28 * 0.125, 1e-9);
  EXPECT_NEAR(*oblong.at("centroid_x_px"), 3.0, 1e-9);
}

TEST(MaskFeatures, OfGreyLevelsAreThoseInside) {
  // Levels 0, 10, ..., 90 inside, ten times each; 255 outside.
  const auto features = featuresOf(sceneOf(
      10, 20, [](int row, int col) { return col < 10 ? 10 * row : 255; },
      [](int, int col) { return col < 10; }));
  EXPECT_NEAR(*features.at("mean_level"), 45.0, 1e-9);
  EXPECT_NEAR(*features.at("sd_level"), std::sqrt(825.0), 1e-9);
  EXPECT_EQ(features.at("min_level"), 0.0);
  EXPECT_EQ(features.at("max_level"), 90.0);
  EXPECT_NEAR(*features.at("median_level"), 45.0, 1e-9);
  EXPECT_NEAR(*features.at("skewness"), 0.0, 1e-9);
  EXPECT_NEAR(*features.at("kurtosis"), 1.7757575757575758, 1e-9);  // of ten even steps
  EXPECT_NEAR(*features.at("entropy_bits"), std::log2(10.0), 1e-9);
}

TEST(MaskFeatures, OfACheckerboardAreThoseByHand) {
  // Levels 1 and 3 of 32. Along rows and columns always (1, 3); along diagonals always the same.
  const auto features = featuresOf(sceneOf(
      8, 8, [](int row, int col) { return (row + col) % 2 == 0 ? 8 : 24; },
      [](int, int) { return true; }));
  EXPECT_NEAR(*features.at("glcm_contrast"), (4.0 + 0.0 + 4.0 + 0.0) / 4, 1e-9);
  EXPECT_NEAR(*features.at("glcm_homogeneity"), (0.2 + 1.0 + 0.2 + 1.0) / 4, 1e-9);
  // Each of the 49 diagonal pairs is of one level; 25 and 24 of them, as the diagonals fall.
  const double even = 25.0 / 49, odd = 24.0 / 49;
  const double down = even * even + odd * odd;
  EXPECT_NEAR(*features.at("glcm_energy"), (0.5 + 0.5 + 2 * down) / 4, 1e-9);
  EXPECT_NEAR(*features.at("glcm_correlation"), 0.0, 1e-9);  // -1, 1, -1, 1
  const double bits = -even * std::log2(even) - odd * std::log2(odd);
  EXPECT_NEAR(*features.at("glcm_entropy_bits"), (1.0 + 1.0 + 2 * bits) / 4, 1e-9);
  EXPECT_NEAR(*features.at("run_percentage"), 1.0, 1e-9);  // every run has one pixel
  EXPECT_NEAR(*features.at("run_short_emphasis"), 1.0, 1e-9);
}

TEST(MaskFeatures, RunsEndWithTheLabel) {
  // One level everywhere, the label 6 columns wide and 4 rows high: 4 runs of 6 and 6 of 4.
  const auto features = featuresOf(sceneOf(
      10, 12, flat, [](int row, int col) { return row >= 3 && row < 7 && col >= 2 && col < 8; }));
  EXPECT_NEAR(*features.at("run_long_emphasis"), (4 * 36 + 6 * 16) / 10.0, 1e-9);
  EXPECT_NEAR(*features.at("run_length_nonuniformity"), (16 + 36) / 10.0, 1e-9);
  EXPECT_NEAR(*features.at("run_level_nonuniformity"), 10.0, 1e-9);
  EXPECT_NEAR(*features.at("run_high_level_emphasis"), 121.0, 1e-9);  // level 10, counted from 1
  EXPECT_NEAR(*features.at("run_percentage"), 10.0 / 48, 1e-9);
  EXPECT_FALSE(features.at("glcm_correlation").has_value());  // nothing varies
  EXPECT_FALSE(features.at("kurtosis").has_value());
}

TEST(MaskFeatures, OfOnePixelAreWhatOnePixelHas) {
  const auto features =
      featuresOf(sceneOf(9, 9, flat, [](int row, int col) { return row == 4 && col == 5; }));
  EXPECT_EQ(features.at("area_px"), 1.0);
  EXPECT_FALSE(features.at("glcm_energy").has_value());  // no neighbour
  EXPECT_FALSE(features.at("orientation_deg").has_value());
  EXPECT_EQ(features.at("solidity"), 1.0);
}

TEST(MaskFeatures, OfALabelThatIsNotThereAreNone) {
  const Scene scene = sceneOf(9, 9, flat, [](int, int) { return false; });
  EXPECT_TRUE(maskFeatures(scene.picture, scene.mask, kLabel, kSpacing_mm).empty());
  EXPECT_THROW(std::ignore = maskFeatures(media::Image(8, 9), scene.mask, kLabel, kSpacing_mm),
               Error);
}
}  // namespace
}  // namespace sonotwin::features
