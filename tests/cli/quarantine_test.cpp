// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <functional>

#include "dicom_command_line.h"

namespace sonotwin {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

bool inside(const media::PixelRectangle& box, int col, int row) {
  return col >= box.x0 && col < box.x1 && row >= box.y0 && row < box.y1;
}

class Quarantine : public DicomCommandLine {
 protected:
  /// Frames of a clip as the program writes them: black in `black`, as in the file elsewhere.
  void expectBlanked(const std::string& clip, const std::string& file,
                     const std::function<bool(int col, int row)>& black) {
    document("frames " + clip + " --out " + (folder_ / "frames").string());
    const auto before = dicom::test::framesOf(dicom::test::readWhole(file).clip);
    for (int f = 0; f < kFrames; ++f) {
      const media::Image image =
          media::readImage(folder_ / "frames" / ("frame_0000" + std::to_string(f) + ".png"));
      for (int row = 0; row < kRows; ++row) {
        for (int col = 0; col < kCols; ++col) {
          const auto at = static_cast<std::size_t>(row * kCols + col);
          const int expected = black(col, row) ? 0 : before[at + f * kRows * kCols];
          ASSERT_EQ(std::to_integer<int>(image.data[at]), expected)
              << f << " " << col << " " << row;
        }
      }
    }
  }
};

TEST_F(Quarantine, WhatWaitsIsNamedWithWhatToDoNext) {
  const std::string file = writeObject("scan.dcm", {.with_region = false});
  const Outcome ingested = run("ingest " + file);
  EXPECT_EQ(ingested.code, 6);
  const json listed = document("quarantine list");
  ASSERT_EQ(listed.size(), 1U);
  const auto id = listed[0]["id"].get<std::string>();
  EXPECT_THAT(ingested.out, AllOf(HasSubstr("sonotwin quarantine show " + id), HasSubstr(file)));
  EXPECT_EQ(document("ingest " + file, 6)["quarantined"][0]["next"],
            "sonotwin quarantine show " + id);
  EXPECT_THAT(run("quarantine show " + id).out,
              AllOf(HasSubstr("3 frames of 50 x 40"), HasSubstr("release " + id + " --nothing"),
                    HasSubstr("reject " + id), Not(HasSubstr("--found"))));
  const json shown = document("quarantine show " + id);
  EXPECT_EQ(shown["state"], "waiting");
  EXPECT_EQ(shown["frames"], kFrames);
  EXPECT_TRUE(shown["decided"].is_null());
  EXPECT_EQ(document("list clips"), json::array());
  EXPECT_EQ(run("quarantine show quarantine-0000").code, 5);
}

TEST_F(Quarantine, ReleaseMustBeExplicit) {
  const std::string id = quarantine(writeObject("scan.dcm", {.with_region = false}));
  const std::string release = "quarantine release " + id;
  for (const auto& [words, code, expected] :
       {std::tuple{"", 2, "--nothing"}, std::tuple{" --nothing --found", 2, "excludes"},
        std::tuple{" --nothing --box 0,0,2,2", 2, "excludes"},
        std::tuple{" --box 0,0,2", 2, "LEFT,TOP,RIGHT,BOTTOM"},
        std::tuple{" --box 5,5,5,9", 2, "holds no pixel"},
        std::tuple{" --box 0,0,51,5", 3, "does not lie in the picture of 50 x 40"},
        std::tuple{" --found", 3, "would blank nothing"}}) {
    EXPECT_EQ(run(release + words).code, code) << words;
    EXPECT_THAT(errors(), HasSubstr(expected)) << words;
  }
  EXPECT_EQ(document("list clips"), json::array());
  EXPECT_EQ(document("quarantine list").size(), 1U);
  EXPECT_TRUE(document(release + " --nothing")["added"]);
  EXPECT_EQ(document("list clips").size(), 1U);
  EXPECT_EQ(document("quarantine list"), json::array());
  EXPECT_EQ(run(release + " --nothing").code, 5);
  EXPECT_EQ(document("quarantine list --state released")[0]["id"], id);
}

TEST_F(Quarantine, BoxesAreBlankedAndTheRestStaysAsItWas) {
  const std::string file = writeObject("scan.dcm", {.with_region = false});
  const std::string id = quarantine(file);
  const json released = document("quarantine release " + id + " --box 0,0,20,5 --box 30,30,50,40");
  EXPECT_EQ(released["boxes"], (json{{0, 0, 20, 5}, {30, 30, 50, 40}}));
  expectBlanked(released["clip"], file, [](int col, int row) {
    return inside({0, 0, 20, 5}, col, row) || inside({30, 30, 50, 40}, col, row);
  });
  EXPECT_TRUE(document("verify --deep")["ok"]);
}

TEST_F(Quarantine, FoundBoxesAreThoseOfTheSearchAndMayBeAddedTo) {
  const std::string file = writeObject("scan.dcm", {.with_region = false});
  constexpr media::PixelRectangle kFound{4, 6, 12, 16};
  std::string id;
  {
    auto store = store::Store::open(folder_ / "store");
    id = store.quarantineAdd(file, {.patient_key = "p", .study_key = "s", .series_key = "e"},
                             {kFound}, "there may be text in the ultrasound itself");
  }
  EXPECT_THAT(run("quarantine show " + id).out,
              AllOf(HasSubstr("4,6,12,16"), HasSubstr("--found")));
  const json released = document("quarantine release " + id + " --found --box 0,0,3,3");
  EXPECT_EQ(released["boxes"], (json{{4, 6, 12, 16}, {0, 0, 3, 3}}));
  expectBlanked(released["clip"], file, [&](int col, int row) {
    return inside(kFound, col, row) || inside({0, 0, 3, 3}, col, row);
  });
}

TEST_F(Quarantine, FramesToLookAtAreTheOwnersAloneAndNeverInTheStore) {
  const std::string id = quarantine(writeObject("scan.dcm", {.with_region = false}));
  const fs::path out = folder_ / "look";
  EXPECT_EQ(document("quarantine frames " + id + " --out " + out.string())["frames"], kFrames);
  EXPECT_EQ(fs::status(out).permissions(), fs::perms::owner_all);
  EXPECT_EQ(media::readImage(out / "frame_00002.png").cols, kCols);
  EXPECT_EQ(json::parse(readTextFile(out / "frames.json"))["quarantine"], id);
  for (const char* name : {"store", "store/look", "store/objects/../look"}) {
    EXPECT_EQ(run("quarantine frames " + id + " --out " + (folder_ / name).string()).code, 3);
    EXPECT_THAT(errors(), HasSubstr("elsewhere"));
  }
  EXPECT_FALSE(fs::exists(folder_ / "store/look"));
  document("quarantine frames " + id + " --out " + (folder_ / "store-beside").string());
}

TEST_F(Quarantine, ARejectedObjectStaysOutAndItsFileGoes) {
  const std::string id = quarantine(writeObject("scan.dcm", {.with_region = false}));
  ASSERT_TRUE(fs::exists(folder_ / "store.quarantine" / id));
  EXPECT_EQ(run("quarantine reject " + id).code, 2);
  EXPECT_TRUE(fs::exists(folder_ / "store.quarantine" / id));
  document("quarantine reject " + id + " --reason 'a photograph'");
  EXPECT_FALSE(fs::exists(folder_ / "store.quarantine" / id));
  const json rows = document("quarantine list --state rejected");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["reason"], "a photograph");
  EXPECT_EQ(run("quarantine reject " + id + " --reason again").code, 3);
  EXPECT_EQ(document("list clips"), json::array());
}

