// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/store/search.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>

#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Search : public testing::Test {
 protected:
  Search() {
    for (std::uint32_t i = 0; i < 12; ++i) {
      media::Clip clip = noiseClip(i);
      clip.info.body_region = i % 3 == 0 ? "neck" : "liver";
      clip.info.device_model = i % 2 == 0 ? "Scanner_A 100%" : "Scanner B";
      clip.info.tracked = i % 4 == 0;
      const int day = 19000 + 10 * static_cast<int>(i / 2);
      ids_.push_back(store_.addClip(clip, originOf(i % 2 == 0 ? "a" : "b", day), {}).id);
    }
    store_.addMask(ids_[3], halfMask(noiseClip(3).info), "network", {});
    store_.addAnnotation(ids_[4], halfMask(noiseClip(4).info), "anna");
    media::ClipMask other = halfMask(noiseClip(5).info);
    other.labels[0].name = "artery";
    store_.addMask(ids_[5], other, "network", {});
  }
  // Which of the twelve, by the numbers they were added under.
  [[nodiscard]] std::vector<int> found(const ClipQuery& query) const {
    std::vector<int> numbers;
    for (const ClipRow& row : store_.clips(query)) {
      numbers.push_back(static_cast<int>(std::ranges::find(ids_, row.id) - ids_.begin()));
    }
    EXPECT_EQ(store_.count(query), static_cast<int>(numbers.size()));
    return numbers;
  }

  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
  Store store_ = Store::create(folder_);
  std::vector<std::string> ids_;
};

TEST_F(Search, EachConditionFindsItsClips) {
  EXPECT_THAT(found({.body_region = "neck"}), UnorderedElementsAre(0, 3, 6, 9));
  EXPECT_THAT(found({.device_model = "Scanner B"}), ElementsAre(1, 3, 5, 7, 9, 11));
  EXPECT_THAT(found({.tracked = true}), ElementsAre(0, 4, 8));
  EXPECT_EQ(found({.tracked = false}).size(), 9U);
  EXPECT_THAT(found({.annotated = true}), ElementsAre(4));
  EXPECT_THAT(found({.label = "vessel"}), UnorderedElementsAre(3, 4));
  EXPECT_THAT(found({.label = "artery"}), ElementsAre(5));
  EXPECT_THAT(found({.label = "none"}), IsEmpty());
  EXPECT_THAT(found({.patient_id = store_.pseudonym("a"), .from_day = 20, .to_day = 30}),
              ElementsAre(4, 6));
  EXPECT_THAT(found({.body_region = "liver", .device_model = "Scanner B", .label = "nerve"}),
              ElementsAre(5));
}

