// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QFont>
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <algorithm>
#include <array>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/media/calibration_io.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/media/sequence_io.h"
#include "sonotwin/pipeline/ingest.h"
#include "sonotwin/pipeline/quarantine.h"
#include "temporary_folder.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

constexpr int kRows = 240, kCols = 400, kFrames = 3;

/// White print on black, a line below the other.
media::Image screen(const std::vector<const char*>& lines, int level) {
  QImage picture(kCols, kRows, QImage::Format_Grayscale8);
  picture.fill(Qt::black);
  QPainter painter(&picture);
  QFont font("Inter");
  font.setPixelSize(20);
  painter.setFont(font);
  painter.setPen(Qt::white);
  for (int y = 10; const char* line : lines) {
    painter.drawText(QRect(20, y, 360, 40), Qt::AlignLeft | Qt::AlignTop, line);
    y += 50;
  }
  painter.end();
  media::Image image(kRows, kCols);
  const auto out = image.samples<std::uint8_t>();
  for (int row = 0; row < kRows; ++row) {
    std::copy_n(picture.constScanLine(row), kCols, out.data() + std::ptrdiff_t{row} * kCols);
  }
  out[static_cast<std::size_t>(kRows * kCols - 1)] = static_cast<std::uint8_t>(level);
  return image;
}

const std::vector<const char*> kPrint = {"MUELLER ANNA", "HOSPITAL WEST", "SMITH JOHN",
                                         "GARCIA MARIA"};

media::Clip sweep(const std::vector<const char*>& lines) {
  media::Clip clip;
  clip.info.frame_count = kFrames;
  clip.info.rows = kRows;
  clip.info.cols = kCols;
  clip.info.tracked = true;
  clip.info.times_known = true;
  clip.info.world = "Tracker";
  std::vector<media::Image> frames;
  for (int f = 0; f < kFrames; ++f) {
    frames.push_back(screen(lines, f + 1));
    Eigen::Matrix4d pose = Eigen::Matrix4d::Identity();
    pose(2, 3) = f / 3.0;
    clip.frames.push_back({f / 30.0, media::PoseStatus::kValid, media::WorldFromProbe(pose)});
  }
  clip.pixels = std::make_shared<media::MemoryFrames>(std::move(frames));
  return clip;
}

bool inside(const media::PixelRectangle& box, int col, int row) {
  return col >= box.x0 && col < box.x1 && row >= box.y0 && row < box.y1;
}

void expectBlanked(const media::Clip& clip, const media::Clip& before,
                   const std::vector<media::PixelRectangle>& boxes) {
  ASSERT_EQ(clip.info.frame_count, before.info.frame_count);
  for (int f = 0; f < clip.info.frame_count; ++f) {
    const media::Image image = clip.pixels->frame(f), original = before.pixels->frame(f);
    for (int row = 0; row < image.rows; ++row) {
      for (int col = 0; col < image.cols; ++col) {
        const bool black = std::ranges::any_of(
            boxes, [&](const media::PixelRectangle& box) { return inside(box, col, row); });
        const auto at = static_cast<std::size_t>(row * image.cols + col);
        ASSERT_EQ(image.data[at], black ? std::byte{0} : original.data[at])
            << f << ' ' << col << ' ' << row;
      }
    }
  }
}

class WaitingClip : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_ / "in"); }
  IngestReport take() { return ingest(store_, {folder_ / "in"}, options_, {}); }

  /// A sweep whose header says more than a reader takes.
  fs::path writeSweep() {
    const fs::path file = folder_ / "in/sweep.igs.mha";
    media::writeSequence(file, sweep(kPrint), false);
    std::string bytes = readTextFile(file);
    bytes.insert(bytes.find("NDims"), "PatientName = Qwertz^Planted\n");
    writeFileAtomically(file, bytes);
    return file;
  }
  void expectNoFileSays(const std::string& secret) {
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      const bool source = entry.path().parent_path() == folder_ / "in";
      if (!entry.is_regular_file() || source) continue;
      EXPECT_EQ(readTextFile(entry.path()).find(secret), std::string::npos) << entry.path();
    }
  }
  std::size_t filesWaiting() {
    const fs::path folder = folder_ / "store.quarantine";
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }

  test::TemporaryFolder folder_;
  store::Store store_ = store::Store::create(folder_ / "store");
  IngestOptions options_;
};

