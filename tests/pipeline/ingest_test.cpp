// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/ingest.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <stop_token>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/media/calibration_io.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/media/sequence_io.h"
#include "temporary_folder.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

media::Clip trackedClip(int level = 1) {
  media::Clip clip;
  clip.info.frame_count = 3;
  clip.info.rows = 4;
  clip.info.cols = 5;
  clip.info.tracked = true;
  clip.info.world = "Tracker";
  std::vector<media::Image> frames;
  for (int f = 0; f < 3; ++f) {
    media::Image image(4, 5);
    std::ranges::fill(image.samples<std::uint8_t>(), static_cast<std::uint8_t>(10 * f + level));
    frames.push_back(std::move(image));
    Eigen::Matrix4d pose = Eigen::Matrix4d::Identity();
    pose(2, 3) = f;
    clip.frames.push_back({f / 30.0, media::PoseStatus::kValid, media::WorldFromProbe(pose)});
  }
  clip.pixels = std::make_shared<media::MemoryFrames>(std::move(frames));
  return clip;
}

media::Calibration calibration() {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix(0, 0) = 0.2;
  matrix(1, 1) = 0.25;
  return {media::ProbeFromImage(matrix), {}};
}

class Ingest : public ::testing::Test {
 protected:
  IngestReport ingestFolder() { return ingest(store_, {folder_ / "in"}, options_, {}); }

  test::TemporaryFolder folder_;
  store::Store store_ = store::Store::create(folder_ / "store");
  IngestOptions options_;

  void SetUp() override { fs::create_directories(folder_ / "in"); }
};

TEST_F(Ingest, TakesPicturesAndSweepsAndPassesOverTheRest) {
  media::writePng(folder_ / "in/picture.png", media::Image(7, 9, 3));
  media::writeSequence(folder_ / "in/sweep.igs.mha", trackedClip(), true);
  writeFileAtomically(folder_ / "in/notes.txt", "not an image");
  const IngestReport report = ingestFolder();
  ASSERT_EQ(report.added.size(), 2U);
  EXPECT_TRUE(report.refused.empty());
  EXPECT_EQ(report.added[0].clip.cols, 9);
  EXPECT_EQ(report.added[0].clip.channels, 3);
  EXPECT_EQ(report.added[1].clip.frames, 3);
  EXPECT_TRUE(report.added[1].clip.tracked);
  EXPECT_FALSE(report.added[1].clip.calibrated);
}

/// Everything that lies in a folder's files, one after the other.
std::string allBytesIn(const fs::path& folder) {
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) all += readTextFile(entry.path(), 100'000'000);
  }
  return all;
}

