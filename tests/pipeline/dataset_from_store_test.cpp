// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/dataset_build.h"
#include "sonotwin/store/store.h"
#include "temporary_folder.h"

namespace sonotwin::pipeline {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr int kRows = 24, kCols = 20, kFrames = 4;

/// Frames of noise: no two alike.
media::Clip clipOf(std::uint32_t seed, std::optional<std::array<double, 2>> spacing_mm) {
  std::vector<media::Image> images;
  for (int f = 0; f < kFrames; ++f) {
    media::Image image(kRows, kCols);
    std::uint32_t state = seed * 100U + static_cast<std::uint32_t>(f) + 1U;
    for (std::uint8_t& level : image.samples<std::uint8_t>()) {
      state = state * 1664525U + 1013904223U;
      level = static_cast<std::uint8_t>(state >> 24U);
    }
    images.push_back(std::move(image));
  }
  media::Clip clip;
  clip.info.frame_count = kFrames;
  clip.info.rows = kRows;
  clip.info.cols = kCols;
  clip.info.spacing_mm = spacing_mm;
  clip.info.body_region = "NECK";
  clip.frames.resize(kFrames);
  for (int f = 0; f < kFrames; ++f) clip.frames[static_cast<std::size_t>(f)].time_s = f / 30.0;
  clip.pixels = std::make_shared<media::MemoryFrames>(std::move(images));
  return clip;
}

/// The first `pixels` have the label.
media::FrameMask frameOf(int index, std::uint8_t value, int pixels, float confidence = 1.0F) {
  media::FrameMask frame{index, kRows, kCols, {}, confidence};
  frame.labels.resize(static_cast<std::size_t>(kRows * kCols));
  std::fill_n(frame.labels.begin(), pixels, value);
  return frame;
}

class DatasetFromStore : public ::testing::Test {
 protected:
  std::string addClip(std::uint32_t seed, const std::string& patient,
                      std::optional<std::array<double, 2>> spacing_mm = {{0.25, 0.25}}) {
    return store_
        .addClip(clipOf(seed, spacing_mm),
                 {.patient_key = patient, .study_key = "s" + patient, .series_key = "1"}, {})
        .id;
  }
  std::string addFinal(const std::string& clip, const media::ClipMask& mask,
                       const std::string& parent = {}) {
    const std::string id = store_.addAnnotation(clip, mask, "anna", parent);
    store_.setAnnotationState(id, "final");
    return id;
  }
  StoreDataset built(const StoreFrames& frames = {}, const store::ClipQuery& query = {}) {
    return datasetFromStore(store_, query, frames, options_, {});
  }
  std::string refusal(const store::ClipQuery& query = {}) {
    try {
      std::ignore = built({}, query);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
      return error.what();
    }
    return "not refused";
  }
  static std::vector<std::string> names(const StoreDataset& built) {
    std::vector<std::string> list;
    for (const auto& item : built.dataset.cases) list.push_back(item.name);
    return list;
  }