TEST_F(WaitingClip, ASweepFullOfPrintWaitsWholeAndComesInAsAPersonSays) {
  const fs::path file = writeSweep();
  media::Clip original = media::readSequence(file);
  Eigen::Matrix4d scale = Eigen::Matrix4d::Identity();
  scale(0, 0) = scale(1, 1) = 1.0 / 3.0;
  media::writeCalibration(folder_ / "in/calibration.xml", {media::ProbeFromImage(scale), {}});
  const IngestReport report = take();
  ASSERT_EQ(report.quarantined.size(), 1U);
  EXPECT_TRUE(report.added.empty());
  EXPECT_TRUE(store_.clips().empty());
  EXPECT_GE(report.quarantined[0].found, 3);
  const std::string id = report.quarantined[0].id;
  EXPECT_EQ(take().quarantined.at(0).id, id);
  ASSERT_EQ(store_.quarantined().size(), 1U);
  EXPECT_EQ(filesWaiting(), 1U);
  EXPECT_TRUE(fs::is_empty(folder_ / "store/tmp"));
  expectNoFileSays("Qwertz");
  expectBlanked(quarantinedClip(store_, id), original, {});

  std::vector<media::PixelRectangle> boxes = store_.quarantineRow(id).boxes;
  boxes.push_back({200, 100, 380, 230});
  const store::AddedClip added = releaseFromQuarantine(store_, id, boxes, {});
  EXPECT_TRUE(added.added);
  const media::Clip stored = store_.clip(added.id);
  expectBlanked(stored, original, boxes);
  ASSERT_TRUE(stored.info.tracked);
  EXPECT_TRUE(stored.info.times_known);
  for (std::size_t f = 0; f < kFrames; ++f) {
    EXPECT_EQ(stored.frames[f].time_s, original.frames[f].time_s);
    EXPECT_EQ(stored.frames[f].world_from_probe.matrix(),
              original.frames[f].world_from_probe.matrix());
  }
  ASSERT_TRUE(stored.info.probe_from_image.has_value());
  EXPECT_NEAR(stored.info.probe_from_image->matrix()(0, 0), 1.0 / 3.0, 1e-12);
  EXPECT_EQ(filesWaiting(), 0U);
  EXPECT_EQ(take().known.at(0).clip.id, added.id);  // in its calibration
  EXPECT_TRUE(store_.verify(store::VerifyDepth::kBytes, {}).empty());
}

TEST_F(WaitingClip, WithoutBoxesItIsTheClipItWouldHaveBeen) {
  writeSweep();
  const std::string id = take().quarantined.at(0).id;
  options_.pixels_checked = true;
  const std::string straight = take().added.at(0).clip.id;
  EXPECT_EQ(store_.quarantineRow(id).state, "released");  // vouched for
  options_.pixels_checked = false;
  fs::copy_file(folder_ / "store.key", folder_ / "same.key");
  fs::permissions(folder_ / "same.key", fs::perms::owner_read | fs::perms::owner_write);
  store::Store same = store::Store::create(folder_ / "same");
  const std::string waits = ingest(same, {folder_ / "in"}, options_, {}).quarantined.at(0).id;
  EXPECT_EQ(waits, id);
  EXPECT_EQ(releaseFromQuarantine(same, waits, {}, {}).id, straight);
}

TEST_F(WaitingClip, HeaderAndPixelsInTwoFilesAreOneThatWaitsOnce) {
  const fs::path whole = folder_ / "whole.mha";
  media::writeSequence(whole, sweep(kPrint), false);
  const std::string bytes = readTextFile(whole);
  const std::string last = "ElementDataFile = LOCAL\n";
  const std::size_t end = bytes.find(last);
  writeFileAtomically(folder_ / "in/sweep.mhd",
                      bytes.substr(0, end) + "ElementDataFile = sweep.raw\n");
  writeFileAtomically(folder_ / "in/sweep.raw", bytes.substr(end + last.size()));
  const std::string id = take().quarantined.at(0).id;
  EXPECT_EQ(take().quarantined.at(0).id, id);
  EXPECT_EQ(store_.quarantined("").size(), 1U);
  const std::string clip = releaseFromQuarantine(store_, id, {}, {}).id;
  const IngestReport again = take();
  EXPECT_TRUE(again.quarantined.empty());
  EXPECT_EQ(again.known.at(0).clip.id, clip);
  EXPECT_EQ(filesWaiting(), 0U);
}

TEST_F(WaitingClip, APictureWaitsAndCanBeRejected) {
  media::writePng(folder_ / "in/a.png", screen(kPrint, 1));
  const std::string id = take().quarantined.at(0).id;
  EXPECT_EQ(quarantinedClip(store_, id).info.source_format, "PNG");
  exportQuarantinedFrames(store_, id, folder_ / "look", 0, 1, {});
  EXPECT_EQ(media::readImage(folder_ / "look/frame_00000.png").data, screen(kPrint, 1).data);
  constexpr std::array kOutside = {media::PixelRectangle{0, 0, kCols + 1, 5}};
  EXPECT_THROW(std::ignore = releaseFromQuarantine(store_, id, kOutside, {}), Error);
  store_.quarantineReject(id, "a photograph of a screen");
  EXPECT_TRUE(store_.clips().empty());
  EXPECT_EQ(filesWaiting(), 0U);
  EXPECT_EQ(take().quarantined.at(0).id, id);  // it was not taken, so it is asked for again
}

TEST_F(WaitingClip, BlankedBeforehandItNeedNotWait) {
  media::writePng(folder_ / "in/a.png", screen(kPrint, 1));
  options_.blank = {{0, 0, kCols, kRows - 1}};
  EXPECT_EQ(take().added.size(), 1U);
}

TEST_F(WaitingClip, OneLineOfPrintIsEnough) {
  media::writePng(folder_ / "in/a.png", screen({"BLOMKVIST ANNA"}, 1));
  const IngestReport report = take();
  EXPECT_TRUE(report.added.empty());
  ASSERT_EQ(report.quarantined.size(), 1U);
  EXPECT_GE(report.quarantined[0].found, 1);
}

TEST_F(WaitingClip, AFewLettersAreNoName) {
  media::writePng(folder_ / "in/a.png", screen({"RUQ"}, 1));
  EXPECT_EQ(take().added.size(), 1U);
}
}  // namespace
}  // namespace sonotwin::pipeline

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const QGuiApplication fonts(argc, argv);
  return RUN_ALL_TESTS();
}
