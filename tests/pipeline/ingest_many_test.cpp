// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/dcmdata/dcsequen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stop_token>

#include "key_pair.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/pipeline/ingest.h"
#include "synthetic_object.h"
#include "temporary_folder.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;
using dicom::test::Shape;

/// Folders of small objects of smooth grey, with a region, no two the same.
class IngestMany : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(in_); }

  void write(const std::string& name, const std::string& patient, bool with_region = true) {
    const Shape shape{.rows = 40, .cols = 50};
    dicom::test::SyntheticObject object(shape);
    object.set(DCM_PatientID, patient).set(DCM_StudyInstanceUID, "1.2." + std::to_string(written_));
    if (with_region) object.region({10, 8, 40, 30});
    dicom::test::Bytes8 pixels = dicom::test::smooth8(shape);
    pixels[20 * 50 + 20] = static_cast<std::uint8_t>(++written_);
    object.pixels(pixels);
    object.save(in_ / name);
  }
  static std::string nameOf(int number) { return std::to_string(1000 + number) + ".dcm"; }
  void writeMany(int count) {
    for (int i = 0; i < count; ++i) write(nameOf(i), "patient " + std::to_string(i / 7));
  }
  IngestReport take(const Progress& progress = {}) {
    return ingest(store_, {in_}, options_, progress);
  }

  test::TemporaryFolder folder_;
  fs::path in_ = folder_ / "in";
  store::Store store_ = store::Store::create(folder_ / "store");
  IngestOptions options_;

 private:
  int written_ = 0;
};

std::vector<std::string> namesOf(const std::vector<IngestedFile>& files) {
  std::vector<std::string> names;
  for (const IngestedFile& file : files) names.push_back(file.path.filename());
  return names;
}

TEST_F(IngestMany, TakesEachInOrderAndAnswersForTheBadOnesAlone) {
  constexpr int kCount = 90;  // more than fit in one batch
  options_.pixels_checked = true;
  writeMany(kCount);
  writeFileAtomically(in_ / "1040a.dcm", "rubbish");
  fs::copy_file(in_ / nameOf(50), in_ / "1050a.dcm");  // the same object, in the same batch or not
  media::writePng(in_ / "1060a.png", media::Image(7, 9));
  const IngestReport report = take();

  std::vector<std::string> expected;
  for (int i = 0; i < kCount; ++i) {
    expected.push_back(nameOf(i));
    if (i == 60) expected.emplace_back("1060a.png");
  }
  EXPECT_EQ(namesOf(report.added), expected);
  EXPECT_EQ(namesOf(report.known), std::vector<std::string>{"1050a.dcm"});
  EXPECT_EQ(report.known.at(0).clip.id, report.added.at(50).clip.id);
  ASSERT_EQ(report.refused.size(), 1U);
  EXPECT_EQ(report.refused[0].path.filename(), "1040a.dcm");
  EXPECT_EQ(store_.count(), kCount + 1);
  EXPECT_TRUE(store_.verify(store::VerifyDepth::kBytes, {}).empty());
  EXPECT_TRUE(fs::is_empty(folder_ / "store/tmp"));

  const IngestReport again = take();
  EXPECT_TRUE(again.added.empty());
  EXPECT_EQ(again.known.size(), report.added.size() + 1);
  EXPECT_EQ(again.refused.size(), 1U);
}

TEST_F(IngestMany, EachHasItsOwnPixelsAndPatient) {
  options_.pixels_checked = true;
  writeMany(40);
  const IngestReport report = take();
  ASSERT_EQ(report.added.size(), 40U);
  std::map<std::string, std::string> patient_of_pseudonym;
  for (int i = 0; i < 40; ++i) {
    const auto& clip = report.added[static_cast<std::size_t>(i)].clip;
    const media::Image image = store_.clip(clip.id).pixels->frame(0);
    EXPECT_EQ(std::to_integer<int>(image.data[20 * 50 + 20]), i + 1);
    const std::string patient = "patient " + std::to_string(i / 7);
    EXPECT_EQ(patient_of_pseudonym.try_emplace(clip.patient_id, patient).first->second, patient);
    EXPECT_EQ(store_.ingestReports(clip.id).size(), 1U);
  }
  EXPECT_EQ(patient_of_pseudonym.size(), 6U);
}

TEST_F(IngestMany, WhatWaitsIsAmongThem) {
  for (int i = 0; i < 12; ++i) write(nameOf(i), "one", i % 3 != 0);
  fs::copy_file(in_ / nameOf(0), in_ / "1000a.dcm");
  const IngestReport report = take();
  EXPECT_EQ(report.added.size(), 8U);
  ASSERT_EQ(report.quarantined.size(), 5U);
  EXPECT_EQ(report.quarantined[0].id, report.quarantined[1].id);
  EXPECT_EQ(store_.quarantined().size(), 4U);
  const auto audit = store_.audit(1000);
  EXPECT_EQ(std::ranges::count(audit, "quarantined", &store::AuditEntry::act), 4);
}