TEST_F(Search, WordsAreFoundInAnyOrderAndNoneIsAPattern) {
  EXPECT_EQ(found({.text = "scanner"}).size(), 12U);
  EXPECT_EQ(found({.text = "NECK b"}).size(), found({.text = "b neck"}).size());
  EXPECT_THAT(found({.text = "100%"}), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(found({.text = "r_a"}), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(found({.text = "s%b"}), IsEmpty());
  EXPECT_THAT(found({.text = ids_[7]}), ElementsAre(7));
  EXPECT_THAT(found({.text = "neck nowhere"}), IsEmpty());
}

// An exam without a day is on no day: it is in no interval.
TEST_F(Search, AnUnknownDayIsInNoInterval) {
  store_.addClip(noiseClip(20), originOf("a", std::nullopt), {});
  EXPECT_EQ(store_.count({.from_day = -100000}), 12);
  EXPECT_EQ(store_.count(), 13);
}

TEST_F(Search, PagesAreInOrderWithoutGaps) {
  const std::vector<int> all = found({});
  std::vector<int> paged;
  for (int offset = 0; offset < 12; offset += 5) {
    for (const ClipRow& row : store_.clips({.limit = 5, .offset = offset})) {
      paged.push_back(static_cast<int>(std::ranges::find(ids_, row.id) - ids_.begin()));
    }
  }
  EXPECT_EQ(paged, all);
  EXPECT_THAT(all, ElementsAre(0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11));
}

TEST_F(Search, FollowsWhatAPersonCorrects) {
  store_.setView(ids_[1], "heart", "long axis");
  EXPECT_THAT(found({.body_region = "heart"}), ElementsAre(1));
  EXPECT_THAT(found({.view_label = "long axis"}), ElementsAre(1));
  media::ClipInfo info = store_.clip(ids_[1]).info;
  info.spacing_mm = {0.5, 0.5};
  store_.setCalibration(ids_[1], info);
  EXPECT_EQ(store_.clipRow(ids_[1]).view_label, "long axis") << "a calibration changes no view";
  EXPECT_THAT(store_.verify(VerifyDepth::kRows, {}), IsEmpty());
}

TEST_F(Search, AnOrientationIsTheFilesUntilAPersonSaysAnother) {
  media::Clip clip = noiseClip(40);
  clip.info.orientation = "MFA";
  clip.info.body_region = "neck";
  const std::string id = store_.addClip(clip, originOf("a"), {}).id;
  EXPECT_EQ(store_.clipRow(id).orientation, "MFA");
  EXPECT_EQ(store_.clipNames(id).orientation.author, "");
  store_.setAuthor("anna");
  store_.setOrientation(id, "long axis");
  store_.setAuthor("bea");
  store_.setView(id, "liver", "");
  ClipNames names = store_.clipNames(id);
  EXPECT_EQ(names.orientation.value, "LONG AXIS");
  EXPECT_EQ(names.orientation.from_header, "MFA");
  EXPECT_EQ(names.orientation.author, "anna") << "another word of the clip is not this one";
  EXPECT_EQ(names.orientation.said_utc.size(), 20U);
  EXPECT_EQ(names.body_region.from_header, "neck");
  EXPECT_EQ(names.body_region.author, "bea");
  EXPECT_EQ(store_.clip(id).info.orientation, "MFA") << "how the file lay is another thing";
  EXPECT_EQ(store_.count({.orientation = "Long Axis"}), 1);
  EXPECT_EQ(store_.count({.text = "liver axis"}), 1);
  EXPECT_THAT(store_.searchChoices().orientations, ElementsAre("LONG AXIS"));

  store_.setOrientation(id, "");
  EXPECT_EQ(store_.clipRow(id).orientation, "");
  EXPECT_EQ(store_.clipNames(id).orientation.author, "bea") << "that it is not known is said too";
  store_.setOrientation(id, std::nullopt);
  store_.setView(id, store_.clipRow(id).header_region, "");
  names = store_.clipNames(id);
  EXPECT_EQ(names.orientation.value, "MFA");
  EXPECT_EQ(names.orientation.author, "");
  EXPECT_EQ(names.body_region.author, "");
  EXPECT_EQ(store_.count({.orientation = "long axis"}), 0);
  EXPECT_THAT(store_.verify(VerifyDepth::kRows, {}), IsEmpty());
}

TEST_F(Search, AnOrientationIsOneOfTheStandardTerms) {
  EXPECT_EQ(orientationTerms().size(), 12U);
  const Failure failure = failureOf([&] { store_.setOrientation(ids_[0], "sideways"); });
  EXPECT_EQ(failure.kind, ErrorKind::kBadInput);
  EXPECT_THAT(failure.text, testing::HasSubstr("TRANSVERSE"));
  const std::size_t before = store_.audit().size();
  store_.setOrientation(ids_[0], std::nullopt);
  EXPECT_EQ(store_.audit().size(), before) << "the same again is no change";
}

TEST_F(Search, ACalibrationChangesNoOrientation) {
  store_.setOrientation(ids_[1], "coronal");
  media::ClipInfo info = store_.clip(ids_[1]).info;
  info.spacing_mm = {0.5, 0.5};
  store_.setCalibration(ids_[1], info);
  EXPECT_EQ(store_.clipRow(ids_[1]).orientation, "CORONAL");
}

TEST_F(Search, IsSavedUnderAName) {
  const ClipQuery query{.patient_id = "P-1",
                        .study_id = "study-1",
                        .body_region = "Schilddrüse",
                        .view_label = "long",
                        .orientation = "SAGITTAL",
                        .device_model = "d",
                        .label = "nerve",
                        .text = "two words",
                        .tracked = false,
                        .annotated = true,
                        .from_day = -3,
                        .to_day = 400};
  store_.saveSearch("mine", {.label = "replaced"});
  store_.saveSearch("mine", query);
  store_.saveSearch("all", {});
  const std::vector<SavedSearch> searches = Store::open(folder_).savedSearches();
  ASSERT_EQ(searches.size(), 2U);
  EXPECT_EQ(searches[0].query, ClipQuery{});
  EXPECT_EQ(searches[1].query, query);
  store_.removeSearch("all");
  EXPECT_EQ(failureOf([&] { store_.removeSearch("all"); }).kind, ErrorKind::kNotFound);
  EXPECT_EQ(failureOf([&] { store_.saveSearch("", {}); }).kind, ErrorKind::kBadInput);
  EXPECT_THAT(store_.verify(VerifyDepth::kRows, {}), IsEmpty());
}

TEST_F(Search, AProtocolSaysWhatIsMissing) {
  store_.saveProtocol({"thyroid", {{"old", "x", ""}}});
  store_.saveProtocol(
      {"thyroid",
       {{"left", "neck", "left long"}, {"any of the neck", "neck", ""}, {"liver", "liver", ""}}});
  store_.setView(ids_[0], "neck", "left long");
  const std::string study = store_.clipRow(ids_[0]).study_id;
  const ProtocolStatus status = store_.protocolStatus(study, "thyroid");
  ASSERT_EQ(status.views.size(), 3U);
  EXPECT_EQ(status.missing, 2);
  EXPECT_THAT(status.views[0].clip_ids, ElementsAre(ids_[0]));
  EXPECT_THAT(status.views[1].clip_ids, IsEmpty());  // a clip stands for one view
  EXPECT_THAT(status.views[2].clip_ids, IsEmpty());
  const Origin same = originOf("a", 19000);
  const std::string second = store_.addClip(noiseClip(50), same, {}).id;
  store_.setView(second, "Neck", "LEFT LONG");
  const ProtocolStatus more = store_.protocolStatus(study, "thyroid");
  EXPECT_EQ(more.missing, 1);
  EXPECT_EQ(more.views[0].clip_ids.size(), 1U);
  EXPECT_EQ(more.views[1].clip_ids.size(), 1U);
  ASSERT_EQ(store_.protocols().size(), 1U);
  EXPECT_EQ(store_.protocols()[0].views.size(), 3U);
  EXPECT_EQ(failureOf([&] { std::ignore = store_.protocolStatus(study, "x"); }).kind,
            ErrorKind::kNotFound);
  EXPECT_EQ(failureOf([&] { store_.saveProtocol({"empty", {}}); }).kind, ErrorKind::kBadInput);
  store_.removeProtocol("thyroid");
  EXPECT_THAT(store_.protocols(), IsEmpty());
  EXPECT_THAT(store_.verify(VerifyDepth::kRows, {}), IsEmpty());
}

TEST_F(Search, AnnotationsFollowUponEachOther) {
  const media::ClipMask drawn = halfMask(noiseClip(0).info);
  media::ClipMask corrected = drawn;
  corrected.frames[0].labels[0] = 2;
  const std::string first = store_.addAnnotation(ids_[0], drawn, "anna");
  const std::string second = store_.addAnnotation(ids_[0], corrected, "ben", first);
  // Back to what was drawn first: another version, not the old one.
  const std::string third = store_.addAnnotation(ids_[0], drawn, "anna", second);
  EXPECT_NE(third, first);
  EXPECT_EQ(store_.decidedBy(third), "");
  store_.setAuthor("cleo");
  store_.setAnnotationState(third, "rejected");
  store_.setAuthor("dora");
  store_.setAnnotationState(third, "final");
  EXPECT_EQ(store_.decidedBy(third), "dora");
  const std::vector<AnnotationRow> rows = store_.annotations(ids_[0]);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].version, 3);
  EXPECT_EQ(rows[2].parent_id, second);
  EXPECT_EQ(rows[2].state, "final");
  EXPECT_EQ(rows[1].author, "ben");
  EXPECT_EQ(rows[0].parent_id, "");
  EXPECT_THAT(store_.lineage(second).made_from, ElementsAre(ids_[0], first));
  EXPECT_EQ(store_.mask(second).frames[0].labels[0], 2);

  EXPECT_EQ(
      failureOf([&] { store_.setAnnotationState(store_.masks(ids_[3]).at(0).id, "final"); }).kind,
      ErrorKind::kNotFound);
  EXPECT_EQ(failureOf([&] { store_.addAnnotation(ids_[1], drawn, "anna", first); }).kind,
            ErrorKind::kBadInput);
  EXPECT_EQ(failureOf([&] { store_.addAnnotation(ids_[1], drawn, "sonotwin"); }).kind,
            ErrorKind::kBadInput);
  EXPECT_EQ(failureOf([&] { store_.setAnnotationState(first, "done"); }).kind,
            ErrorKind::kBadInput);
  EXPECT_THAT(store_.verify(VerifyDepth::kBytes, {}), IsEmpty());
}

