// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/quarantine.h"

#include <dcmtk/dcmdata/dcsequen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>

#include "sonotwin/base/error.h"
#include "sonotwin/dicom/reader.h"
#include "sonotwin/pipeline/ingest.h"
#include "synthetic_object.h"
#include "temporary_folder.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;
using dicom::test::Shape;
using dicom::test::SyntheticObject;

constexpr const char* kName = "Qwertz^Planted";
constexpr media::PixelRectangle kRegion{10, 8, 40, 30};

class Quarantine : public ::testing::Test {
 protected:
  /// A clip of smooth grey, which nobody takes for print.
  void writeObject(bool with_region) {
    const Shape shape{.rows = 40, .cols = 50, .frames = 3};
    SyntheticObject object(shape);
    object.set(DCM_PatientName, kName).set(DCM_PatientID, "4711").set(DCM_StudyDate, "20240229");
    if (with_region) object.region(kRegion);
    object.pixels(dicom::test::smooth8(shape));
    object.save(file_);
  }
  IngestReport take() { return ingest(store_, {file_}, options_, {}); }

  test::TemporaryFolder folder_;
  fs::path file_ = folder_ / "object.dcm";
  store::Store store_ = store::Store::create(folder_ / "store");
  IngestOptions options_;
};

/// Black in `black`, as it was elsewhere.
void expectBlanked(const media::Clip& clip, const media::Clip& original,
                   const std::function<bool(int col, int row)>& black) {
  ASSERT_EQ(clip.info.frame_count, original.info.frame_count);
  for (int i = 0; i < clip.info.frame_count; ++i) {
    const media::Image image = clip.pixels->frame(i), before = original.pixels->frame(i);
    for (int row = 0; row < image.rows; ++row) {
      for (int col = 0; col < image.cols; ++col) {
        const auto at = static_cast<std::size_t>(row * image.cols + col);
        const int expected = black(col, row) ? 0 : std::to_integer<int>(before.data[at]);
        ASSERT_EQ(std::to_integer<int>(image.data[at]), expected) << i << " " << col << " " << row;
      }
    }
  }
}

std::string actionOn(const std::string& keyword, const store::IngestReport& report) {
  const auto act = std::ranges::find(report.actions, keyword, &store::AttributeActions::keyword);
  return act == report.actions.end() ? "none" : act->action;
}

bool inside(const media::PixelRectangle& box, int col, int row) {
  return col >= box.x0 && col < box.x1 && row >= box.y0 && row < box.y1;
}

TEST_F(Quarantine, OutsideTheRegionsIsBlankedAndTheRestStaysAsItWas) {
  writeObject(true);
  const IngestReport report = take();
  ASSERT_EQ(report.added.size(), 1U);
  expectBlanked(store_.clip(report.added[0].clip.id), dicom::readDicom(file_).clip,
                [](int col, int row) { return !inside(kRegion, col, row); });
  const auto reports = store_.ingestReports(report.added[0].clip.id);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(actionOn("PatientName", reports[0]), "D");
}

TEST_F(Quarantine, WhatHasNoRegionWaitsAndComesInAsAPersonSays) {
  writeObject(false);
  const IngestReport report = take();
  EXPECT_TRUE(report.added.empty());
  ASSERT_EQ(report.quarantined.size(), 1U);
  EXPECT_TRUE(store_.clips().empty());
  const std::string id = report.quarantined[0].id;
  const IngestReport again = take();  // it waits once
  EXPECT_EQ(again.quarantined.at(0).id, id);
  EXPECT_EQ(again.quarantined.at(0).reason, report.quarantined[0].reason);
  EXPECT_TRUE(report.quarantined[0].notes.empty());
  EXPECT_EQ(again.quarantined[0].notes.size(), 1U);  // that options given now are not its own
  ASSERT_EQ(store_.quarantined().size(), 1U);
  EXPECT_EQ(quarantinedClip(store_, id).info.frame_count, 3);

  constexpr std::array kBoxes = {media::PixelRectangle{0, 0, 20, 5},
                                 media::PixelRectangle{30, 30, 50, 40}};
  const store::AddedClip added = releaseFromQuarantine(store_, id, kBoxes, {});
  EXPECT_TRUE(added.added);
  expectBlanked(store_.clip(added.id), dicom::readDicom(file_).clip, [&](int col, int row) {
    return inside(kBoxes[0], col, row) || inside(kBoxes[1], col, row);
  });
  EXPECT_TRUE(store_.quarantined().empty());
  const auto reports = store_.ingestReports(added.id);
  ASSERT_EQ(reports.size(), 2U);  // the header's and the pixels'
  EXPECT_EQ(actionOn("PatientName", reports[0]), "D");
  ASSERT_EQ(reports[1].actions.size(), 1U);
  EXPECT_EQ(actionOn("PixelData", reports[1]), "blank");
  EXPECT_EQ(take().known.size(), 1U);
  EXPECT_THROW(std::ignore = releaseFromQuarantine(store_, id, kBoxes, {}), Error);
  EXPECT_TRUE(store_.verify(store::VerifyDepth::kBytes, {}).empty());
}

TEST_F(Quarantine, KeepsTheExamInPlace) {
  writeObject(false);
  const std::string id = take().quarantined.at(0).id;
  const std::string clip = releaseFromQuarantine(store_, id, {}, {}).id;
  options_.pixels_checked = true;
  const store::ClipRow row = store_.clipRow(clip);
  EXPECT_TRUE(row.day_known);
  SyntheticObject later(Shape{.rows = 40, .cols = 50});
  later.set(DCM_PatientName, kName).set(DCM_PatientID, "4711").set(DCM_StudyDate, "20240310");
  later.set(DCM_StudyInstanceUID, "1.2.3.4").pixels(dicom::test::smooth8({.rows = 40, .cols = 50}));
  later.save(folder_ / "later.dcm");
  const auto second = ingest(store_, {folder_ / "later.dcm"}, options_, {}).added.at(0).clip;
  EXPECT_EQ(second.patient_id, row.patient_id);
  EXPECT_EQ(store_.clipRow(second.id).day, 10);  // 29 February to 10 March
}

TEST_F(Quarantine, WhatAPersonVouchesForWaitsNoLonger) {
  writeObject(false);
  const std::string id = take().quarantined.at(0).id;
  options_.pixels_checked = true;
  EXPECT_EQ(take().added.size(), 1U);
  EXPECT_TRUE(store_.quarantined().empty());
  EXPECT_EQ(store_.quarantineRow(id).state, "released");
}

TEST_F(Quarantine, RefusesBoxesOutsideThePicture) {
  writeObject(false);
  const std::string id = take().quarantined.at(0).id;
  for (const media::PixelRectangle box :
       {media::PixelRectangle{0, 0, 51, 5}, {-1, 0, 5, 5}, {5, 5, 5, 9}}) {
    EXPECT_THROW(std::ignore = releaseFromQuarantine(store_, id, std::span(&box, 1), {}), Error);
  }
  EXPECT_EQ(store_.quarantined().size(), 1U);
}

TEST_F(Quarantine, NoNameGetsIntoTheStore) {
  writeObject(false);
  const std::string id = take().quarantined.at(0).id;
  std::ignore = releaseFromQuarantine(store_, id, {}, {});
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
    if (!entry.is_regular_file() || entry.path() == file_) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    EXPECT_EQ(bytes.find("Qwertz"), std::string::npos) << entry.path();
    EXPECT_EQ(bytes.find("20240229"), std::string::npos) << entry.path();
  }
}
}  // namespace
}  // namespace sonotwin::pipeline
