// SPDX-License-Identifier: Apache-2.0
// Tiny networks for discs: what stands in force, and how it comes to.
#include "sonotwin/pipeline/registry.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stop_token>

#include "discs.h"
#include "gate_rule.h"
#include "sonotwin/pipeline/continual_learning.h"
#include "sonotwin/pipeline/model_gate.h"
#include "sonotwin/pipeline/stages.h"
#include "sonotwin/segment/seen.h"
#include "sonotwin/store/model_registry.h"
#include "temporary_folder.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;
using segment::test_discs::messageOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Discs with truth that lies beside them in training: a network that learns something else.
segment::Dataset misleadingDiscs() {
  segment::Dataset dataset = segment::test_discs::discs();
  for (segment::Case& item : dataset.cases) {
    if (item.split == segment::Split::kTest) continue;
    std::ranges::rotate(item.truth, item.truth.begin() + item.cols * 5);
  }
  return dataset;
}

void trainOn(const segment::Dataset& dataset, const fs::path& folder, int epochs) {
  segment::TrainOptions options = segment::test_discs::tinyOptions(epochs);
  options.body_regions = {"TEST"};
  segment::train(dataset, "a test's", folder, options, {}, {});
}

/// Trained once for all tests: one network that knows discs, one that was misled, and one that has
/// seen the test cases.
class Registry : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    trained_ = new test::TemporaryFolder();
    const segment::Dataset discs = segment::test_discs::discs();
    segment::writeDataset(*trained_ / "discs.st", discs);
    trainOn(discs, *trained_ / "good", 6);
    trainOn(misleadingDiscs(), *trained_ / "bad", 6);
    segment::Dataset leaky = discs;
    segment::splitByGroup(leaky.cases, {0.5, 0.25, 0.25}, 2);
    trainOn(leaky, *trained_ / "leaky", 1);
  }
  static void TearDownTestSuite() { delete trained_; }

  Registry() { ::setenv("SONOTWIN_MODELS", (folder_ / "installed").c_str(), 1); }

  GateReport gate(const std::string& model, const GateOptions& options = {}) {
    return gateModel(store_, model, discs_, options, "ada", {});
  }
  std::string keep(const std::string& name) {
    return keepModel(store_, *trained_ / name, {}, "ada", {});
  }
  std::string status(const std::string& name) {
    for (const KeptModel& model : keptModels(store_)) {
      if (model.name == name) return model.status;
    }
    return "absent";
  }
  store::ClipRow clipOf(const std::string& region) {
    store::ClipRow clip;
    clip.id = "clip";
    clip.patient_id = "P-0000-0000";
    clip.body_region = region;
    return clip;
  }
  void expectSound() {
    EXPECT_THAT(store_.verify(store::VerifyDepth::kBytes, {}), IsEmpty());
    EXPECT_THAT(store_.auditProblems(), IsEmpty());
  }

  inline static test::TemporaryFolder* trained_ = nullptr;
  test::TemporaryFolder folder_;
  store::Store store_ = store::Store::create(folder_ / "store");
  fs::path discs_ = *trained_ / "discs.st";
};

TEST_F(Registry, AWorseNetworkCannotReplaceABetterOne) {
  EXPECT_TRUE(gate((*trained_ / "good").string()).passed());
  EXPECT_EQ(promoteModel(store_, "good", "", "ada").model, "good");
  const GateReport worse = gate((*trained_ / "bad").string());
  EXPECT_FALSE(worse.passed());
  ASSERT_TRUE(worse.gain.has_value());
  EXPECT_LT(worse.gain->ci95[1], 0.0);
  EXPECT_THAT(worse.objections, Contains(HasSubstr("label disc gets worse")));
  EXPECT_THAT(messageOf([&] { promoteModel(store_, "bad", "", "ada"); }, ErrorKind::kConflict),
              HasSubstr("did not pass its gate"));
  EXPECT_EQ(status("good"), "active");
  EXPECT_EQ(status("bad"), "candidate");
  EXPECT_EQ(modelFor(store_, clipOf("TEST"))->kept->name, "good");
  expectSound();
}