TEST_F(Search, TheNewestMaskIsNoneThatWasRejected) {
  media::ClipMask drawn = halfMask(noiseClip(3).info);
  const std::string proposal = store_.masks(ids_[3]).at(0).id;
  EXPECT_EQ(store_.newestMask(ids_[3]), proposal);
  const std::string first = store_.addAnnotation(ids_[3], drawn, "anna");
  drawn.frames[0].labels[0] = 2;
  const std::string second = store_.addAnnotation(ids_[3], drawn, "ben", first);
  EXPECT_EQ(store_.newestMask(ids_[3]), second) << "of two in one second the later";
  store_.setAnnotationState(second, "rejected");
  EXPECT_EQ(store_.newestMask(ids_[3]), first);
  store_.setAnnotationState(first, "rejected");
  EXPECT_EQ(store_.newestMask(ids_[3]), proposal);
  store_.setAnnotationState(second, "final");
  EXPECT_EQ(store_.newestMask(ids_[3]), second);
  EXPECT_EQ(store_.newestMask("clip-0"), "");
}

TEST_F(Search, ACorrectedProposalIsAFirstVersionThatNamesIt) {
  const std::string proposal = store_.masks(ids_[3]).at(0).id;
  media::ClipMask corrected = halfMask(noiseClip(3).info);
  corrected.frames[0].labels[0] = 2;
  const std::string first = store_.addAnnotation(ids_[3], corrected, "anna", proposal);
  const std::vector<AnnotationRow> rows = store_.annotations(ids_[3]);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].version, 1);
  EXPECT_EQ(rows[0].parent_id, "");
  EXPECT_THAT(store_.lineage(first).made_from, ElementsAre(ids_[3], proposal));
  EXPECT_THAT(store_.lineage(proposal).used_for, ElementsAre(first));
  EXPECT_THAT(store_.verify(VerifyDepth::kRows, {}), IsEmpty());
}