  test::TemporaryFolder folder_;
  store::Store store_ = store::Store::create(folder_ / "store");
  DatasetOptions options_;
  const std::vector<media::Label> nerve_ = {{1, "nerve"}};
};

TEST_F(DatasetFromStore, TakesTheNewestFinalVersionOfEachFrame) {
  const std::string clip = addClip(1, "a");
  const std::string first = addFinal(clip, {nerve_, {frameOf(0, 1, 10), frameOf(1, 1, 20)}});
  const std::string second = addFinal(clip, {nerve_, {frameOf(1, 1, 30), frameOf(2, 1, 40)}});
  store_.addAnnotation(clip, {nerve_, {frameOf(0, 1, 99), frameOf(3, 1, 99)}}, "ben");  // a draft
  store_.setAnnotationState(store_.addAnnotation(clip, {nerve_, {frameOf(2, 1, 98)}}, "ben"),
                            "rejected");
  const StoreDataset set = built();
  EXPECT_THAT(names(set), UnorderedElementsAre(clip + "-0", clip + "-1", clip + "-2"));
  for (const auto& item : set.dataset.cases) {
    const char frame = item.name.back();
    EXPECT_EQ(std::ranges::count(item.truth, 1), frame == '0' ? 10 : frame == '1' ? 30 : 40);
    EXPECT_EQ(item.rows, kRows);
    EXPECT_EQ(item.cols, kCols);
    EXPECT_EQ(item.pixel_size_mm, 0.25);
    EXPECT_EQ(item.group, store_.clipRow(clip).patient_id);
    const media::Image picture = store_.frame(clip, frame - '0');
    EXPECT_TRUE(std::ranges::equal(item.gray, picture.samples<std::uint8_t>()));
  }
  EXPECT_THAT(set.dataset.made_from, ElementsAre(second, first));
  EXPECT_EQ(set.dataset.labels, nerve_);
}

TEST_F(DatasetFromStore, TakesNoFrameAsBackgroundThatNobodyLookedAt) {
  const std::string clip = addClip(1, "a");
  const std::string proposal = store_.addMask(
      clip, {nerve_, {frameOf(0, 1, 5, 0.8F), frameOf(1, 1, 5, 0.8F)}}, "network", {});
  addFinal(clip, {nerve_, {frameOf(0, 1, 10), frameOf(1, 1, 5, 0.8F), frameOf(2, 1, 0)}},
           proposal);  // frame 1 as proposed, frame 2 without a label, frame 3 not there
  const StoreDataset set = built();
  EXPECT_THAT(names(set), ElementsAre(clip + "-0"));
  EXPECT_EQ(set.left_out.proposed_frames, 1);
  EXPECT_EQ(set.left_out.empty_frames, 1);
  EXPECT_THAT(names(built({.proposed = true, .empty = false})),
              ElementsAre(clip + "-0", clip + "-1"));
  EXPECT_THAT(names(built({.proposed = false, .empty = true})),
              ElementsAre(clip + "-0", clip + "-2"));
}

TEST_F(DatasetFromStore, AFrameThatWasEmptiedDoesNotComeBackFromAnOlderVersion) {
  const std::string clip = addClip(1, "a");
  const std::string first = addFinal(clip, {nerve_, {frameOf(0, 1, 10), frameOf(1, 1, 10)}});
  addFinal(clip, {nerve_, {frameOf(0, 1, 0), frameOf(1, 1, 10)}}, first);
  EXPECT_THAT(names(built()), ElementsAre(clip + "-1"));
}

TEST_F(DatasetFromStore, LeavesOutMasksInWhichALabelCouldNotBeDrawn) {
  const std::string both = addClip(1, "a"), one = addClip(2, "b");
  addFinal(both, {{{3, "vessel"}, {1, "nerve"}}, {frameOf(0, 3, 7)}});
  addFinal(one, {nerve_, {frameOf(0, 1, 9)}});
  const StoreDataset set = built();
  EXPECT_THAT(names(set), ElementsAre(both + "-0"));
  EXPECT_EQ(set.left_out.masks_lacking_a_label, 1);
  EXPECT_THAT(set.dataset.labels, ElementsAre(media::Label{1, "nerve"}, media::Label{3, "vessel"}));
  options_.labels = {{5, "nerve"}};
  const StoreDataset nerves = built();
  EXPECT_THAT(names(nerves), UnorderedElementsAre(both + "-0", one + "-0"));
  for (const auto& item : nerves.dataset.cases) {
    EXPECT_EQ(std::ranges::count(item.truth, 5), item.name == one + "-0" ? 9 : 0);
    EXPECT_EQ(std::ranges::count(item.truth, 0), item.name == one + "-0" ? 471 : 480);
  }
}

TEST_F(DatasetFromStore, NumbersLabelsAnewWhereMasksDisagree) {
  addFinal(addClip(1, "a"), {{{1, "nerve"}, {2, "vessel"}}, {frameOf(0, 2, 7)}});
  addFinal(addClip(2, "b"), {{{2, "nerve"}, {1, "vessel"}}, {frameOf(0, 1, 7)}});
  const StoreDataset set = built();
  EXPECT_THAT(set.dataset.labels, ElementsAre(media::Label{1, "nerve"}, media::Label{2, "vessel"}));
  ASSERT_EQ(set.dataset.cases.size(), 2U);
  for (const auto& item : set.dataset.cases) EXPECT_EQ(std::ranges::count(item.truth, 2), 7);
}

TEST_F(DatasetFromStore, AsksForClipsByConditionsAndKeepsPatientsWhole) {
  std::set<std::string> patients;
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    const std::string clip = addClip(seed, "p" + std::to_string(seed / 2));
    addFinal(clip, {nerve_, {frameOf(0, 1, 10), frameOf(2, 1, 10)}});
    patients.insert(store_.clipRow(clip).patient_id);
  }
  options_.split = {.train = 0.5, .val = 0.5, .test = 0.0};
  const StoreDataset all = built();
  EXPECT_EQ(all.dataset.cases.size(), 12U);
  EXPECT_EQ(all.dataset.near_duplicates->groups, static_cast<int>(patients.size()));
  const std::string one = *patients.begin();
  for (const auto& item : built({}, {.patient_id = one}).dataset.cases) EXPECT_EQ(item.group, one);
  EXPECT_THAT(refusal({.body_region = "LIVER"}), HasSubstr("None of the 0 clips"));
}

TEST_F(DatasetFromStore, GuessesNoPixelSize) {
  addFinal(addClip(1, "a", std::nullopt), {nerve_, {frameOf(0, 1, 10)}});
  addFinal(addClip(2, "b", {{0.2, 0.3}}), {nerve_, {frameOf(0, 1, 10)}});
  const StoreDataset set = built();
  for (const auto& item : set.dataset.cases) EXPECT_FALSE(item.pixel_size_mm.has_value());
  EXPECT_EQ(set.clips_of_oblong_pixels, 1);
}

TEST_F(DatasetFromStore, SaysWhyThereIsNothingToTake) {
  const std::string clip = addClip(1, "a");
  store_.addMask(clip, {nerve_, {frameOf(0, 1, 5, 0.8F)}}, "network", {});
  EXPECT_THAT(refusal(), HasSubstr("None of the 0 clips that were drawn on"));
  const std::string drawn = store_.addAnnotation(clip, {nerve_, {frameOf(0, 1, 10)}}, "anna");
  EXPECT_THAT(refusal(), HasSubstr("None of the 1 clips"));
  store_.setAnnotationState(drawn, "final");
  options_.labels = {{1, "bone"}};
  EXPECT_THAT(refusal(), HasSubstr("1 versions lack one of the labels"));
}
}  // namespace
}  // namespace sonotwin::pipeline
