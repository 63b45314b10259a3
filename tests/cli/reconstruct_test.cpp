// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "command_line.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/media/volume_io.h"
#include "sonotwin/store/store.h"

namespace sonotwin {
namespace {
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kRows = 20, kCols = 30;

/// Frames of 0.5 mm pixels along z, of level 100 but for their left third, which is 200.
media::Clip sweep() {
  media::Clip clip;
  media::Image image(kRows, kCols);
  for (std::size_t p = 0; p < image.data.size(); ++p) {
    image.samples<std::uint8_t>()[p] = p % kCols < 10 ? 200 : 100;
  }
  std::vector<media::Image> images;
  for (const double z_mm : {0.0, 0.5, 1.0, 1.5, 1.5, 2.0, 2.5, 3.0, 3.5, 13.5}) {
    Eigen::Matrix4d pose = Eigen::Matrix4d::Identity();
    pose(2, 3) = z_mm;
    clip.frames.push_back({0.1 * static_cast<double>(images.size()), media::PoseStatus::kValid,
                           media::WorldFromProbe(pose)});
    images.push_back(image);
  }
  clip.frames[2].pose_status = media::PoseStatus::kInvalid;
  clip.info.frame_count = static_cast<int>(images.size());
  clip.info.rows = kRows;
  clip.info.cols = kCols;
  clip.info.tracked = true;
  clip.info.world = "Tracker";
  clip.info.spacing_mm = {0.5, 0.5};
  Eigen::Matrix4d calibration = Eigen::Matrix4d::Identity();
  calibration.diagonal().head<3>().setConstant(0.5);
  clip.info.probe_from_image = media::ProbeFromImage(calibration);
  clip.pixels = std::make_shared<media::MemoryFrames>(std::move(images));
  return clip;
}

class Reconstruct : public CommandLine {
 protected:
  void SetUp() override {
    auto store = store::Store::create(folder_ / "store");
    clip_ =
        store.addClip(sweep(), {.patient_key = "p", .study_key = "s", .exam_day_number = 1}, {}).id;
  }
  json made(const std::string& options) { return document("reconstruct " + clip_ + " " + options); }
  media::Volume volumeOf(const json& made) {
    return store::Store::open(folder_ / "store").volume(made["volume"]);
  }

  std::string clip_;
};

TEST_F(Reconstruct, TellsHowTheSweepWent) {
  const json facts = made("")["sweep"];
  EXPECT_EQ(facts["frames"], 10);
  EXPECT_EQ(facts["invalid"], 1);
  EXPECT_EQ(facts["stationary"], 1);
  EXPECT_EQ(facts["turns"], 0);
  ASSERT_EQ(facts["gaps"].size(), 1U);
  EXPECT_EQ(facts["gaps"][0]["to"], 9);
  EXPECT_NEAR(facts["gaps"][0]["width_mm"], 10.0, 1e-9);
  const std::string text = run("reconstruct " + clip_).out;
  EXPECT_THAT(text, HasSubstr("1 of 10 frames have no valid pose"));
  EXPECT_THAT(text, HasSubstr("Between frames 8 and 9 the probe moved 10.0 mm"));
}

TEST_F(Reconstruct, LeadsFromAPlaceBackToItsFrames) {
  const auto volume = made("")["volume"].get<std::string>();
  const json at = document("show " + volume + " --at 6,4,2.3");
  std::vector<int> indices;
  for (const json& frame : at["frames"]) indices.push_back(frame["index"]);
  EXPECT_THAT(indices, ElementsAre(6, 5, 7, 3, 4));  // of voxels of 0.5 mm: up to 0.87 mm
  EXPECT_NEAR(at["frames"][0]["col"], 12.0, 1e-9);
  EXPECT_NEAR(at["frames"][0]["row"], 8.0, 1e-9);
  EXPECT_NEAR(at["frames"][0]["distance_mm"], 0.2, 1e-9);
  EXPECT_THAT(run("show " + volume + " --at 6,4,8").out, HasSubstr("No frame shows this place"));
  EXPECT_EQ(run("show " + volume + " --at 6,4").code, 2);
  EXPECT_EQ(run("show " + clip_ + " --at 6,4,2").code, 5);
}

TEST_F(Reconstruct, TakesInWhatIsAskedFor) {
  const json whole = made("");
  EXPECT_EQ(made("")["volume"], whole["volume"]) << "made once";
  const json part = made("--region 2,2,0,6,5,2");
  EXPECT_THAT(part["dims"].get<std::vector<int>>(), ElementsAre(11, 9, 7));
  const json box = made("--clip-box 0,0,5,20");
  EXPECT_LT(box["dims"][0], whole["dims"][0]);
  const media::Volume boxed = volumeOf(box);
  for (const std::uint8_t level : boxed.samples<std::uint8_t>()) {
    ASSERT_TRUE(level == 0 || level == 200) << int{level};
  }
  media::Image mask(kRows, kCols);
  for (std::size_t p = 0; p < mask.data.size(); ++p) {
    mask.samples<std::uint8_t>()[p] = p % kCols < 12 ? 0 : 255;
  }
  media::writePng(folder_ / "mask.png", mask);
  const json masked = made("--pixel-mask " + (folder_ / "mask.png").string());
  const media::Volume unmasked = volumeOf(masked);
  for (const std::uint8_t level : unmasked.samples<std::uint8_t>()) {
    ASSERT_TRUE(level == 0 || level == 100) << int{level};
  }
  EXPECT_NE(masked["volume"], whole["volume"]);
  EXPECT_NE(made("--smooth-frames 2")["volume"], whole["volume"]);
  EXPECT_NE(made("--axes sweep")["volume"], whole["volume"]);
  EXPECT_NE(made("--method probe-path")["volume"], whole["volume"]);
  EXPECT_EQ(run("reconstruct " + clip_ + " --find-sector --clip-box 0,0,5,20").code, 2);
  EXPECT_EQ(run("reconstruct " + clip_ + " --compounding confidence").code, 3);
}

TEST_F(Reconstruct, KeepsWhatIsKnownOfEachVoxel) {
  const auto volume = made("--uncertainty")["volume"].get<std::string>();
  const std::string out = (folder_ / "part.nrrd").string();
  const auto part = [&](const std::string& name) {
    document("export " + volume + " --part " + name + " --out " + out);
    return media::readVolume(out);
  };
  const media::Volume levels = store::Store::open(folder_ / "store").volume(volume);
  const media::Volume state = part("state"), distance = part("distance");
  const media::Volume uncertainty = part("uncertainty");
  int observed = 0;
  for (std::size_t v = 0; v < levels.voxelCount(); ++v) {
    const bool empty = state.samples<std::uint8_t>()[v] == 0;
    observed += state.samples<std::uint8_t>()[v] == 1;
    ASSERT_EQ(distance.samples<float>()[v] < 0.0F, empty);
    ASSERT_EQ(uncertainty.samples<float>()[v] < 0.0F, empty);
    if (empty) {
      ASSERT_EQ(levels.samples<std::uint8_t>()[v], 0);
    }
  }
  EXPECT_EQ(observed, kRows * kCols * 8);  // as many places have a frame with a pose
}
}  // namespace
}  // namespace sonotwin
