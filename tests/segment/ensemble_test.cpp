// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "analytic_model.h"
#include "discs.h"
#include "sonotwin/media/clip.h"
#include "sonotwin/segment/model_files.h"
#include "temporary_folder.h"

namespace sonotwin::segment {
namespace {
using namespace test_discs;
using nlohmann::json;
using test_models::Analytic;
using testing::HasSubstr;

Analytic biased(float foreground) {
  Analytic model;
  model.bias = {0.0F, foreground};
  return model;
}

double chance(double logit) {
  return 1.0 / (1.0 + std::exp(-logit));
}

class Ensemble : public testing::Test {
 protected:
  Model ensembleOf(const std::vector<Analytic>& members) {
    std::vector<std::filesystem::path> folders;
    for (const Analytic& member : members) {
      folders.push_back(folder_ / ("member" + std::to_string(folders.size())));
      test_models::write(folders.back(), member);
    }
    makeEnsemble(folders, folder_ / "both", "");
    return Model::load(folder_ / "both", "cpu");
  }
  std::string complaint(const std::vector<std::filesystem::path>& members,
                        ErrorKind kind = ErrorKind::kBadInput) {
    return messageOf([&] { makeEnsemble(members, folder_ / "bad", ""); }, kind);
  }

  test::TemporaryFolder folder_;
  media::Image picture_ = imageOf(discCase(48, 64, {22.0, 30.0, 12.0}, 5));
};

TEST_F(Ensemble, OfTwoEqualNetworksIsThatNetwork) {
  Analytic member;
  member.gain = {0.0F, 1.5F};
  member.inference = {{"flip_averaging", true}, {"temperature", 1.7}};
  const Model both = ensembleOf({member, member});
  const Model one = Model::load(folder_ / "member0", "cpu");
  EXPECT_EQ(both.name(), "both");
  EXPECT_EQ(both.labels(), one.labels());
  const Segmentation a = both.segment({picture_}, {.doubt = true});
  const Segmentation b = one.segment({picture_}, {.doubt = true});
  EXPECT_EQ(a.masks[0].labels, b.masks[0].labels);
  EXPECT_EQ(a.doubt[0].data, b.doubt[0].data);
  EXPECT_NEAR(a.masks[0].confidence, b.masks[0].confidence, 1e-6);
}

// Oracle: the mean of chances, each calibrated by its own temperature; a mean of logits would be
// 0.5 here, and background would win.
TEST_F(Ensemble, AveragesCalibratedChances) {
  Analytic sure = biased(6.0F);
  sure.inference["temperature"] = 2.0;
  const Model both = ensembleOf({sure, biased(-2.5F)});
  const Segmentation answer = both.segment({picture_});
  const double expected = (chance(3.0) + chance(-2.5)) / 2.0;
  EXPECT_GT(expected, 0.5);
  EXPECT_NEAR(answer.masks[0].confidence, expected, 1e-5);
  EXPECT_EQ(answer.masks[0].labels[0], 1);
}

// One network looks at the sector only: elsewhere it says background, surely.
TEST_F(Ensemble, MembersMayHaveOtherGridsAndSeeOtherParts) {
  Analytic cut = biased(2.0F);
  cut.rows = 40;
  cut.cols = 40;
  cut.input = {{"fit", "letterbox of the scan sector and a tenth around it"}};
  const Model both = ensembleOf({biased(-1.0F), cut});
  const media::PixelRectangle sector{20, 10, 40, 30};
  const Segmentation answer = both.segment({picture_}, {.sector = &sector});
  const auto& labels = answer.masks[0].labels;
  EXPECT_EQ(labels[20 * 64 + 30], 1);  // (0.27 + 0.88) / 2
  EXPECT_EQ(labels[20 * 64 + 50], 0);
  EXPECT_NEAR(answer.masks[0].confidence, (chance(-1.0) + chance(2.0)) / 2.0, 1e-5);
}

TEST_F(Ensemble, CardTellsItsMembersAndTakesScores) {
  Analytic named = biased(1.0F);
  named.name = "first";
  std::ignore = ensembleOf({named, biased(2.0F)});
  recordScores(folder_ / "both", "test", {}, "abc");
  const json card = json::parse(readTextFile(folder_ / "both/card.json"));
  EXPECT_EQ(card["members"][0]["name"], "first");
  EXPECT_EQ(card["members"][1]["weights_sha256"],
            json::parse(readTextFile(folder_ / "member1/card.json"))["weights"]["sha256"]);
  EXPECT_EQ(card["scores"]["test"]["dataset_sha256"], "abc");
  std::filesystem::remove_all(folder_ / "member0");
  EXPECT_EQ(Model::load(folder_ / "both", "cpu").weightsSha256(), card["weights"]["sha256"]);
}

TEST_F(Ensemble, IsEvaluatedLikeAnyModel) {
  Analytic sharp;
  sharp.gain = {0.0F, 10.0F};
  Dataset dataset = discs();
  dataset.labels = {{1, "disc"}};
  for (Case& item : dataset.cases) {
    for (std::uint8_t& value : item.truth) value = value == 0 ? 0 : 1;
  }
  const Model both = ensembleOf({sharp, sharp});
  const Evaluation scores = evaluate(both, dataset, Split::kTest, {});
  EXPECT_GT(scores.summary.at(0).dice.mean, 0.9);
}

TEST_F(Ensemble, ChangedMembersAreRefused) {
  std::ignore = ensembleOf({biased(1.0F), biased(2.0F)});
  const auto load = [&] { std::ignore = Model::load(folder_ / "both", "cpu"); };
  replaceInFile(folder_ / "both/members/1/card.json", "\"analytic\"", "\"another\"");
  EXPECT_THAT(messageOf(load, ErrorKind::kBadInput), HasSubstr("members/1/card.json"));
  std::filesystem::remove_all(folder_ / "both/members/1");
  EXPECT_THAT(messageOf(load, ErrorKind::kNotFound), HasSubstr("members/1/card.json"));
}

TEST_F(Ensemble, RefusesWhatCannotAnswerTogether) {
  Analytic other = biased(0.0F);
  other.labels = {"another"};
  test_models::write(folder_ / "other", other);
  std::ignore = ensembleOf({biased(1.0F), biased(2.0F)});
  const auto one = folder_ / "member0";
  EXPECT_THAT(complaint({one}), HasSubstr("two"));
  EXPECT_THAT(complaint({one, folder_ / "other"}), HasSubstr("same labels"));
  EXPECT_THAT(complaint({one, folder_ / "both"}), HasSubstr("ensemble itself"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "bad"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "bad.part"));
  EXPECT_THAT(messageOf(
                  [&] {
                    makeEnsemble({one, one}, folder_ / "both", "");
                  },
                  ErrorKind::kConflict),
              HasSubstr("holds something"));
  EXPECT_THAT(messageOf([&] { calibrate(folder_ / "both", discs(), "abc", "cpu", {}); },
                        ErrorKind::kBadInput),
              HasSubstr("Calibrate the networks"));
}
}  // namespace
}  // namespace sonotwin::segment
