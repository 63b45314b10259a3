// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "analytic_model.h"
#include "command_line.h"
#include "sonotwin/media/sequence_io.h"

namespace sonotwin {
namespace {
using nlohmann::json;
using segment::test_models::Analytic;

/// Three frames; the network is the surer of a frame the more it stands out.
class SegmentCommand : public CommandLine {
 protected:
  void SetUp() override {
    media::Clip clip;
    clip.info.frame_count = 3;
    clip.info.rows = 48;
    clip.info.cols = 64;
    clip.frames.resize(3);
    std::vector<media::Image> frames;
    for (int f = 0; f < 3; ++f) {
      media::Image image(48, 64);
      auto levels = image.samples<std::uint8_t>();
      for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = i % 64 < 20 + 8U * f ? 200 : 40;
      frames.push_back(std::move(image));
    }
    clip.pixels = std::make_shared<media::MemoryFrames>(std::move(frames));
    media::writeSequence(folder_ / "clip.mha", clip, false);
    run("init");
    const json added = document("ingest " + (folder_ / "clip.mha").string());
    clip_ = added["added"][0]["clip"].get<std::string>();
  }
  json segmented(const std::string& more) {
    return document("segment " + clip_ + " --device cpu --model " + (folder_ / "net").string() +
                    more);
  }

  std::string clip_;
};

TEST_F(SegmentCommand, TellsTheConfidenceOfEveryFrame) {
  Analytic model;
  model.gain = {0.0F, 1.0F};
  segment::test_models::write(folder_ / "net", model);
  const json made = segmented("");
  const std::vector<double> frames = made["confidence"]["frames"];
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_GT(frames[0], frames[1]);  // rarer bright pixels lie further from the mean
  EXPECT_GT(frames[1], frames[2]);
  EXPECT_EQ(made["confidence"]["median"], frames[1]);
  EXPECT_EQ(made["confidence"]["lowest"], frames[2]);
  EXPECT_EQ(made["confidence"]["lowest_frame"], 2);
  const Outcome again = run("segment " + clip_ + " --model " + (folder_ / "net").string());
  EXPECT_NE(again.out.find("in frame 2"), std::string::npos) << again.out;
}

TEST_F(SegmentCommand, WritesMapsOfDoubtAlsoForAMaskThatIsThere) {
  Analytic model;
  model.bias = {0.0F, 0.0F};
  segment::test_models::write(folder_ / "net", model);
  const json first = segmented("");
  const json second = segmented(" --doubt " + (folder_ / "doubt").string());
  EXPECT_EQ(second["mask"], first["mask"]);
  for (const char* name : {"frame_00000.png", "frame_00001.png", "frame_00002.png"}) {
    const media::Image doubt = media::readImage(folder_ / "doubt" / name);
    ASSERT_EQ(doubt.rows, 48);
    ASSERT_EQ(doubt.cols, 64);
    for (const std::uint8_t level : doubt.samples<std::uint8_t>()) ASSERT_EQ(level, 255);
  }
}

TEST_F(SegmentCommand, AnEnsembleIsUsedLikeAnyModel) {
  Analytic model;
  model.bias = {0.0F, 2.0F};
  segment::test_models::write(folder_ / "one", model);
  segment::test_models::write(folder_ / "two", model);
  const json made = document("models ensemble --name pair --out " + (folder_ / "net").string() +
                             " " + (folder_ / "one").string() + " " + (folder_ / "two").string());
  EXPECT_EQ(made["card"]["members"].size(), 2U);
  const json mask = segmented("");
  EXPECT_EQ(mask["model"], "pair");
  EXPECT_NEAR(mask["confidence"]["median"], 1.0 / (1.0 + std::exp(-2.0)), 1e-5);
  EXPECT_EQ(document("models show " + (folder_ / "net").string())["kind"], "ensemble");
  EXPECT_EQ(
      run("models ensemble --out " + (folder_ / "more").string() + " " + (folder_ / "one").string())
          .code,
      3);
}

TEST_F(SegmentCommand, CodeIsNotImportedWithoutAWord) {
  const auto import = [&](const std::string& more) {
    return run("models import " + (folder_ / "net.pt").string() + " --out " +
               (folder_ / "net").string() + " --labels 1=head --grid 24 32 " + more)
        .code;
  };
  writeFileAtomically(folder_ / "net.pt", "rubbish");
  EXPECT_EQ(import("--trust-code"), 3);
  EXPECT_NE(errors().find("not TorchScript"), std::string::npos) << errors();
  // An archive with the one part that tells TorchScript, empty.
  const std::string name = "net/constants.pkl";
  std::string entry = "PK\x01\x02" + std::string(42, '\0') + name;
  entry[28] = static_cast<char>(name.size());
  std::string end = "PK\x05\x06" + std::string(18, '\0');
  end[10] = 1;
  end[12] = static_cast<char>(entry.size());
  writeFileAtomically(folder_ / "net.pt", entry + end);
  EXPECT_EQ(import(""), 3);
  EXPECT_NE(errors().find("--trust-code"), std::string::npos) << errors();
  EXPECT_EQ(run("models trust " + (folder_ / "net").string()).code, 2);
}
}  // namespace
}  // namespace sonotwin
