// SPDX-License-Identifier: Apache-2.0
#include "clip_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "same_info.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "temporary_folder.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

// Numbers with all their digits, and every field that a clip can have.
ClipFile everything(media::PixelType type, int channels) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> any(-1e3, 1e3);
  const auto matrix = [&] {
    Eigen::Matrix4d m = Eigen::Matrix4d::Identity();
    for (int k = 0; k < 12; ++k) m(k / 4, k % 4) = any(random);
    return m;
  };
  ClipFile file;
  media::ClipInfo& info = file.clip.info;
  info.frame_count = 4;
  info.rows = 3;
  info.cols = 5;
  info.channels = channels;
  info.type = type;
  info.spacing_mm = {any(random), any(random)};
  info.spacing_source = "calibration";
  info.sector.rectangle = {1, 0, 4, 3};
  info.sector.fan = {any(random), any(random), any(random), any(random),
                     any(random), any(random), any(random)};
  info.tracked = true;
  info.world = "Reference";
  info.probe_from_image = media::ProbeFromImage(matrix());
  info.orientation = "MFA";
  info.times_known = true;
  info.body_region = "NECK";
  info.probe_name = "a";
  info.device_model = "b";
  info.depth_mm = any(random);
  info.frequency_mhz = any(random);
  info.source_format = "MetaImage sequence";
  info.assumptions = {"one", "two"};
  std::vector<media::Image> frames;
  for (int i = 0; i < info.frame_count; ++i) {
    media::Image image(info.rows, info.cols, channels, type);
    for (std::byte& byte : image.data) byte = static_cast<std::byte>(random() % 120);
    frames.push_back(std::move(image));
    const auto status = static_cast<media::PoseStatus>(i % 3);
    file.clip.frames.push_back({any(random), status, media::WorldFromProbe(matrix())});
  }
  file.clip.pixels = std::make_shared<media::MemoryFrames>(std::move(frames));
  file.calibration_sha256 = std::string(64, 'a');
  return file;
}

TEST(ClipFile, GivesBackWhatWasWrittenToTheBit) {
  const test::TemporaryFolder folder;
  for (const auto type :
       {media::PixelType::kUint8, media::PixelType::kUint16, media::PixelType::kFloat32}) {
    for (const int channels : {1, 3}) {
      const ClipFile written = everything(type, channels);
      writeClipFile(folder / "clip", written, {});
      ASSERT_TRUE(isClipFile(folder / "clip"));
      const ClipFile read = readClipFile(folder / "clip");
      media::expectSameInfo(read.clip.info, written.clip.info);
      EXPECT_EQ(read.calibration_sha256, written.calibration_sha256);
      ASSERT_EQ(read.clip.frames.size(), 4U);
      for (int i = 3; i >= 0; --i) {
        const auto at = static_cast<std::size_t>(i);
        const media::FrameInfo &a = read.clip.frames[at], &b = written.clip.frames[at];
        EXPECT_EQ(a.time_s, b.time_s);
        EXPECT_EQ(a.pose_status, b.pose_status);
        if (b.pose_status == media::PoseStatus::kValid) {
          EXPECT_EQ(a.world_from_probe.matrix(), b.world_from_probe.matrix());
        }
        EXPECT_EQ(read.clip.pixels->frame(i).data, written.clip.pixels->frame(i).data);
      }
    }
  }
}

TEST(ClipFile, TheSameClipGivesTheSameBytes) {
  const test::TemporaryFolder folder;
  writeClipFile(folder / "a", everything(media::PixelType::kUint16, 1), {});
  writeClipFile(folder / "b", everything(media::PixelType::kUint16, 1), {});
  EXPECT_EQ(readFile(folder / "a"), readFile(folder / "b"));
}

TEST(ClipFile, SaysWhatIsDamaged) {
  const test::TemporaryFolder folder;
  writeClipFile(folder / "clip", everything(media::PixelType::kUint8, 1), {});
  const std::string whole = readTextFile(folder / "clip");
  const auto damagedAs = [&](const std::string& bytes) {
    std::ofstream(folder / "clip", std::ios::binary) << bytes;
    try {
      std::ignore = readClipFile(folder / "clip");
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kDamaged;
    }
    return false;
  };
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    EXPECT_TRUE(damagedAs(whole.substr(0, size))) << size;
  }
  EXPECT_TRUE(damagedAs(whole + "x"));
  std::string longer = whole;
  longer[23] = '\x7f';  // the length of the text, far beyond the file
  EXPECT_TRUE(damagedAs(longer));
  std::string broken = whole;
  broken[24] = '[';
  EXPECT_TRUE(damagedAs(broken));
  EXPECT_FALSE(isClipFile(folder / "absent"));
}
}  // namespace
}  // namespace sonotwin::pipeline
