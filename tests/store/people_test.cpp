// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <map>
#include <utility>

#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class People : public testing::Test {
 protected:
  std::string add(std::uint32_t seed, const std::string& patient, std::optional<int> day) {
    return store_.addClip(noiseClip(seed), originOf(patient, day), {}).id;
  }
  [[nodiscard]] std::vector<int> daysOf(const std::string& patient) const {
    std::vector<int> days;
    for (const StudyRow& study : store_.studies(store_.pseudonym(patient))) {
      days.push_back(study.day_known ? study.day : -1);
    }
    return days;
  }
  void expectWhole() const { EXPECT_THAT(store_.verify(VerifyDepth::kBytes, {}), IsEmpty()); }

  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
  Store store_ = Store::create(folder_);
};

// Exams on days 100, 130 | 90, 115, unknown: their true intervals, though each pseudonym has its
// own shift.
TEST_F(People, MergedExamsStandOnOneTimeLine) {
  add(1, "a", 20100);
  add(2, "a", 20130);
  add(3, "b", 20090);
  const std::string clip = add(4, "b", 20115);
  add(5, "b", std::nullopt);
  const std::string a = store_.pseudonym("a"), b = store_.pseudonym("b");
  ASSERT_NE(store_.alias(originOf("a")).day_shift, store_.alias(originOf("b")).day_shift);
  store_.mergePatients(a, b);
  EXPECT_THAT(daysOf("a"), ElementsAre(0, 10, 25, 40, -1));
  EXPECT_EQ(daysOf("b"), daysOf("a"));
  EXPECT_EQ(store_.pseudonym("b"), a);
  EXPECT_EQ(store_.alias(originOf("b")).id, b);
  ASSERT_EQ(store_.patients().size(), 1U);
  const PatientDetail detail = store_.patient(b);
  EXPECT_EQ(detail.patient.id, a);
  EXPECT_THAT(detail.patient.merged, ElementsAre(b));
  EXPECT_EQ(detail.patient.exam_count, 5);
  EXPECT_EQ(detail.patient.clip_count, 5);
  EXPECT_EQ(detail.patient.last_exam_day, 40);
  EXPECT_EQ(detail.studies.size(), 5U);
  EXPECT_EQ(detail.studies[2].number, 3);
  EXPECT_EQ(store_.clipRow(clip).patient_id, a);
  EXPECT_EQ(store_.clipRow(clip).day, 25);
  EXPECT_EQ(store_.count({.patient_id = b, .from_day = 20, .to_day = 30}), 1);
  expectWhole();
}

TEST_F(People, MeasurementsStandOnThePersonsTimeLine) {
  const auto measure = [&](const std::string& clip, const std::string& json) {
    return store_.addRecord("measurement", "size", json, {.made_from = {clip}});
  };
  const std::string later = measure(add(1, "a", 20100), R"({"volume_ml":2})");
  const std::string clip = add(2, "b", 20090), earlier = measure(clip, R"({"volume_ml":1})");
  EXPECT_EQ(measure(clip, R"({"volume_ml":1})"), earlier) << "the same again adds nothing";
  store_.addRecord("measurement", "of nothing", "{}", {});
  store_.addRecord("dataset", "no measurement", "{}", {});
  const auto days = [&] {
    std::map<std::string, std::pair<std::string, int>> found;
    for (const MeasurementRow& row : store_.measurements()) {
      if (row.day_known) found[row.id] = {row.patient_id, row.day};
    }
    return found;
  };
  const std::string a = store_.pseudonym("a"), b = store_.pseudonym("b");
  EXPECT_EQ(store_.measurements().size(), 3U);
  EXPECT_EQ(days().at(later), std::pair(a, 0));
  EXPECT_EQ(days().at(earlier), std::pair(b, 0));
  store_.mergePatients(a, b);
  EXPECT_EQ(days().at(later), std::pair(a, 10));
  EXPECT_EQ(days().at(earlier), std::pair(a, 0));
  const std::vector<MeasurementRow> of_clip = store_.measurements(clip);
  ASSERT_EQ(of_clip.size(), 1U);
  EXPECT_EQ(of_clip[0].of_id, clip);
  EXPECT_EQ(of_clip[0].of_kind, "clip");
  EXPECT_EQ(store_.measurements().at(1).id, earlier) << "by day, not in order of arrival";
  store_.unmergePatient(b);
  EXPECT_EQ(days().at(later), std::pair(a, 0));
}