TEST_F(Registry, ABetterOneCanAndRollingBackUndoesIt) {
  gate((*trained_ / "bad").string());
  promoteModel(store_, "bad", "", "ada");
  const GateReport better = gate((*trained_ / "good").string());
  EXPECT_TRUE(better.passed()) << better.objections.front();
  EXPECT_GT(better.gain->ci95[0], 0.0);
  EXPECT_EQ(promoteModel(store_, "good", "", "ben").before, "bad");
  EXPECT_EQ(status("bad"), "retired");
  const auto entry = store_.audit(1).front();
  EXPECT_EQ(entry.act, "model promoted");
  EXPECT_EQ(entry.author, "ben");
  EXPECT_EQ(nlohmann::json::parse(entry.detail)["gate"]["record"], better.id);

  EXPECT_EQ(rollBackModel(store_, "", "it misses small ones", "ben").model, "bad");
  EXPECT_EQ(status("good"), "retired");
  EXPECT_EQ(modelFor(store_, clipOf("TEST"))->kept->name, "bad");
  EXPECT_THAT(store_.audit(1).front().detail, HasSubstr("it misses small ones"));
  EXPECT_EQ(rollBackModel(store_, "TEST: disc", "", "ben").model, "");
  EXPECT_FALSE(modelFor(store_, clipOf("TEST")).has_value());
  EXPECT_THAT(messageOf([&] { rollBackModel(store_, "", "", ""); }, ErrorKind::kNotFound),
              HasSubstr("nothing to roll back"));
  expectSound();
}

TEST_F(Registry, ADespiteIsRecordedAndNamesNobody) {
  keep("bad");
  EXPECT_THAT(messageOf([&] { promoteModel(store_, "bad", "", ""); }, ErrorKind::kConflict),
              HasSubstr("not judged yet"));
  EXPECT_THROW(promoteModel(store_, "bad", "call 030 1234567", ""), Error);
  EXPECT_EQ(status("bad"), "candidate");
  promoteModel(store_, "bad", "a demonstration", "ada");
  const auto detail = nlohmann::json::parse(store_.audit(1).front().detail);
  EXPECT_EQ(detail["why"], "a demonstration");
  EXPECT_EQ(detail["despite_gate"], true);
  expectSound();
}

TEST_F(Registry, WhatSawTheFrozenSetDoesNotPass) {
  const GateReport report = gate((*trained_ / "leaky").string());
  EXPECT_THAT(report.objections, Contains(HasSubstr("it was trained on")));
  EXPECT_THROW(promoteModel(store_, "leaky", "", ""), Error);
}

TEST_F(Registry, ACardThatListsNothingDoesNotPassOnAnotherSet) {
  const fs::path old = folder_ / "old";
  fs::copy(*trained_ / "good", old);
  auto card = nlohmann::ordered_json::parse(readTextFile(old / "card.json"));
  card["data"].erase("seen");
  writeFileAtomically(old / "card.json", std::string_view(card.dump()));
  EXPECT_THAT(gate(old.string()).objections, Contains(HasSubstr("does not list the pictures")));
}