TEST_F(IngestMany, CancelledInTheMiddleItLeavesAWholeStoreThatCanBeCompleted) {
  options_.pixels_checked = true;
  writeMany(80);
  std::stop_source stop;
  const Progress progress(
      [&](double, std::string_view stage) {
        if (stage.starts_with("file 50 ")) stop.request_stop();
      },
      stop.get_token());
  try {
    std::ignore = take(progress);
    FAIL() << "not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  }
  EXPECT_LT(store_.count(), 80);
  EXPECT_TRUE(store_.verify(store::VerifyDepth::kBytes, {}).empty());
  EXPECT_TRUE(fs::is_empty(folder_ / "store/tmp"));
  const IngestReport rest = take();
  EXPECT_EQ(rest.added.size() + rest.known.size(), 80U);
  EXPECT_EQ(store_.count(), 80);
}

TEST_F(IngestMany, ProgressOnlyGrows) {
  options_.pixels_checked = true;
  writeMany(70);
  double last = 0.0;
  std::ignore = take(Progress([&](double fraction, std::string_view) {
    EXPECT_GE(fraction, last - 1e-9);
    EXPECT_LE(fraction, 1.0);
    last = fraction;
  }));
  EXPECT_EQ(last, 1.0);
}

TEST_F(IngestMany, TheVaultHasEveryPatientOnceAlsoThoseWhoCameBefore) {
  const test::KeyPair pair(folder_.path(), "officer");
  options_.pixels_checked = true;
  writeMany(10);
  ASSERT_EQ(take().added.size(), 10U);
  EXPECT_FALSE(fs::exists(folder_ / "store.vault"));
  store_.enableVault(readTextFile(pair.certificate));
  for (int i = 10; i < 20; ++i) write(nameOf(i), "patient " + std::to_string(i / 7));
  const IngestReport report = take();
  EXPECT_EQ(report.known.size(), 10U);
  EXPECT_EQ(report.added.size(), 10U);
  const auto entries = fs::directory_iterator(folder_ / "store.vault");
  EXPECT_EQ(std::distance(fs::begin(entries), fs::end(entries)), 3 + 1);  // and the certificate
  for (const auto& clip : store_.clips()) {
    const auto who =
        store_.reidentify(clip.patient_id, readTextFile(pair.key), {}, "a test of the vault");
    ASSERT_EQ(who.size(), 1U);
    EXPECT_TRUE(who[0].identity.patient_id.starts_with("patient "));
  }
}

TEST_F(IngestMany, KnownWithOtherOptionsIsSaidSo) {
  options_.pixels_checked = true;
  writeMany(2);
  ASSERT_EQ(take().added.size(), 2U);
  EXPECT_TRUE(take().known.at(0).notes.empty());
  options_.deidentify.keep_patient_characteristics = true;
  const IngestReport report = take();
  ASSERT_EQ(report.known.size(), 2U);
  EXPECT_EQ(report.known[0].notes.size(), 1U);
  options_.deidentify = {};
  options_.deidentify.shift_dates = false;
  EXPECT_EQ(take().known.at(1).notes.size(), 1U);
}

TEST_F(IngestMany, SaysWhereAnObjectDiffersFromOneThatHasItsNumber) {
  options_.pixels_checked = true;
  const Shape shape{.rows = 40, .cols = 50};
  dicom::test::SyntheticObject object(shape);
  object.set(DCM_StudyDate, "20240229").region({10, 8, 40, 30});
  object.pixels(dicom::test::smooth8(shape)).save(in_ / "a.dcm");
  fs::copy(in_ / "a.dcm", in_ / "b.dcm");  // the same once more needs no word
  const IngestReport same = take();
  EXPECT_EQ(same.added.at(0).notes, same.known.at(0).notes);

  object.set(DCM_StudyDate, "20240301").save(in_ / "b.dcm");
  const IngestReport corrected = take();
  ASSERT_EQ(corrected.known.size(), 2U);
  EXPECT_EQ(corrected.known[0].notes, same.known[0].notes);
  ASSERT_EQ(corrected.known[1].notes.size(), same.known[0].notes.size() + 1);
  EXPECT_NE(corrected.known[1].notes.back().find("another header"), std::string::npos);

  object.pixels(dicom::test::noise8(shape.sampleCount(), 1)).save(in_ / "c.dcm");
  object.pixels(dicom::test::noise8(shape.sampleCount(), 2)).save(in_ / "d.dcm");
  const IngestReport twins = take();
  ASSERT_EQ(twins.added.size(), 2U);
  EXPECT_NE(twins.added[1].notes.back().find(twins.added[0].clip.id), std::string::npos);
}

// Pseudonyms are short, and grow where two patients would share one: also where both are new and
// stand in one batch.
TEST_F(IngestMany, TwoPatientsWhoWouldShareAPseudonymDoNot) {
  std::map<std::string, std::string> patient_of;
  std::vector<std::string> pair;
  for (int i = 0; pair.empty(); ++i) {
    const std::string patient = std::to_string(i);
    const auto [other, is_new] =
        patient_of.try_emplace(store_.pseudonym("id||" + patient), patient);
    if (!is_new) pair = {other->second, patient};
  }
  options_.pixels_checked = true;
  write("a.dcm", pair[0]);
  write("b.dcm", pair[1]);
  const IngestReport report = take();
  ASSERT_EQ(report.added.size(), 2U);
  EXPECT_NE(report.added[0].clip.patient_id, report.added[1].clip.patient_id);
  for (const IngestedFile& file : report.added) {
    const fs::path out = folder_ / "out.dcm";
    ASSERT_TRUE(store_.writeDicom(file.clip.id, out, {}));
    EXPECT_EQ(dicom::readDicom(out).identity.patient_id, file.clip.patient_id);
  }
}
}  // namespace
}  // namespace sonotwin::pipeline