TEST_F(Quarantine, ADamagedFileIsNeitherShownNorReleased) {
  const std::string file = writeObject("scan.dcm", {.with_region = false});
  const std::string id = quarantine(file);
  const fs::path waiting = folder_ / "store.quarantine" / id;
  std::string bytes = readTextFile(waiting);
  bytes.replace(bytes.size() - 1000, 1000, 1000, '\xFF');
  writeFileAtomically(waiting, bytes);
  for (const std::string& words :
       {"show " + id, "release " + id + " --nothing", "frames " + id + " --out /nowhere"}) {
    EXPECT_EQ(run("quarantine " + words).code, 4) << words;
    EXPECT_THAT(errors(), AllOf(HasSubstr(id), HasSubstr("Reject it")));
  }
  EXPECT_EQ(document("list clips"), json::array());
  EXPECT_FALSE(document("verify --deep", 4)["ok"]);
  document("quarantine reject " + id + " --reason damaged");
  EXPECT_EQ(quarantine(file), id);
  EXPECT_TRUE(document("quarantine release " + id + " --nothing")["added"]);
}

TEST_F(Quarantine, CheckedPixelsDoNotWait) {
  const std::string file = writeObject("scan.dcm", {.with_region = false});
  const json waiting = document("run " + file, 6);
  EXPECT_EQ(waiting["quarantined"].size(), 1U);
  EXPECT_THAT(run("run " + file).out, HasSubstr("sonotwin quarantine show "));
  EXPECT_TRUE(document("run --pixels-checked " + file)["quarantined"].empty());
  EXPECT_EQ(document("list clips").size(), 1U);
  const std::string other = writeObject("other.dcm", {.with_region = false});
  const json added = document("--author anna ingest --pixels-checked " + other)["added"];
  ASSERT_EQ(added.size(), 1U);
  EXPECT_THAT(document("audit --limit 1")[0]["detail"].get<std::string>(), HasSubstr("vouched"));
  const auto clip = added[0]["clip"].get<std::string>();
  EXPECT_THAT(run("report " + clip).out, AllOf(HasSubstr("vouched for"), HasSubstr("anna")));
}

TEST_F(Quarantine, CheckedPicturesSayWhoVouched) {
  writePictures(1);
  const auto clip =
      document("--author anna ingest --pixels-checked " + inputs())["added"][0]["clip"]
          .get<std::string>();
  const json last = document("audit --limit 1")[0];
  EXPECT_EQ(last["object"], clip);
  EXPECT_EQ(last["author"], "anna");
  EXPECT_THAT(last["detail"].get<std::string>(), HasSubstr("vouched"));
  EXPECT_THAT(run("report " + clip).out, AllOf(HasSubstr("vouched for"), HasSubstr("anna")));
}

TEST_F(Quarantine, BoxesOfPicturesAreBlanked) {
  fs::create_directories(folder_ / "in");
  media::Image image(48, 64);
  std::ranges::fill(image.samples<std::uint8_t>(), std::uint8_t{90});
  media::writePng(folder_ / "in/one.png", image);
  const json added = document("ingest --blank 0,0,10,20 --blank 60,40,64,48 " + inputs())["added"];
  document("frames " + added[0]["clip"].get<std::string>() + " --out " +
           (folder_ / "frames").string());
  const media::Image stored = media::readImage(folder_ / "frames/frame_00000.png");
  for (int row = 0; row < 48; ++row) {
    for (int col = 0; col < 64; ++col) {
      const bool black = inside({0, 0, 10, 20}, col, row) || inside({60, 40, 64, 48}, col, row);
      ASSERT_EQ(std::to_integer<int>(stored.data[static_cast<std::size_t>(row * 64 + col)]),
                black ? 0 : 90);
    }
  }
  EXPECT_EQ(run("ingest --blank 0,0,10 " + inputs()).code, 2);
}
}  // namespace
}  // namespace sonotwin
