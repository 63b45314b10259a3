// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "discs.h"
#include "temporary_folder.h"

namespace sonotwin::segment {
namespace {
using namespace test_discs;
using nlohmann::json;
using testing::HasSubstr;

// The network sees 24 x 32 pixels, the pictures have up to 15 times as many a side and other
// shapes. An answer brought back half a grid pixel off would lie 7 pixels away.
void expectDiscFound(const Model& model, int rows, int cols, const Disc& disc) {
  const Case item = discCase(rows, cols, disc, 77);
  const std::vector<media::FrameMask> masks = model.segment({imageOf(item)}).masks;
  ASSERT_EQ(masks.size(), 1U);
  ASSERT_EQ(masks[0].labels.size(), item.truth.size());
  double count = 0.0, row = 0.0, col = 0.0;
  for (std::size_t i = 0; i < item.truth.size(); ++i) {
    if (masks[0].labels[i] != 3) continue;
    count += 1.0;
    row += static_cast<double>(i / static_cast<std::size_t>(cols));
    col += static_cast<double>(i % static_cast<std::size_t>(cols));
  }
  const double pixel = std::max(rows / 24.0, cols / 32.0);
  EXPECT_NEAR(row / count, disc.row, 0.3 * pixel);
  EXPECT_NEAR(col / count, disc.col, 0.3 * pixel);
  EXPECT_NEAR(std::sqrt(count / M_PI), disc.radius, 0.5 * pixel);
  EXPECT_GT(masks[0].confidence, 0.5F);
  EXPECT_LE(masks[0].confidence, 1.0F);
}

TEST(Train, LearnsADiscAndPutsItBackInPlace) {
  const test::TemporaryFolder folder;
  int reports = 0;
  train(discs(), "abc", folder / "disc-model", tinyOptions(8),
        {.on_epoch = [&](const EpochReport& report) { EXPECT_EQ(report.epoch, ++reports); }}, {});
  EXPECT_EQ(reports, 8);
  const Model model = Model::load(folder / "disc-model", "cpu");
  EXPECT_EQ(model.name(), "disc-model");
  EXPECT_EQ(model.labels(), (std::vector<media::Label>{{3, "disc"}}));
  const Evaluation held_out = evaluate(model, discs(), Split::kTest, {});
  EXPECT_EQ(held_out.summary.at(0).n, 8);
  EXPECT_GT(held_out.summary.at(0).dice.mean, 0.9);
  const json card = json::parse(model.cardJson());
  EXPECT_EQ(card["data"]["sha256"], "abc");
  EXPECT_EQ(card["data"]["splits"]["val"]["groups"], 8);
  EXPECT_NEAR(card["scores"]["test"]["labels"]["disc"]["dice"]["mean"],
              held_out.summary[0].dice.mean, 1e-9);
  expectDiscFound(model, 320, 480, {200.0, 130.0, 85.0});
  expectDiscFound(model, 300, 300, {90.0, 210.0, 65.0});
  expectDiscFound(model, 24, 32, {12.0, 20.0, 6.0});
}

TEST(Train, ColourAndDeepImagesAreSegmentedAsGrey) {
  const test::TemporaryFolder folder;
  trainTiny(folder.path(), 4);
  const Model model = Model::load(folder.path(), "cpu");
  const media::Image gray = imageOf(discCase(48, 64, {22.0, 30.0, 12.0}, 5));
  media::Image colour(48, 64, 3), deep(48, 64, 1, media::PixelType::kUint16);
  for (std::size_t i = 0; i < gray.pixelCount(); ++i) {
    const auto level = gray.samples<std::uint8_t>()[i];
    for (std::size_t k = 0; k < 3; ++k) colour.samples<std::uint8_t>()[3 * i + k] = level;
    deep.samples<std::uint16_t>()[i] = static_cast<std::uint16_t>(level * 257);
  }
  const auto masks = model.segment({gray, colour, deep}).masks;
  EXPECT_EQ(masks[1].frame_index, 1);
  EXPECT_EQ(masks[0].labels, masks[1].labels);
  // 16 bits are scaled to the picture's own maximum: a gain, which the normalization takes out.
  int different = 0;
  for (std::size_t i = 0; i < masks[0].labels.size(); ++i) {
    different += masks[0].labels[i] != masks[2].labels[i] ? 1 : 0;
  }
  EXPECT_LT(different, 48 * 64 / 100);
}

TEST(Train, ResumedEqualsUninterrupted) {
  const test::TemporaryFolder folder;
  trainTiny(folder / "whole", 4);

  std::stop_source stop;
  const Progress progress({}, stop.get_token());
  const auto cancelAfterTwo = [&](const EpochReport& report) {
    if (report.epoch == 2) stop.request_stop();
  };
  TrainOptions options = tinyOptions(4);
  messageOf(
      [&] {
        train(discs(), "none", folder / "cut", options, {.on_epoch = cancelAfterTwo}, progress);
      },
      ErrorKind::kCancelled);
  EXPECT_FALSE(std::filesystem::exists(folder / "cut/card.json"));
  EXPECT_FALSE(std::filesystem::exists(folder / "cut/weights.safetensors"));
  EXPECT_TRUE(std::filesystem::exists(folder / "cut/checkpoint.safetensors"));
  messageOf([&] { std::ignore = Model::load(folder / "cut", "cpu"); }, ErrorKind::kNotFound);

  options.resume = true;
  int first = 0;
  train(discs(), "none", folder / "cut", options,
        {.on_epoch = [&](const EpochReport& report) { first = first == 0 ? report.epoch : first; }},
        {});
  EXPECT_GT(first, 1);
  EXPECT_FALSE(std::filesystem::exists(folder / "cut/checkpoint.safetensors"));
  EXPECT_TRUE(readFile(folder / "cut/weights.safetensors") ==
              readFile(folder / "whole/weights.safetensors"));
}

// The last checkpoint may be a minute old: what was shown as done is kept by the stop itself.
TEST(Train, StoppedItKeepsEveryEpochThatWasDone) {
  const test::TemporaryFolder folder;
  std::stop_source stop;
  const auto stopAfterThree = [&](const EpochReport& report) {
    if (report.epoch == 3) stop.request_stop();
  };
  TrainOptions options = tinyOptions(5);
  messageOf(
      [&] {
        train(discs(), "a", folder.path(), options, {.on_epoch = stopAfterThree},
              Progress({}, stop.get_token()));
      },
      ErrorKind::kCancelled);
  options.resume = true;
  int first = 0;
  train(discs(), "a", folder.path(), options,
        {.on_epoch = [&](const EpochReport& report) { first = first == 0 ? report.epoch : first; }},
        {});
  EXPECT_EQ(first, 4);
}

TEST(Train, ATrainedNetworkIsNeverReplaced) {
  const test::TemporaryFolder folder;
  trainTiny(folder / "m", 1);
  const auto before = readFile(folder / "m/weights.safetensors");
  TrainOptions options = tinyOptions(1);
  for (const bool resume : {false, true}) {
    options.resume = resume;
    EXPECT_THAT(messageOf([&] { train(discs(), "a", folder / "m", options, {}, {}); },
                          ErrorKind::kConflict),
                HasSubstr("holds a trained network already"));
  }
  EXPECT_TRUE(readFile(folder / "m/weights.safetensors") == before);
}

TEST(Train, ResumeRefusesAnotherTraining) {
  const test::TemporaryFolder folder;
  std::stop_source stop;
  const auto cancel = [&](const EpochReport&) { stop.request_stop(); };
  TrainOptions options = tinyOptions(4);
  messageOf(
      [&] {
        train(discs(), "a", folder.path(), options, {.on_epoch = cancel},
              Progress({}, stop.get_token()));
      },
      ErrorKind::kCancelled);
  options.resume = true;
  EXPECT_THAT(
      messageOf([&] { train(discs(), "b", folder.path(), options, {}, {}); }, ErrorKind::kConflict),
      HasSubstr("another dataset"));
}

TEST(Train, KnowsItsFold) {
  const test::TemporaryFolder folder;
  Dataset first = discs(), second = discs();
  useFold(first, {1, 4});
  useFold(second, {2, 4});
  std::stop_source stop;
  const auto cancel = [&](const EpochReport&) { stop.request_stop(); };
  TrainOptions options = tinyOptions(2);
  messageOf(
      [&] {
        train(first, "a", folder.path(), options, {.on_epoch = cancel},
              Progress({}, stop.get_token()));
      },
      ErrorKind::kCancelled);
  options.resume = true;
  EXPECT_THAT(
      messageOf([&] { train(second, "a", folder.path(), options, {}, {}); }, ErrorKind::kConflict),
      HasSubstr("fold"));
  train(first, "a", folder.path(), options, {}, {});
  const json card = json::parse(Model::load(folder.path(), "cpu").cardJson());
  EXPECT_EQ(card["data"]["fold"], json({{"number", 1}, {"of", 4}}));
  EXPECT_THAT(card["training"]["command"].get<std::string>(), HasSubstr("--fold 1 --folds 4"));
}

TEST(Train, CancelsBeforeTheFirstEpoch) {
  const test::TemporaryFolder folder;
  std::stop_source stop;
  stop.request_stop();
  messageOf(
      [&] { train(discs(), "", folder / "m", tinyOptions(1), {}, Progress({}, stop.get_token())); },
      ErrorKind::kCancelled);
  EXPECT_FALSE(std::filesystem::exists(folder / "m"));
}

TEST(Train, TimeLimitEndsWithAModel) {
  const test::TemporaryFolder folder;
  TrainOptions options = tinyOptions(1000);
  options.max_minutes = 1e-3;
  int epochs = 0;
  train(discs(), "", folder.path(), options, {.on_epoch = [&](const EpochReport&) { ++epochs; }},
        {});
  EXPECT_LT(epochs, 10);
  EXPECT_EQ(json::parse(Model::load(folder.path(), "cpu").cardJson())["training"]["epochs_run"],
            epochs);
}

TEST(Train, RefusesWhatCannotBeTrained) {
  const test::TemporaryFolder folder;
  const auto refusal = [&](const std::function<void(Dataset&, TrainOptions&)>& spoil) {
    Dataset dataset = discs();
    TrainOptions options = tinyOptions(1);
    spoil(dataset, options);
    return messageOf([&] { train(dataset, "", folder / "m", options, {}, {}); },
                     ErrorKind::kBadInput);
  };
  EXPECT_THAT(refusal([](Dataset&, TrainOptions& o) { o.preset = "huge"; }), HasSubstr("'huge'"));
  EXPECT_THAT(refusal([](Dataset&, TrainOptions& o) { o.device = "tpu"; }), HasSubstr("'tpu'"));
  EXPECT_THAT(refusal([](Dataset&, TrainOptions& o) { o.epochs = 0; }), HasSubstr("epochs"));
  EXPECT_THAT(refusal([](Dataset& d, TrainOptions&) {
                std::erase_if(d.cases, [](const Case& c) { return c.split == Split::kVal; });
              }),
              HasSubstr("validation"));
  EXPECT_THAT(refusal([](Dataset& d, TrainOptions&) {
                for (Case& item : d.cases) item.split = Split::kTest;
              }),
              HasSubstr("no case to train on"));
}

TEST(Model, RefusesWhatDoesNotFitItsCard) {
  const test::TemporaryFolder folder;
  trainTiny(folder / "good", 1);
  const auto refusal = [&](const std::function<void(const std::filesystem::path&)>& spoil) {
    std::filesystem::remove_all(folder / "bad");
    std::filesystem::copy(folder / "good", folder / "bad");
    spoil(folder / "bad");
    return messageOf([&] { std::ignore = Model::load(folder / "bad", "cpu"); },
                     ErrorKind::kBadInput);
  };
  EXPECT_THAT(refusal([](const auto& model) {
                std::string bytes = readTextFile(model / "weights.safetensors");
                bytes.back() = static_cast<char>(bytes.back() ^ 1);
                writeFileAtomically(model / "weights.safetensors", bytes);
              }),
              HasSubstr("SHA-256 differs"));
  const auto card = [&](const std::string& from, const std::string& to) {
    return refusal([&](const auto& model) { replaceInFile(model / "card.json", from, to); });
  };
  EXPECT_THAT(card("sonotwin-model", "other-model"), HasSubstr("format"));
  EXPECT_THAT(card("\"version\": 1", "\"version\": 2"), HasSubstr("version"));
  EXPECT_THAT(card("\"classes_with_background\": 2", "\"classes_with_background\": 3"),
              HasSubstr("classes"));
  EXPECT_THAT(card("\"letterbox\"", "\"stretch\""), HasSubstr("fit"));
  EXPECT_THAT(card("\"widths\"", "\"breadths\""), HasSubstr("widths"));
  EXPECT_THAT(card("{", "["), HasSubstr("not JSON"));
}

TEST(Model, EvaluateRefusesOtherLabels) {
  const test::TemporaryFolder folder;
  trainTiny(folder.path(), 1);
  const Model model = Model::load(folder.path(), "cpu");
  Dataset other = discs();
  other.labels = {{3, "square"}};
  EXPECT_THAT(messageOf([&] { std::ignore = evaluate(model, other, Split::kTest, {}); },
                        ErrorKind::kBadInput),
              HasSubstr("square"));
}
}  // namespace
}  // namespace sonotwin::segment
