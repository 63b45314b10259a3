// SPDX-License-Identifier: Apache-2.0
#include "grid.h"

#include <gtest/gtest.h>

#include <numeric>

#include "sonotwin/media/clip.h"

namespace sonotwin::segment {
namespace {
std::vector<std::uint8_t> ramp(int rows, int cols, double per_row, double per_col) {
  std::vector<std::uint8_t> gray;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < cols; ++c) {
      gray.push_back(static_cast<std::uint8_t>(per_row * r + per_col * c));
    }
  }
  return gray;
}

TEST(Grid, KeepsProportionsAndCentres) {
  const Placement p = placeInGrid(540, 800, 160, 240);
  EXPECT_EQ(p.rows, 160);
  EXPECT_EQ(p.cols, 237);
  EXPECT_EQ(p.top, 0);
  EXPECT_EQ(p.left, 1);
  const Placement tall = placeInGrid(1000, 100, 160, 240);
  EXPECT_EQ(tall.rows, 160);
  EXPECT_EQ(tall.cols, 16);
  EXPECT_EQ(tall.left, 112);
}

// Oracle: away from the border, averaging a linear ramp gives the ramp at the pixel's own centre,
// (i + 1/2) * ratio - 1/2. A shift by half a pixel would show as half a ratio.
TEST(Grid, ReproducesALinearRampAtPixelCentres) {
  const Placement p = placeInGrid(60, 120, 20, 40);
  const std::vector<std::uint8_t> small = toGrid(ramp(60, 120, 1.0, 1.5), 60, 120, p);
  for (int r = 2; r < 18; ++r) {
    for (int c = 2; c < 38; ++c) {
      const double expected = (3.0 * r + 1.0) + 1.5 * (3.0 * c + 1.0);
      EXPECT_NEAR(small[static_cast<std::size_t>(r * 40 + c)], expected, 1.0) << r << " " << c;
    }
  }
}

// Oracle: a pattern finer than the grid can carry must become its mean, not a moiré.
TEST(Grid, DoesNotAlias) {
  std::vector<std::uint8_t> stripes(90 * 90);
  for (std::size_t i = 0; i < stripes.size(); ++i) stripes[i] = i % 2 == 0 ? 200 : 0;
  const Placement p = placeInGrid(90, 90, 30, 30);
  const std::vector<std::uint8_t> small = toGrid(stripes, 90, 90, p);
  for (int r = 1; r < 29; ++r) {
    for (int c = 1; c < 29; ++c) EXPECT_NEAR(small[static_cast<std::size_t>(30 * r + c)], 100, 15);
  }
}

TEST(Grid, SurroundsAPictureOfOtherShapeWithBlack) {
  const std::vector<std::uint8_t> white(50 * 50, 255);
  const Placement p = placeInGrid(50, 50, 20, 40);
  const std::vector<std::uint8_t> gray = toGrid(white, 50, 50, p);
  for (int c = 0; c < 40; ++c) {
    EXPECT_EQ(gray[static_cast<std::size_t>(10 * 40 + c)], c >= 10 && c < 30 ? 255 : 0);
  }
}

// Oracle: the area of a rectangle that ends between grid pixels.
TEST(Grid, TruthGoesToTheClassThatCoversMost) {
  std::vector<std::uint8_t> truth(80 * 80, 0);
  for (int r = 16; r < 48; ++r) {
    for (int c = 20; c < 60; ++c) truth[static_cast<std::size_t>(80 * r + c)] = c < 41 ? 9 : 5;
  }
  const std::vector<std::uint8_t> classes =
      truthToGrid(truth, 80, 80, {{5, "a"}, {9, "b"}}, placeInGrid(80, 80, 20, 20));
  for (int r = 0; r < 20; ++r) {
    for (int c = 0; c < 20; ++c) {
      const bool inside = r >= 4 && r < 12 && c >= 5 && c < 15;
      const int expected = !inside ? 0 : c < 10 ? 2 : 1;
      EXPECT_EQ(classes[static_cast<std::size_t>(20 * r + c)], expected) << r << " " << c;
    }
  }
}

TEST(Grid, ACloserCutKeepsTheGridsProportionsWithinThePicture) {
  const Placement grid = placeInGrid(600, 800, 30, 40);
  const Cut cut = cutCloser({300, 200, 400, 220}, 0.25, grid, wholePicture(600, 800));
  EXPECT_EQ(cut.cols, 150);
  EXPECT_NEAR(cut.rows, 113, 1);
  EXPECT_NEAR(cut.left + cut.cols / 2, 350, 1);
  EXPECT_NEAR(cut.top + cut.rows / 2, 210, 1);
  const Cut corner = cutCloser({0, 0, 100, 100}, 0.5, grid, {10, 20, 500, 500});
  EXPECT_EQ(corner.top, 10);
  EXPECT_EQ(corner.left, 20);
  EXPECT_TRUE(corner.contains(99, 99));
}
}  // namespace
}  // namespace sonotwin::segment