void replaceAll(std::string& text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

TEST_F(Ingest, WhatASweepsHeaderSaysInPeoplesWordsDoesNotComeAlong) {
  media::Clip clip = trackedClip();
  clip.info.body_region = "Anna Blomkvist QZVBODY";
  clip.info.world = "QZVWORLDBlomkvist";
  media::writeSequence(folder_ / "in/a.mha", clip, false);
  // A tool that is no probe, an orientation and a kind of image of the person's own making.
  clip.info.world = "Tracker";
  clip.pixels = trackedClip(3).pixels;
  media::writeSequence(folder_ / "in/b.mha", clip, false);
  std::string text = readTextFile(folder_ / "in/b.mha", 1'000'000);
  ASSERT_NE(text.find("ProbeToTracker"), text.npos);
  replaceAll(text, "ProbeToTracker", "QZVPROBEBlomkvistToTracker");
  replaceAll(text, "UltrasoundImageOrientation = MFA",
             "UltrasoundImageOrientation = Blomkvist QZV");
  replaceAll(text, "UltrasoundImageType = ", "UltrasoundImageType = RF Blomkvist QZV ");
  writeFileAtomically(folder_ / "in/b.mha", text);
  clip.info.body_region = "Left thyroid";
  clip.pixels = trackedClip(4).pixels;
  media::writeSequence(folder_ / "in/c.mha", clip, false);

  const IngestReport report = ingestFolder();
  ASSERT_EQ(report.added.size(), 3U);
  const std::string stored = allBytesIn(folder_ / "store");
  EXPECT_EQ(stored.find("Blomkvist"), stored.npos);
  EXPECT_EQ(stored.find("QZV"), stored.npos);
  const auto infoOf = [&](std::size_t i) { return store_.clip(report.added[i].clip.id).info; };
  EXPECT_EQ(infoOf(0).world, "Other");
  EXPECT_EQ(infoOf(0).body_region, "");
  EXPECT_EQ(infoOf(1).orientation, "");
  EXPECT_EQ(infoOf(2).body_region, "Left thyroid");
}

TEST_F(Ingest, RepeatedIngestAddsNothing) {
  media::writePng(folder_ / "in/picture.png", media::Image(7, 9));
  media::writeSequence(folder_ / "in/sweep.igs.mha", trackedClip(), false);
  const auto first = ingestFolder();
  const auto second = ingestFolder();
  EXPECT_TRUE(second.added.empty());
  ASSERT_EQ(second.known.size(), 2U);
  EXPECT_EQ(second.known[0].clip.id, first.added[0].clip.id);
  EXPECT_EQ(store_.clips().size(), 2U);
}

TEST_F(Ingest, CalibrationGivenOrBesideTheSweepSetsTheSpacing) {
  media::writeSequence(folder_ / "in/sweep.igs.mha", trackedClip(), false);
  media::writeCalibration(folder_ / "in/calibration.xml", calibration());
  const auto report = ingestFolder();
  ASSERT_EQ(report.added.size(), 1U);
  EXPECT_TRUE(report.added[0].clip.calibrated);
  ASSERT_TRUE(report.added[0].clip.spacing_mm.has_value());
  EXPECT_NEAR((*report.added[0].clip.spacing_mm)[0], 0.2, 1e-9);
  EXPECT_NEAR((*report.added[0].clip.spacing_mm)[1], 0.25, 1e-9);
  ASSERT_FALSE(report.added[0].notes.empty());  // the person is told where it came from
}

TEST_F(Ingest, OneBadFileIsNamedAndTheRestGoOn) {
  media::writePng(folder_ / "in/a.png", media::Image(7, 9));
  writeFileAtomically(folder_ / "in/b.png", "rubbish");
  writeFileAtomically(folder_ / "in/c.mha", "rubbish");
  media::writePng(folder_ / "in/d.png", media::Image(3, 3));
  const auto report = ingestFolder();
  EXPECT_EQ(report.added.size(), 2U);
  ASSERT_EQ(report.refused.size(), 2U);
  for (const auto& refusal : report.refused) {
    EXPECT_EQ(refusal.reason.find(refusal.path.string()), std::string::npos);  // said once
    EXPECT_EQ(refusal.reason.find('\n'), std::string::npos);
  }
}

TEST_F(Ingest, ANamedFileIsAlwaysAnsweredFor) {
  writeFileAtomically(folder_ / "in/notes.txt", "not an image");
  const auto report = ingest(store_, {folder_ / "in/notes.txt"}, options_, {});
  ASSERT_EQ(report.refused.size(), 1U);
  EXPECT_THROW(std::ignore = ingest(store_, {folder_ / "absent"}, options_, {}), Error);
}

TEST_F(Ingest, BlankedAnewIsAnotherClip) {
  media::Image bright(7, 9);
  std::ranges::fill(bright.samples<std::uint8_t>(), std::uint8_t{200});
  media::writePng(folder_ / "in/a.png", bright);
  const auto first = ingestFolder();
  options_.blank = {{2, 1, 5, 3}};
  const auto second = ingestFolder();
  ASSERT_EQ(second.added.size(), 1U);
  EXPECT_NE(second.added[0].clip.id, first.added[0].clip.id);
  const media::Image image = store_.clip(second.added[0].clip.id).pixels->frame(0);
  for (int row = 0; row < 7; ++row) {
    for (int col = 0; col < 9; ++col) {
      const bool black = col >= 2 && col < 5 && row >= 1 && row < 3;
      const auto at = static_cast<std::size_t>(9 * row + col);
      EXPECT_EQ(image.samples<std::uint8_t>()[at], black ? 0 : 200) << col << ' ' << row;
    }
  }
}

TEST_F(Ingest, SaysThatAFolderStandsForAPatient) {
  media::writePng(folder_ / "in/a.png", media::Image(7, 9));
  EXPECT_EQ(ingestFolder().added.at(0).notes.size(), 1U);
  options_.patient = "one";
  EXPECT_TRUE(ingestFolder().added.at(0).notes.empty());
}

TEST_F(Ingest, DoesNotWaitForAPipe) {
  ASSERT_EQ(::mkfifo((folder_ / "in/pipe.mha").c_str(), 0600), 0);
  EXPECT_EQ(ingest(store_, {folder_ / "in/pipe.mha"}, options_, {}).refused.size(), 1U);
  EXPECT_TRUE(ingestFolder().refused.empty());
}

TEST_F(Ingest, NamesWhatIsNoFileAndOpensNoneOfIt) {
  const fs::path in = folder_ / "in";
  media::writePng(in / "a.png", media::Image(7, 9));
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo((in / "b.mha").c_str(), 0600), 0);
  fs::create_symlink(folder_ / "pipe", in / "c.dcm");
  fs::create_symlink("/dev/zero", in / "d.png");
  fs::create_symlink("nowhere.png", in / "e.png");
  fs::create_directory_symlink(folder_ / "in", in / "f");
  const IngestReport report = ingestFolder();
  EXPECT_EQ(report.added.size(), 1U);
  EXPECT_TRUE(report.refused.empty());
  const std::vector<fs::path> expected = {in / "b.mha", in / "c.dcm", in / "d.png", in / "e.png",
                                          in / "f"};
  EXPECT_EQ(report.passed_over, expected);
}