TEST_F(Registry, ChangedWeightsNeedAGateOfTheirOwn) {
  const fs::path copy = folder_ / "copy";
  fs::copy(*trained_ / "good", copy);
  ASSERT_TRUE(gate(copy.string()).passed());
  // The same card with other weights, and its hash set right.
  fs::copy_file(*trained_ / "bad/weights.safetensors", copy / "weights.safetensors",
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(messageOf([&] { promoteModel(store_, copy.string(), "", ""); }, ErrorKind::kConflict),
              HasSubstr("changed since"));
  EXPECT_THROW(keepModel(store_, copy, {}, "", {}), Error) << "the card names other weights";
  const auto hash = [](const fs::path& folder) {
    return nlohmann::json::parse(readTextFile(folder / "card.json"))["weights"]["sha256"]
        .get<std::string>();
  };
  segment::test_discs::replaceInFile(copy / "card.json", hash(copy), hash(*trained_ / "bad"));
  EXPECT_THAT(messageOf([&] { promoteModel(store_, copy.string(), "", ""); }, ErrorKind::kConflict),
              HasSubstr("changed since"));
  // What was judged is still there, and can come into force.
  EXPECT_EQ(promoteModel(store_, "good", "", "").model, "good");
}

TEST_F(Registry, WhatIsKeptCannotBeChangedThroughItsFolder) {
  const std::string id = keep("good");
  const fs::path folder = findModel(store_, id).model.folder;
  fs::copy_file(*trained_ / "bad/weights.safetensors", folder / "weights.safetensors",
                fs::copy_options::overwrite_existing);
  writeFileAtomically(folder / "card.json", std::string_view("{}"));
  EXPECT_EQ(findModel(store_, "good").model.folder, folder);
  EXPECT_EQ(segment::Model::load(folder, "cpu").weightsSha256(),
            keptModels(store_).front().weights_sha256);
}

TEST_F(Registry, APurposeHasOneFrozenSet) {
  gate((*trained_ / "good").string());
  segment::Dataset other = segment::readDataset(discs_);
  std::ranges::find(other.cases, segment::Split::kTest, &segment::Case::split)->name = "another";
  segment::writeDataset(folder_ / "other.st", other);
  const auto judge = [&](bool anew) {
    return gateModel(store_, "good", folder_ / "other.st", {.new_frozen_set = anew}, "", {});
  };
  EXPECT_THAT(messageOf([&] { judge(false); }, ErrorKind::kConflict), HasSubstr("frozen"));
  EXPECT_NO_THROW(judge(true));
  EXPECT_THROW(gate("good"), Error) << "the new one is in force now";
}

TEST_F(Registry, AFewPatientsCannotTell) {
  segment::Dataset few = segment::readDataset(discs_);
  for (segment::Case& item : few.cases) {
    if (item.split == segment::Split::kTest) item.group = "one";
  }
  segment::writeDataset(folder_ / "few.st", few);
  const GateReport report =
      gateModel(store_, (*trained_ / "good").string(), folder_ / "few.st", {}, "", {});
  EXPECT_THAT(report.objections, Contains(HasSubstr("too few to tell")));
}

TEST_F(Registry, AFrozenSetWithoutLabelsSaysNothing) {
  segment::Dataset empty = segment::readDataset(discs_);
  for (segment::Case& item : empty.cases) {
    if (item.split != segment::Split::kTest) continue;
    std::ranges::fill(item.gray, std::uint8_t{60});
    std::ranges::fill(item.truth, std::uint8_t{0});
  }
  segment::writeDataset(folder_ / "empty.st", empty);
  const GateReport report =
      gateModel(store_, (*trained_ / "good").string(), folder_ / "empty.st", {}, "", {});
  EXPECT_THAT(report.objections, Contains(HasSubstr("shows a label")));
}

// A case whose label is absent: one network leaves it empty, the other finds something.
TEST(GateRule, SeeingWhatIsNotThereCountsAgainstANetwork) {
  segment::Evaluation sober, fanciful;
  for (const char* const name : {"a", "b"}) {
    segment::CaseResult item{.name = name, .group = name, .label = "disc", .agreement = {}};
    sober.cases.push_back(item);
    fanciful.cases.push_back(item);
  }
  fanciful.cases[0].agreement.dice = 0.0;
  fanciful.summary.emplace_back().label = "disc";
  EXPECT_THAT(segment::comparePaired(fanciful, sober), IsEmpty()) << "passed over";
  countEmptyAgreement(fanciful, sober);
  const auto differences = segment::comparePaired(fanciful, sober);
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(differences[0].groups, 1) << "both empty says nothing";
  EXPECT_EQ(differences[0].difference.mean, -1.0);
}

TEST_F(Registry, WhatIsTrainedInTheStoreStandsInUntilItIsItselfPromoted) {
  ::setenv("SONOTWIN_MODELS", (folder_ / "none").c_str(), 1);
  fs::create_directories(store_.folder() / "models");
  fs::copy(*trained_ / "good", store_.folder() / "models/good");
  const GateReport report = gate("good");
  EXPECT_EQ(report.against, "") << "not against itself";
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(promoteModel(store_, "good", "", "").model, "good");
  EXPECT_TRUE(modelFor(store_, clipOf("TEST"))->kept.has_value());
}

TEST_F(Registry, AGateHoldsOnlyAgainstWhatItJudgedBy) {
  gate((*trained_ / "good").string());
  keep("bad");
  promoteModel(store_, "bad", "a trial", "");
  EXPECT_THAT(messageOf([&] { promoteModel(store_, "good", "", ""); }, ErrorKind::kConflict),
              HasSubstr("another network than the one in force"));
}

TEST_F(Registry, AnInstalledNetworkStandsUntilOneIsPromoted) {
  fs::create_directories(folder_ / "installed");
  fs::copy(*trained_ / "bad", folder_ / "installed/bad");
  EXPECT_FALSE(modelFor(store_, clipOf("TEST"))->kept.has_value());
  keep("good");
  EXPECT_EQ(modelFor(store_, clipOf("TEST"))->model.name, "bad") << "candidates wait to be named";
  EXPECT_EQ(findModel(store_, "good").kept->status, "candidate");
  const GateReport report = gate("good");
  EXPECT_EQ(report.against, "bad");
  EXPECT_TRUE(report.passed());
  promoteModel(store_, "good", "", "");
  EXPECT_EQ(modelFor(store_, clipOf("TEST"))->kept->name, "good");
  EXPECT_EQ(rollBackModel(store_, "", "", "").note, "bad");
  EXPECT_EQ(modelFor(store_, clipOf("TEST"))->model.name, "bad");
}

TEST_F(Registry, ABackupTakesTheWeightsAlong) {
  const std::string id = keep("good");
  promoteModel(store_, "good", "a trial", "");
  EXPECT_THAT(store_.backup(folder_ / "copy", {.with_key = true}, {}), IsEmpty());
  const store::Store copy = store::Store::open(folder_ / "copy");
  const auto found = modelFor(copy, clipOf("TEST"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kept->id, id);
  EXPECT_NO_THROW(std::ignore = segment::Model::load(found->model.folder, "cpu"));
}

// ---- learning from annotations ------------------------------------------------------------------

class Learning : public Registry {
 protected:
  /// Four frames of discs of one patient, drawn by a person. @returns the clip's and the mask's id
  std::pair<std::string, std::string> addDrawn(const std::string& patient, unsigned seed,
                                               const std::string& state = "final") {
    media::Clip clip;
    media::ClipMask mask;
    mask.labels = {{1, "disc"}};
    std::vector<media::Image> images;
    for (int i = 0; i < 4; ++i) {
      const segment::Case item = segment::test_discs::discCase(
          24, 32, {10.0 + i, 8.0 + 3.0 * i, 5.0}, seed * 10 + static_cast<unsigned>(i));
      images.push_back(segment::test_discs::imageOf(item));
      clip.frames.emplace_back().time_s = 0.1 * i;
      media::FrameMask frame{i, 24, 32, item.truth};
      for (std::uint8_t& value : frame.labels) value = value == 3 ? 1 : 0;
      mask.frames.push_back(std::move(frame));
    }
    clip.info.frame_count = 4;
    clip.info.rows = 24;
    clip.info.cols = 32;
    clip.info.source_format = "test";
    clip.info.body_region = "TEST";
    clip.pixels = std::make_shared<media::MemoryFrames>(std::move(images));
    const std::string id =
        store_
            .addClip(clip, {.patient_key = patient, .study_key = patient, .series_key = patient},
                     {})
            .id;
    const std::string drawn = store_.addAnnotation(id, mask, "anna");
    store_.setAnnotationState(drawn, state);
    return {id, drawn};
  }
  LearnReport learnFrom(const std::string& model, const std::string& patient = {}) {
    return learn(store_,
                 {.model = model,
                  .patient_id = patient,
                  .dataset = discs_,
                  .rehearsal = 0.5,
                  .device = "cpu",
                  .epochs = 2,
                  .threads = 1,
                  .author = "ada"},
                 {}, {});
  }
};

TEST_F(Learning, NewAnnotationsMakeACandidateThatIsJudged) {
  gate((*trained_ / "good").string());
  promoteModel(store_, "good", "", "");
  const std::string first = addDrawn("Ada", 100).second, second = addDrawn("Bo", 200).second;
  addDrawn("Cy", 300, "draft");
  const LearnReport report = learnFrom("good");
  EXPECT_THAT(report.annotations, ElementsAre(first, second));
  EXPECT_EQ(report.frames, 8);
  EXPECT_EQ(report.patients, 2);
  EXPECT_EQ(report.rehearsed, 8);  // half of 16
  EXPECT_EQ(report.model, "good-2");
  EXPECT_EQ(status("good-2"), "candidate");
  EXPECT_EQ(status("good"), "active");
  ASSERT_TRUE(report.gate.has_value());
  EXPECT_EQ(report.gate->against, "good");
  EXPECT_EQ(report.gate->model_id, report.model_id);
  for (const std::string& objection : report.gate->objections) {
    EXPECT_THAT(objection, testing::Not(HasSubstr("trained on"))) << "no leak";
  }
  const auto parents = store_.lineage(report.model_id).made_from;
  EXPECT_THAT(parents, testing::IsSupersetOf({first, second, findModel(store_, "good").kept->id}));
  EXPECT_THAT(fs::directory_iterator(store_.temporaryFolder()) == fs::directory_iterator(), true);

  // Learned once; a corrected version counts anew.
  EXPECT_THAT(learnFrom("good-2").model_id, IsEmpty());
  const auto seen = segment::seenBy(findModel(store_, "good-2").model.card_json, "card");
  EXPECT_EQ(seen.pictures.size(), 16U + 8U + 8U);  // trained before, validated, new
  expectSound();
}

TEST_F(Learning, ANetworkForOnePatientIsUsedForNobodyElse) {
  keep("good");
  const std::string clip = addDrawn("Ada", 100).first, other = addDrawn("Bo", 200).first;
  const std::string ada = store_.clipRow(clip).patient_id;
  const LearnReport report = learnFrom("good", ada);
  EXPECT_EQ(report.frames, 4);
  EXPECT_EQ(report.gate->purpose, "TEST: disc; only " + ada);
  promoteModel(store_, "good", "a trial", "");
  promoteModel(store_, report.model, "a trial", "");
  EXPECT_EQ(modelFor(store_, store_.clipRow(clip))->kept->name, report.model);
  EXPECT_EQ(modelFor(store_, store_.clipRow(other))->kept->name, "good");
  const auto tuned = segment::Model::load(findModel(store_, report.model).model.folder, "cpu");
  EXPECT_NO_THROW(segmentClip(store_, clip, tuned, {}));
  EXPECT_THAT(messageOf([&] { segmentClip(store_, other, tuned, {}); }, ErrorKind::kBadInput),
              HasSubstr("tuned for " + ada));
}

TEST_F(Learning, WhatTheFrozenSetHoldsIsLeftOut) {
  keep("good");
  segment::Dataset base = segment::readDataset(discs_);
  addDrawn("Ada", 100);
  const std::string bo = store_.clipRow(addDrawn("Bo", 200).first).patient_id;
  const auto test = std::ranges::find(base.cases, segment::Split::kTest, &segment::Case::split);
  const std::string group = test->group;
  for (segment::Case& item : base.cases) {
    if (item.group == group) item.group = bo;
  }
  segment::writeDataset(folder_ / "with bo.st", base);
  discs_ = folder_ / "with bo.st";
  const LearnReport report = learnFrom("good");
  EXPECT_EQ(report.frames, 4);
  EXPECT_EQ(report.left_out, 1);
}

TEST_F(Learning, CancelledItLeavesNothing) {
  keep("good");
  addDrawn("Ada", 100);
  const auto before = store_.audit().size();
  std::stop_source stop;
  const segment::TrainHooks hooks{.on_epoch = [&](const auto&) { stop.request_stop(); }};
  EXPECT_EQ(messageOf(
                [&] {
                  learn(store_, {.model = "good", .dataset = discs_, .device = "cpu", .epochs = 50},
                        hooks, Progress({}, stop.get_token()));
                },
                ErrorKind::kCancelled)
                .empty(),
            false);
  EXPECT_EQ(keptModels(store_).size(), 1U);
  EXPECT_EQ(store_.audit().size(), before);
  EXPECT_TRUE(fs::is_empty(store_.temporaryFolder()));
  expectSound();
}

TEST_F(Learning, OnePatientAloneCannotChooseTheEpoch) {
  keep("good");
  addDrawn("Ada", 100);
  EXPECT_THAT(messageOf([&] { learn(store_, {.model = "good", .device = "cpu"}, {}, {}); },
                        ErrorKind::kBadInput),
              HasSubstr("--dataset"));
}
}  // namespace
}  // namespace sonotwin::pipeline
