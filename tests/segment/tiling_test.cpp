// SPDX-License-Identifier: Apache-2.0
#include "tiling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "analytic_model.h"
#include "sonotwin/base/error.h"
#include "sonotwin/segment/model.h"
#include "temporary_folder.h"

namespace sonotwin::segment {
namespace {
NetworkPlan plan(int rows, int cols) {
  NetworkPlan made;
  made.grid_rows = rows;
  made.grid_cols = cols;
  return made;
}

/// Trained on pictures of 540 x 800 pixels, the largest 200 x 300 mm; half a mm a grid pixel.
TrainingScale headScale(bool physical) {
  TrainingScale scale{{540.0, 800.0}, std::nullopt};
  if (physical) scale.physical = {{200.0, 300.0}, 0.5};
  return scale;
}

bool isTiled(int rows, int cols, double pixel_mm, bool physical) {
  const Placement p =
      placeAtScale(wholePicture(rows, cols), pixel_mm, plan(224, 320), headScale(physical));
  return p.grid_rows > 224 || p.grid_cols > 320;
}

TEST(Tiling, AFinerPictureIsSeenWhole) {
  EXPECT_FALSE(isTiled(540, 800, 0.25, true));
  EXPECT_FALSE(isTiled(2160, 3200, 0.0625, true));  // the same in mm
  EXPECT_FALSE(isTiled(2160, 3200, 0.0, true));     // no pixel size: the same shape
  EXPECT_FALSE(isTiled(2160, 3200, 0.0625, false));
  EXPECT_FALSE(isTiled(1080, 1080, 0.0, false));
  EXPECT_FALSE(isTiled(80, 700, 0.0, false));  // long, but small
}

TEST(Tiling, AMuchLargerFieldIsSeenInTiles) {
  EXPECT_TRUE(isTiled(540, 800, 0.6, true));  // 324 x 480 mm
  EXPECT_FALSE(isTiled(540, 800, 0.5, true));
  EXPECT_TRUE(isTiled(400, 4000, 0.25, true));  // a metre wide
  EXPECT_TRUE(isTiled(500, 4000, 0.0, true));
  EXPECT_TRUE(isTiled(500, 4000, 0.25, false));
}

TEST(Tiling, WithoutTheCardsWordEverythingIsWhole) {
  const Placement p = placeAtScale(wholePicture(500, 4000), 1.0, plan(224, 320), std::nullopt);
  EXPECT_EQ(p.grid_cols, 320);
  EXPECT_EQ(p.cols, 320);
}

// Oracle: 0.25 mm a picture pixel and 0.5 mm a grid pixel halve the picture.
TEST(Tiling, PixelSizesDecideTheScale) {
  const Placement p = placeAtScale(wholePicture(400, 4000), 0.25, plan(224, 320), headScale(true));
  EXPECT_EQ(p.rows, 200);
  EXPECT_EQ(p.cols, 2000);
  EXPECT_EQ(p.grid_rows, 224);  // as high as a tile, centred
  EXPECT_EQ(p.top, 12);
  EXPECT_EQ(p.grid_cols, 2000);
  const Placement panorama =
      placeAtScale(wholePicture(500, 4000), 0.0, plan(224, 320), headScale(true));
  EXPECT_EQ(panorama.rows, 224);
  EXPECT_EQ(panorama.cols, 1792);
}

TEST(Tiling, TilesCoverTheLengthAtHalfStep) {
  EXPECT_EQ(tileStarts(30, 32), (std::vector<int>{0}));
  EXPECT_EQ(tileStarts(32, 32), (std::vector<int>{0}));
  EXPECT_EQ(tileStarts(33, 32), (std::vector<int>{0, 1}));
  EXPECT_EQ(tileStarts(64, 32), (std::vector<int>{0, 16, 32}));
  for (int length = 33; length < 200; ++length) {
    const std::vector<int> starts = tileStarts(length, 32);
    EXPECT_EQ(starts.front(), 0);
    EXPECT_EQ(starts.back(), length - 32);
    for (std::size_t i = 1; i < starts.size(); ++i) EXPECT_LE(starts[i] - starts[i - 1], 16);
  }
}

// Oracle: medians and maxima by hand; a case outside the training split has no say.
TEST(Tiling, MeasuresTheTrainingPictures) {
  Dataset dataset;
  const auto add = [&](int rows, int cols, double pixel_mm, Split split) {
    Case item;
    item.rows = rows;
    item.cols = cols;
    item.split = split;
    item.pixel_size_mm = pixel_mm;
    item.gray.assign(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols), 90);
    dataset.cases.push_back(item);
  };
  add(100, 200, 0.5, Split::kTrain);
  add(100, 200, 0.2, Split::kTrain);
  add(50, 100, 0.4, Split::kTrain);
  add(900, 900, 9.0, Split::kTest);
  const TrainingScale scale = trainingScale(dataset, plan(50, 100));
  EXPECT_EQ(scale.median_px, (std::array{100.0, 200.0}));
  ASSERT_TRUE(scale.physical.has_value());
  EXPECT_EQ(scale.physical->largest_mm, (std::array{50.0, 100.0}));
  EXPECT_NEAR(scale.physical->grid_pixel_mm, 0.4, 1e-12);  // of 1.0, 0.4 and 0.4
  const TrainingScale read = scaleFromJson(scaleToJson(scale), "here");
  EXPECT_EQ(read.median_px, scale.median_px);
  EXPECT_EQ(read.physical->largest_mm, scale.physical->largest_mm);
  dataset.cases[0].pixel_size_mm.reset();
  EXPECT_FALSE(trainingScale(dataset, plan(50, 100)).physical.has_value());
  EXPECT_THROW(std::ignore = scaleFromJson({{"median_px", {0, 3}}}, "here"), Error);
  EXPECT_THROW(std::ignore = scaleFromJson({{"median_px", {2, 3}}, {"largest_mm", {2, 3}}}, "here"),
               Error);
}

// Small squares in a strip eight times as wide as anything seen before: on the network's own grid
// they would blur away, in tiles each is found in its place.
TEST(Tiling, FindsSmallThingsInALongPicture) {
  const test::TemporaryFolder folder;
  test_models::Analytic model;
  model.gain = {0.0F, 30.0F};
  model.bias = {0.0F, -60.0F};
  model.input = {{"training_pictures", {{"median_px", {24, 32}}}}};
  test_models::write(folder / "tiles", model);
  model.input = nlohmann::json::object();
  test_models::write(folder / "whole", model);
  media::Image strip(24, 256);
  auto levels = strip.samples<std::uint8_t>();
  std::ranges::fill(levels, std::uint8_t{40});
  for (const std::size_t at : {30U, 31U, 130U, 131U, 240U, 241U}) {
    for (const std::size_t row : {10U, 11U}) levels[row * 256 + at] = 250;
  }
  const Segmentation tiles = Model::load(folder / "tiles", "cpu").segment({strip});
  const Segmentation whole = Model::load(folder / "whole", "cpu").segment({strip});
  const auto found = std::ranges::count(tiles.masks[0].labels, std::uint8_t{1});
  EXPECT_EQ(found, 12);
  for (const std::size_t at : {30U, 31U, 130U, 131U, 240U, 241U}) {
    EXPECT_EQ(tiles.masks[0].labels[10 * 256 + at], 1) << at;
  }
  EXPECT_NE(whole.masks[0].labels, tiles.masks[0].labels);
}
}  // namespace
}  // namespace sonotwin::segment