TEST_F(Ingest, SamePixelsOfTwoPatientsAreTwoClips) {
  media::writePng(folder_ / "in/a.png", media::Image(7, 9));
  options_.patient = "first";
  const auto first = ingestFolder();
  options_.patient = "second";
  const auto second = ingestFolder();
  ASSERT_EQ(second.added.size(), 1U);
  EXPECT_NE(first.added[0].clip.patient_id, second.added[0].clip.patient_id);
}

TEST_F(Ingest, ExamDatesBecomeDaysSinceTheFirstExam) {
  options_.patient = "one";
  media::writePng(folder_ / "in/a.png", media::Image(7, 9));
  options_.exam_date = "2025-12-30";
  std::ignore = ingestFolder();
  fs::remove(folder_ / "in/a.png");
  media::writePng(folder_ / "in/b.png", media::Image(8, 9));
  options_.exam_date = "2026-03-01";
  const auto later = ingestFolder();
  ASSERT_EQ(later.added.size(), 1U);
  EXPECT_EQ(store_.clipRow(later.added[0].clip.id).day, 61);  // 1 + 31 + 28 + 1 days
  options_.exam_date = "2026-02-30";
  EXPECT_THROW(std::ignore = ingestFolder(), Error);
}

TEST_F(Ingest, NothingThatIdentifiesReachesTheStore) {
  options_.patient = "Zyxwvut-Patient-4711";
  media::writePng(folder_ / "in/Zyxwvut-Name.png", media::Image(7, 9));
  ASSERT_EQ(ingestFolder().added.size(), 1U);
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "store")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    EXPECT_EQ(bytes.find("Zyxwvut"), std::string::npos) << entry.path();
  }
}

TEST_F(Ingest, CancelledLeavesAWholeStore) {
  media::writePng(folder_ / "in/a.png", media::Image(7, 9));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(std::ignore = ingest(store_, {folder_ / "in"}, {}, Progress({}, stop.get_token())),
               Error);
  EXPECT_TRUE(store_.clips().empty());
  EXPECT_TRUE(store_.verify(store::VerifyDepth::kBytes, {}).empty());
}

// Every real object is either taken or answered for in one line.
TEST_F(Ingest, RealDataIsTakenOrAnsweredFor) {
  SONOTWIN_NEEDS_REAL_DATA();
  options_.pixels_checked = true;  // the search for text has tests of its own
  const auto report =
      ingest(store_, {test::realData() / "dicom", test::realData() / "tracked"}, options_, {});
  EXPECT_GE(report.added.size() + report.known.size(), 30U);
  bool missing_named = false;
  for (const auto& refusal : report.refused) {
    EXPECT_EQ(refusal.reason.find(refusal.path.string()), std::string::npos);  // said once
    EXPECT_EQ(refusal.reason.find('\n'), std::string::npos);
    missing_named |= refusal.path.filename() == "MetaImageSequenceIOTest1.igs.mhd";
  }
  EXPECT_TRUE(missing_named);
  EXPECT_TRUE(store_.verify(store::VerifyDepth::kBytes, {}).empty());
}
}  // namespace
}  // namespace sonotwin::pipeline
