// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "analytic_model.h"
#include "sonotwin/media/clip.h"
#include "sonotwin/segment/metrics.h"
#include "sonotwin/segment/model.h"
#include "temporary_folder.h"

namespace sonotwin::segment {
namespace {
using test_models::Analytic;

/// Dark, with a bright rectangle of columns [left, right).
media::Image stripe(int rows, int cols, int left, int right) {
  media::Image image(rows, cols);
  auto levels = image.samples<std::uint8_t>();
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const int col = static_cast<int>(i % static_cast<std::size_t>(cols));
    levels[i] = col >= left && col < right ? 200 : 40;
  }
  return image;
}

double entropyShare(const std::vector<double>& logits) {
  double sum = 0.0, entropy = 0.0;
  for (const double logit : logits) sum += std::exp(logit);
  for (const double logit : logits) entropy -= std::exp(logit) / sum * (logit - std::log(sum));
  return entropy / std::log(static_cast<double>(logits.size()));
}

Model load(const test::TemporaryFolder& folder, const Analytic& model) {
  test_models::write(folder.path(), model);
  return Model::load(folder.path(), "cpu");
}

// Oracle: the entropy of chances known in closed form, divided by the temperature first.
TEST(Answer, DoubtIsTheEntropyOfTheCalibratedChances) {
  const test::TemporaryFolder folder;
  Analytic model;
  model.labels = {"a", "b"};
  model.gain = {0.0F, 0.0F, 0.0F};
  model.bias = {0.5F, 3.0F, -1.0F};
  model.inference = {{"flip_averaging", true}, {"temperature", 2.0}};
  const Segmentation answer =
      load(folder, model).segment({stripe(50, 40, 10, 20)}, {.doubt = true});
  ASSERT_EQ(answer.doubt.size(), 1U);
  EXPECT_EQ(answer.doubt[0].rows, 50);
  EXPECT_EQ(answer.doubt[0].cols, 40);
  const double expected = 255.0 * entropyShare({0.25, 1.5, -0.5});
  for (const std::uint8_t level : answer.doubt[0].samples<std::uint8_t>()) {
    EXPECT_NEAR(level, expected, 0.51);
  }
  const double chance = std::exp(1.5) / (std::exp(0.25) + std::exp(1.5) + std::exp(-0.5));
  EXPECT_NEAR(answer.masks[0].confidence, chance, 1e-5);
  EXPECT_EQ(answer.masks[0].labels[777], 1);
}

TEST(Answer, EvenChancesAreFullDoubtAndOnlyThoseWhoAskGetIt) {
  const test::TemporaryFolder folder;
  const Model model = load(folder, {});
  const Segmentation asked = model.segment({stripe(24, 32, 3, 9)}, {.doubt = true});
  EXPECT_EQ(asked.doubt.at(0).samples<std::uint8_t>()[5], 255);
  const Segmentation plain = model.segment({stripe(24, 32, 3, 9)});
  EXPECT_TRUE(plain.doubt.empty());
  EXPECT_EQ(plain.masks.at(0).labels, asked.masks.at(0).labels);
}

// The network is sure within the stripe and beside it, and doubts along its edges only.
TEST(Answer, DoubtLiesWhereTheLabelEnds) {
  const test::TemporaryFolder folder;
  Analytic sharp;
  sharp.gain = {0.0F, 20.0F};
  sharp.bias = {0.0F, -10.0F};
  const Segmentation answer =
      load(folder, sharp).segment({stripe(240, 320, 100, 200)}, {.doubt = true});
  const auto doubt = answer.doubt.at(0).samples<std::uint8_t>();
  const auto& labels = answer.masks.at(0).labels;
  const std::size_t row = 120 * 320;
  EXPECT_EQ(labels[row + 150], 1);
  EXPECT_EQ(labels[row + 50], 0);
  EXPECT_LT(doubt[row + 150], 5);
  EXPECT_LT(doubt[row + 50], 5);
  int most = 0;
  for (std::size_t col = 90; col < 110; ++col) most = std::max<int>(most, doubt[row + col]);
  EXPECT_GT(most, 200);
  EXPECT_GT(answer.masks[0].confidence, 0.9F);
}

TEST(Answer, NoDoubtWhereTheNetworkDoesNotLook) {
  const test::TemporaryFolder folder;
  Analytic model;
  model.input = {{"fit", "letterbox of the scan sector and a tenth around it"}};
  const media::PixelRectangle sector{100, 50, 200, 150};
  const Segmentation answer =
      load(folder, model).segment({stripe(240, 320, 120, 160)}, {.sector = &sector, .doubt = true});
  const auto doubt = answer.doubt.at(0).samples<std::uint8_t>();
  EXPECT_EQ(doubt[120 * 320 + 150], 255);
  EXPECT_EQ(doubt[120 * 320 + 250], 0);
  EXPECT_EQ(doubt[10 * 320 + 150], 0);
}

// Frames of several shapes in one call: the same answers as one by one, in the same order.
TEST(Answer, DoesNotDependOnHowFramesArePutTogether) {
  const test::TemporaryFolder folder;
  Analytic sharp;
  sharp.gain = {0.0F, 2.0F};
  const Model model = load(folder, sharp);
  std::vector<media::Image> frames;
  for (int i = 0; i < 7; ++i) {
    frames.push_back(i == 2 || i == 5 ? stripe(60, 40, 5 * i, 5 * i + 9)
                                      : stripe(48, 64, 4 * i, 4 * i + 20));
  }
  const Segmentation together = model.segment(frames, {.doubt = true});
  ASSERT_EQ(together.masks.size(), frames.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const Segmentation alone = model.segment({frames[i]}, {.doubt = true});
    EXPECT_EQ(together.masks[i].frame_index, static_cast<int>(i));
    EXPECT_EQ(together.masks[i].labels, alone.masks[0].labels) << i;
    EXPECT_EQ(together.doubt[i].data, alone.doubt[0].data) << i;
    EXPECT_NEAR(together.masks[i].confidence, alone.masks[0].confidence, 1e-6) << i;
  }
}

// A disc of 1.5 grid pixels' radius: on the second look it spans a dozen of them.
TEST(Answer, SecondLookSeesSmallThingsFiner) {
  const test::TemporaryFolder folder;
  constexpr int kRows = 480, kCols = 640;
  media::Image image(kRows, kCols);
  std::vector<std::uint8_t> truth;
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kCols; ++c) {
      truth.push_back(std::hypot(r - 333.0, c - 147.0) < 30.0 ? 1 : 0);
      image.samples<std::uint8_t>()[truth.size() - 1] = truth.back() == 1 ? 200 : 40;
    }
  }
  Analytic model;
  model.gain = {0.0F, 20.0F};
  model.bias = {0.0F, -20.0F};
  const auto dice = [&](double second_look) {
    model.inference["second_look"] = second_look;
    const Segmentation answer = load(folder, model).segment({image}, {.doubt = true});
    EXPECT_EQ(answer.doubt.at(0).rows, kRows);
    EXPECT_EQ(answer.masks.at(0).frame_index, 0);
    return compareMasks(answer.masks[0].labels, truth, kRows, kCols, 1).dice.value();
  };
  EXPECT_LT(dice(0.0), 0.93);
  EXPECT_GT(dice(0.25), 0.95);
  const std::vector<std::uint8_t> nothing(truth.size(), 0);
  model.bias = {0.0F, -1000.0F};
  EXPECT_EQ(load(folder, model).segment({image}).masks.at(0).labels, nothing);
}
}  // namespace
}  // namespace sonotwin::segment
