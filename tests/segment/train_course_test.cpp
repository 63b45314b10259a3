// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "discs.h"
#include "temporary_folder.h"

namespace sonotwin::segment {
namespace {
using namespace test_discs;
using nlohmann::json;
using testing::HasSubstr;

TEST(Train, TellsEveryEpochAndKeepsItsHistory) {
  const test::TemporaryFolder folder;
  std::vector<EpochReport> reports;
  std::size_t examples = 0;
  TrainHooks hooks;
  hooks.on_epoch = [&](const EpochReport& report) { reports.push_back(report); };
  hooks.on_examples = [&](const std::vector<TrainExample>& shown) {
    examples += shown.size();
    for (const TrainExample& example : shown) {
      EXPECT_EQ(example.gray.size(), 24U * 32U);
      EXPECT_EQ(example.predicted.size(), example.truth.size());
      EXPECT_TRUE(std::ranges::count(example.truth, 3) > 0) << example.name;
    }
  };
  train(discs(), "", folder.path(), tinyOptions(3), hooks, {});
  EXPECT_EQ(examples, 12U);
  std::istringstream lines(readTextFile(folder / "training.jsonl"));
  std::string line;
  for (const EpochReport& report : reports) {
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(line, epochJson(report));
    const EpochReport read = parseEpoch(line, "line");
    EXPECT_EQ(epochJson(read), line);
    EXPECT_GT(read.images_per_second, 0.0);
    EXPECT_NEAR(read.label_dice.at(0).value(), report.val_dice, 1e-12);
  }
  EXPECT_EQ(reports.size(), 3U);
  messageOf([] { std::ignore = parseEpoch("{\"epoch\":1}", "line"); }, ErrorKind::kBadInput);
}

// The steps of an epoch are asked in turn: two of the first epoch's twenty are let through.
TEST(Train, PausesBetweenStepsAndCanBeCancelledThen) {
  const test::TemporaryFolder folder;
  std::stop_source stop;
  int asked = 0, steps = 0;
  TrainHooks hooks;
  hooks.paused = [&] {
    if (++asked == 8) stop.request_stop();
    return asked > 2;
  };
  const Progress progress([&](double, std::string_view) { ++steps; }, stop.get_token());
  messageOf([&] { train(discs(), "", folder / "m", tinyOptions(1), hooks, progress); },
            ErrorKind::kCancelled);
  EXPECT_EQ(steps, 2);
}

TEST(Train, PausedTrainingGivesTheSameWeights) {
  const test::TemporaryFolder folder;
  trainTiny(folder / "plain", 1);
  int asked = 0;
  train(discs(), "none", folder / "paused", tinyOptions(1),
        {.paused = [&] { return ++asked % 5 == 0; }}, {});
  EXPECT_TRUE(readFile(folder / "plain/weights.safetensors") ==
              readFile(folder / "paused/weights.safetensors"));
}

TEST(Train, StopsEarlyWhenNothingGetsBetter) {
  const test::TemporaryFolder folder;
  TrainOptions options = tinyOptions(60);
  options.patience = 2;
  int epochs = 0;
  train(discs(), "", folder.path(), options, {.on_epoch = [&](const EpochReport&) { ++epochs; }},
        {});
  const json card = json::parse(readTextFile(folder / "card.json"));
  EXPECT_LT(epochs, 60);
  EXPECT_EQ(card["training"]["epochs_run"], epochs);
  EXPECT_EQ(card["training"]["best_epoch"], epochs - 2);
}

TEST(Train, GoesOnFromAModel) {
  const test::TemporaryFolder folder;
  trainTiny(folder / "first", 6);
  TrainOptions options = tinyOptions(1);
  options.start_from = folder / "first";
  std::vector<double> dice;
  const TrainHooks hooks{.on_epoch = [&](const EpochReport& r) { dice.push_back(r.val_dice); }};
  train(discs(), "none", folder / "second", options, hooks, {});
  options.start_from.clear();
  train(discs(), "none", folder / "fresh", options, hooks, {});
  EXPECT_GT(dice[0], 0.9);
  EXPECT_GT(dice[0], dice[1] + 0.03);
  const json card = json::parse(readTextFile(folder / "second/card.json"));
  EXPECT_EQ(card["training"]["start_from"]["model"], "first");
  EXPECT_EQ(card["training"]["start_from"]["weights_sha256"],
            json::parse(readTextFile(folder / "first/card.json"))["weights"]["sha256"]);

  Dataset renamed = discs();
  renamed.labels = {{3, "other"}};
  options.start_from = folder / "first";
  train(renamed, "none", folder / "transferred", options, {}, {});
  EXPECT_EQ(Model::load(folder / "transferred", "cpu").labels(), renamed.labels);
  options.start_from = folder / "nothing";
  messageOf([&] { train(discs(), "none", folder / "m", options, {}, {}); }, ErrorKind::kNotFound);
}

TEST(Calibrate, ChoosesAnewAndScoresAgain) {
  const test::TemporaryFolder folder;
  trainTiny(folder.path(), 6);
  const auto card = [&] { return json::parse(readTextFile(folder / "card.json")); };
  const json first = card();
  // Discs of 24 x 32 pixels are ellipses to a pixel.
  EXPECT_EQ(first["inference"]["ellipses"], json::array({3}));
  EXPECT_LE(first["inference"]["validation_likelihood_loss"][1],
            first["inference"]["validation_likelihood_loss"][0]);
  replaceInFile(folder / "card.json", "\"temperature\": ", "\"temperature\": 9");
  calibrate(folder.path(), discs(), "other", "cpu", {});
  json again = card();
  EXPECT_EQ(again["inference"]["dataset_sha256"], "other");
  again["inference"].erase("dataset_sha256");
  EXPECT_NEAR(again["inference"]["temperature"].get<double>(),
              first["inference"]["temperature"].get<double>(), 1e-2);  // weights are F16 now
  EXPECT_EQ(again["scores"]["test"]["cases"], 8);
  // A card of an early program lists what it saw once it meets its own training set.
  json early = card();
  const json seen = early["data"]["seen"];
  early["data"].erase("seen");
  early["data"]["sha256"] = "its own";
  writeFileAtomically(folder / "card.json", early.dump());
  calibrate(folder.path(), discs(), "another", "cpu", {});
  EXPECT_FALSE(card()["data"].contains("seen"));
  calibrate(folder.path(), discs(), "its own", "cpu", {});
  EXPECT_EQ(card()["data"]["seen"], seen);
  Dataset renamed = discs();
  renamed.labels = {{3, "other"}};
  EXPECT_THAT(
      messageOf([&] { calibrate(folder.path(), renamed, "", "cpu", {}); }, ErrorKind::kBadInput),
      HasSubstr("labels"));
}

// A disc in the lower right of a screen with a bright bar on the left; the network was trained on
// pictures that are all sector.
TEST(Train, SeesTheSectorOnlyWhereThePicturesHaveMuchAround) {
  const test::TemporaryFolder folder;
  Dataset dataset = discs();
  for (Case& item : dataset.cases) {
    Case screen = item;
    screen.rows = 3 * item.rows;
    screen.cols = 3 * item.cols;
    screen.gray.assign(static_cast<std::size_t>(screen.rows * screen.cols), 0);
    screen.truth = screen.gray;
    for (int r = 0; r < item.rows; ++r) {
      const int to = (r + 40) * screen.cols + 55;
      std::copy_n(item.gray.begin() + r * item.cols, item.cols, screen.gray.begin() + to);
      std::copy_n(item.truth.begin() + r * item.cols, item.cols, screen.truth.begin() + to);
    }
    item = screen;
  }
  train(dataset, "", folder.path(), tinyOptions(6), {}, {});
  const json card = json::parse(readTextFile(folder / "card.json"));
  EXPECT_THAT(card["input"]["fit"].get<std::string>(), HasSubstr("sector"));
  EXPECT_LE(card["input"]["grid"][0], 32);
  const Evaluation held_out =
      evaluate(Model::load(folder.path(), "cpu"), dataset, Split::kTest, {});
  EXPECT_GT(held_out.summary.at(0).dice.mean, 0.85);
}
}  // namespace
}  // namespace sonotwin::segment