TEST_F(Search, TheChoicesAreWhatTheClipsHave) {
  store_.setView(ids_[0], "neck", "transverse");
  const SearchChoices choices = store_.searchChoices();
  EXPECT_THAT(choices.body_regions, ElementsAre("liver", "neck"));
  EXPECT_THAT(choices.view_labels, ElementsAre("transverse"));
  EXPECT_THAT(choices.device_models, ElementsAre("Scanner B", "Scanner_A 100%"));
  EXPECT_THAT(choices.labels, ElementsAre("artery", "nerve", "vessel"));
}

TEST_F(Search, DoesNotMindTheCase) {
  const auto count = [&](const ClipQuery& query) { return store_.count(query); };
  const auto every = store_.searchChoices();
  ASSERT_FALSE(every.body_regions.empty() || every.labels.empty() || every.device_models.empty());
  const auto swapped = [](std::string text) {
    for (char& c : text) {
      const auto letter = static_cast<unsigned char>(c);
      c = static_cast<char>(std::islower(letter) != 0 ? std::toupper(letter)
                                                      : std::tolower(letter));
    }
    return text;
  };
  for (const std::string& region : every.body_regions) {
    EXPECT_EQ(count({.body_region = swapped(region)}), count({.body_region = region}));
  }
  for (const std::string& device : every.device_models) {
    EXPECT_EQ(count({.device_model = swapped(device)}), count({.device_model = device}));
  }
  for (const std::string& label : every.labels) {
    EXPECT_EQ(count({.label = swapped(label)}), count({.label = label}));
  }
  store_.setView(ids_[0], "Liver", "Left lobe");
  store_.setView(ids_[1], "LIVER", "LEFT LOBE");
  EXPECT_EQ(count({.body_region = "liver", .view_label = "left lobe"}), 2);
  EXPECT_EQ(store_.clips({.body_region = "liver"}).size(), 9U);
  EXPECT_EQ(count({.body_region = "live"}), 0);
}

TEST_F(Search, WhatAPersonHasComputedIsNotDrawn) {
  store_.setAuthor("anna");
  store_.addMask(ids_[6], halfMask(noiseClip(6).info), "network", {});
  EXPECT_FALSE(store_.clipRow(ids_[6]).annotated);
  EXPECT_EQ(store_.lineage(store_.masks(ids_[6]).at(0).id).author, "anna");
  EXPECT_EQ(store_.audit(1).at(0).author, "anna");
  store_.addAnnotation(ids_[6], halfMask(noiseClip(6).info), "anna");
  EXPECT_TRUE(store_.clipRow(ids_[6]).annotated);
}

TEST_F(Search, TheLogNamesSavedSearches) {
  store_.saveSearch("arteries", {.label = "artery"});
  EXPECT_EQ(store_.audit(1).at(0).detail, "arteries");
  store_.removeSearch("arteries");
  EXPECT_EQ(store_.audit(1).at(0).detail, "arteries");
}
}  // namespace
}  // namespace sonotwin::store