TEST_F(People, AnExamIsHeldToItsProtocolWhoeverIsScanned) {
  add(1, "a", 20100);
  add(3, "a", 20130);
  const std::string study = store_.clipRow(add(2, "b", 20090)).study_id;
  const std::string a = store_.pseudonym("a"), b = store_.pseudonym("b");
  const auto held = [&] { return store_.study(study).study.protocol; };
  store_.saveProtocol({"neck", {{"left", "neck", ""}}});
  EXPECT_EQ(held(), std::nullopt);
  store_.setAuthor("anna");
  store_.holdToProtocol(study, "neck");
  EXPECT_EQ(store_.audit(1).at(0).author + store_.audit(1).at(0).act + store_.audit(1).at(0).object,
            "annaexam held to protocol" + study);
  EXPECT_EQ(store_.audit(1).at(0).detail, "neck");
  store_.mergePatients(a, b);
  EXPECT_EQ(held(), "neck");
  store_.unmergePatient(b);
  EXPECT_EQ(held(), "neck");
  for (const StudyRow& row : store_.studies(a)) EXPECT_EQ(row.protocol, std::nullopt);
  store_.saveProtocol({"neck", {{"right", "neck", ""}}});
  EXPECT_EQ(held(), "neck") << "saved anew";
  store_.saveProtocol({"thyroid", {{"right", "neck", ""}}}, "neck");
  EXPECT_EQ(held(), "thyroid") << "under its new name";
  ASSERT_EQ(store_.protocols().size(), 1U);
  expectWhole();
}

TEST_F(People, WhatAnExamIsHeldToIsTakenBack) {
  const std::string study = store_.clipRow(add(1, "a", 20100)).study_id;
  const auto held = [&] { return store_.study(study).study.protocol; };
  for (const char* name : {"neck", "liver"}) store_.saveProtocol({name, {{"left", name, ""}}});
  store_.holdToProtocol(study, "");
  EXPECT_EQ(held(), "") << "to none, as a person said";
  store_.holdToProtocol(study, std::nullopt);
  EXPECT_EQ(held(), std::nullopt);
  store_.holdToProtocol(study, "liver");
  store_.holdToProtocol(study, "neck");
  EXPECT_EQ(held(), "neck");
  EXPECT_EQ(failureOf([&] { store_.holdToProtocol(study, "x"); }).kind, ErrorKind::kNotFound);
  EXPECT_EQ(failureOf([&] { store_.holdToProtocol("study-0", ""); }).kind, ErrorKind::kNotFound);
  EXPECT_EQ(failureOf([&] {
              store_.saveProtocol({"liver", {{"l", "l", ""}}}, "neck");
            }).kind,
            ErrorKind::kConflict);
  EXPECT_EQ(held(), "neck") << "what was refused changes nothing";
  store_.removeProtocol("neck");
  EXPECT_EQ(held(), std::nullopt);
  expectWhole();
}

TEST_F(People, MeasurementsOfOnePersonAreFoundByEitherPseudonym) {
  const auto measure = [&](const std::string& clip) {
    return store_.addRecord("measurement", "size", "{}", {.made_from = {clip}});
  };
  const std::string ones = measure(add(1, "a", 20100)), others = measure(add(2, "b", 20090));
  const std::string a = store_.pseudonym("a"), b = store_.pseudonym("b");
  const auto ids = [&](const std::string& patient) {
    std::vector<std::string> found;
    for (const MeasurementRow& row : store_.measurementsOf(patient)) found.push_back(row.id);
    return found;
  };
  EXPECT_THAT(ids(a), ElementsAre(ones));
  EXPECT_THAT(ids("P-0"), IsEmpty());
  store_.mergePatients(a, b);
  EXPECT_THAT(ids(a), ElementsAre(others, ones));
  EXPECT_EQ(ids(b), ids(a));
}

TEST_F(People, LaterFilesOfEitherJoinThePerson) {
  const std::string first = add(1, "a", 20100);
  add(2, "b", 20090);
  store_.mergePatients(store_.pseudonym("a"), store_.pseudonym("b"));
  add(3, "b", 20080);  // a new first exam
  add(4, "a", 20200);
  EXPECT_THAT(daysOf("a"), ElementsAre(0, 10, 20, 120));
  EXPECT_EQ(store_.clipRow(first).day, 20);
  EXPECT_EQ(store_.patients().size(), 1U);
  EXPECT_FALSE(store_.addClip(noiseClip(2), originOf("b", 20090), {}).added);
  expectWhole();
}

TEST_F(People, UnmergingGivesBackWhatWas) {
  const std::string one = add(1, "a", 20100), two = add(2, "b", 20090);
  add(3, "b", 20095);
  const std::string a = store_.pseudonym("a"), b = store_.pseudonym("b");
  const std::string study = store_.clipRow(two).study_id;
  store_.mergePatients(a, b);
  EXPECT_EQ(store_.clipRow(one).day, 10);
  EXPECT_EQ(store_.clipRow(two).id, two) << "ids stay";
  EXPECT_EQ(store_.clipRow(two).study_id, study);
  store_.unmergePatient(b);
  EXPECT_THAT(daysOf("a"), ElementsAre(0));
  EXPECT_THAT(daysOf("b"), ElementsAre(0, 5));
  EXPECT_EQ(store_.clipRow(one).day, 0);
  EXPECT_EQ(store_.clipRow(two).patient_id, b);
  EXPECT_EQ(store_.patients().size(), 2U);
  EXPECT_EQ(store_.audit(1).at(0).act, "patients unmerged");
  expectWhole();
}

// c into b, b into a; then b leaves, and takes c with it.
TEST_F(People, ThoseMergedBeforeGoAlong) {
  add(1, "a", 20000);
  add(2, "b", 20010);
  add(3, "c", 20030);
  const std::string a = store_.pseudonym("a"), b = store_.pseudonym("b"), c = store_.pseudonym("c");
  store_.mergePatients(b, c);
  store_.mergePatients(a, c);  // c stands for b by now
  EXPECT_THAT(daysOf("c"), ElementsAre(0, 10, 30));
  EXPECT_THAT(store_.patient(a).patient.merged, UnorderedElementsAre(b, c));
  store_.unmergePatient(b);
  EXPECT_THAT(daysOf("a"), ElementsAre(0));
  EXPECT_THAT(daysOf("b"), ElementsAre(0, 20));
  EXPECT_THAT(store_.patient(b).patient.merged, ElementsAre(c));
  store_.unmergePatient(c);
  EXPECT_EQ(store_.patients().size(), 3U);
  expectWhole();
}

TEST_F(People, RefusesWhatMakesNoSense) {
  add(1, "a", 20000);
  add(2, "b", 20010);
  const std::string a = store_.pseudonym("a"), b = store_.pseudonym("b");
  EXPECT_EQ(failureOf([&] { store_.mergePatients(a, a); }).kind, ErrorKind::kConflict);
  EXPECT_EQ(failureOf([&] { store_.mergePatients(a, "P-0"); }).kind, ErrorKind::kNotFound);
  EXPECT_EQ(failureOf([&] { store_.unmergePatient(b); }).kind, ErrorKind::kConflict);
  store_.mergePatients(a, b);
  EXPECT_EQ(failureOf([&] { store_.mergePatients(b, a); }).kind, ErrorKind::kConflict);
  EXPECT_EQ(failureOf([&] { store_.unmergePatient(a); }).kind, ErrorKind::kConflict);
  EXPECT_EQ(failureOf([&] { std::ignore = store_.patient("P-0"); }).kind, ErrorKind::kNotFound);
  EXPECT_EQ(failureOf([&] { std::ignore = store_.study("study-0"); }).kind, ErrorKind::kNotFound);
  expectWhole();
}

// Without the key, what the shifts differ by cannot be known.
TEST_F(People, MergingNeedsTheKey) {
  add(1, "a", 20000);
  add(2, "b", 20010);
  const std::string a = store_.pseudonym("a"), b = store_.pseudonym("b");
  fs::remove(scratch_.path() / "store.key");
  Store keyless = Store::open(folder_);
  EXPECT_EQ(failureOf([&] { keyless.mergePatients(a, b); }).kind, ErrorKind::kNotFound);
  EXPECT_EQ(keyless.patients().size(), 2U);
}

TEST_F(People, ShowsAnExamAndTellsKindsApart) {
  const Family ids = addFamily(store_, "a");
  const std::string study = store_.clipRow(ids.clip).study_id;
  const StudyDetail detail = store_.study(study);
  EXPECT_EQ(detail.study.id, study);
  EXPECT_THAT(detail.series_ids, ElementsAre(store_.clipRow(ids.clip).series_id));
  ASSERT_EQ(detail.clips.size(), 1U);
  EXPECT_EQ(detail.clips[0].id, ids.clip);
  EXPECT_EQ(store_.kindOf(store_.pseudonym("a")), "patient");
  EXPECT_EQ(store_.kindOf(study), "study");
  EXPECT_EQ(store_.kindOf(detail.series_ids[0]), "series");
  EXPECT_EQ(store_.kindOf(ids.surface), "surface");
  EXPECT_EQ(failureOf([&] { std::ignore = store_.kindOf("x"); }).kind, ErrorKind::kNotFound);
}

TEST_F(People, LineageReachesEverythingBothWays) {
  const Family ids = addFamily(store_, "a");
  const std::string data = store_.addRecord("dataset", "set", "{}", {.made_from = {ids.mask}});
  const std::string run = store_.addRecord("training", "run", "{}", {.made_from = {data}});
  const std::string model = store_.addModel("second", "{}", {.made_from = {run}});
  const auto idsOf = [&](const std::string& id) {
    std::vector<std::string> found;
    for (const LineageNode& node : store_.lineageGraph(id).nodes) found.push_back(node.id);
    return found;
  };
  EXPECT_THAT(idsOf(model), ElementsAre(ids.clip, ids.model, ids.mask, data, run, model));
  EXPECT_THAT(idsOf(ids.volume),
              ElementsAre(ids.clip, ids.model, ids.mask, ids.volume, ids.surface));
  EXPECT_EQ(idsOf(ids.clip).size(), 7U);
  const LineageGraph graph = store_.lineageGraph(run);
  std::vector<std::string> edges;
  for (const auto& edge : graph.edges) edges.push_back(edge.child + "<" + edge.parent);
  EXPECT_THAT(edges,
              UnorderedElementsAre(ids.mask + "<" + ids.clip, ids.mask + "<" + ids.model,
                                   data + "<" + ids.mask, run + "<" + data, model + "<" + run));
  EXPECT_EQ(store_.records("training").at(0).name, "run");
  EXPECT_EQ(store_.records().size(), 2U);
}
}  // namespace
}  // namespace sonotwin::store
