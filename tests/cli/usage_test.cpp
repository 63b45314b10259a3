// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <set>

#include "command_line.h"

namespace sonotwin {
namespace {
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(CommandLine, AnUnknownCommandIsNamedWithTheNearest) {
  for (const auto& [words, expected] :
       {std::pair{"lst clips", "'lst'. Did you mean 'list'?"},
        std::pair{"--json ingset x", "'ingset'. Did you mean 'ingest'?"},
        std::pair{"dataset biuld", "'biuld'. Did you mean 'build'?"},
        std::pair{"zzzzzz", "'zzzzzz'. Commands: init, "},
        std::pair{"models",
                  "A command is missing. Commands: list, show, gate, promote, rollback, ensemble, "
                  "import, trust."},
        std::pair{"", "A command is missing. Commands: init, "}}) {
    EXPECT_EQ(run(words).code, 2) << words;
    EXPECT_THAT(errors(), HasSubstr(expected)) << words;
  }
  EXPECT_EQ(run("show").code, 2);  // a known command: what it lacks is said
  EXPECT_THAT(errors(), HasSubstr("id is required"));
}

TEST_F(CommandLine, AWrongChoiceListsTheRightOnes) {
  run("init");
  for (const auto& [words, expected] :
       {std::pair{
            "reconstruct c --method foo",
            "'foo' is none of distance-weighted, linear, nearest, nearest-frame, probe-path."},
        std::pair{"reconstruct c --compounding 3",
                  "'3' is none of beam, confidence, first, latest, maximum, mean."},
        std::pair{"run . --fill holes", "'holes' is none of none, normalized-convolution."},
        std::pair{"reconstruct c --source b", "'b' is none of bmode, mask."},
        std::pair{"list clips --limit -1", "--limit: '-1' is not a whole number, 0 or more."},
        std::pair{"dataset build --out x.st", "--images DIR and --masks DIR"},
        std::pair{"evaluate --model m", "--model and --dataset, or"}}) {
    EXPECT_EQ(run(words).code, 2) << words;
    EXPECT_THAT(errors(), HasSubstr(expected)) << words;
  }
  EXPECT_EQ(document("list clips --limit 0"), json::array());
}

TEST_F(CommandLine, ARangeIsUnderstoodOrRefused) {
  writePictures(1);
  run("init");
  const auto id = document("ingest " + inputs())["added"][0]["clip"].get<std::string>();
  const std::string command = "frames " + id + " --out " + (folder_ / "frames").string();
  for (const char* range : {":", "a:b", "1:2:3", "-1:2", "3:3", "1.5"}) {
    EXPECT_EQ(run(command + " --range=" + range).code, 2) << range;
    EXPECT_THAT(errors(), HasSubstr("10:20")) << range;
  }
  EXPECT_EQ(run(command + " --range ''").code, 2);
  EXPECT_EQ(run(command + " --range 0:7").code, 3);  // well formed, but not of this clip
  EXPECT_THAT(errors(), HasSubstr("has frames 0 to 0"));
  for (const char* range : {"0:", ":1", "0"}) {
    EXPECT_EQ(document(command + " --range " + range)["frames"], 1) << range;
  }
}

// A device is looked at before anything else, a result that is there already included.
TEST_F(CommandLine, ADateIsUnderstoodOrRefused) {
  run("init");
  writePictures(1);
  for (const char* date : {"14.3.2026", "2026-02-30", "2026-3-14", "yesterday"}) {
    EXPECT_EQ(run("ingest " + inputs() + " --exam-date " + date).code, 2) << date;
    EXPECT_THAT(errors(), HasSubstr("is not a date like 2026-03-14")) << date;
  }
  EXPECT_EQ(run("ingest " + inputs() + " --exam-date 2026-03-14").code, 0);
}

TEST_F(CommandLine, AFileOfAnyNameKeepsToItsLine) {
  run("init");
  writeFileAtomically(folder_ / "two\nlines.png", "not a picture");
  EXPECT_EQ(run("ingest " + folder_.path().string() + "/*.png").code, 3);
  const std::string out = run("ingest " + folder_.path().string() + "/*.png").out;
  EXPECT_THAT(out, HasSubstr("two?lines.png"));
}

TEST_F(CommandLine, ADeviceThatIsNotThereIsBadInput) {
  run("init");
  writePictures(1);
  for (const char* device : {"gpu", "cuda:99"}) {
    for (const std::string& command : {"run " + inputs(), std::string("reconstruct clip-0"),
                                       std::string("segment clip-0 --model phantom"),
                                       std::string("evaluate --model phantom --dataset absent")}) {
      EXPECT_EQ(run(command + " --device " + device).code, 3) << command << " " << device;
      EXPECT_THAT(errors(), AllOf(HasSubstr("auto"), HasSubstr("cpu"), Not(HasSubstr("internal"))))
          << command << " " << device;
    }
  }
  EXPECT_EQ(document("list clips"), json::array());
}

TEST_F(CommandLine, FoldersForResultsAreMadeOrRefusedInWords) {
  writePictures(1);
  run("init");
  const auto id = document("ingest " + inputs())["added"][0]["clip"].get<std::string>();
  const std::string deep = (folder_ / "a/b/c").string();
  EXPECT_EQ(run("frames " + id + " --out " + deep).code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a/b/c/frames.json"));
  writeFileAtomically(folder_ / "file", "x");
  const std::string below = (folder_ / "file/below").string();
  for (const std::string& command :
       {"frames " + id + " --out " + below, "export " + id + " --out " + below + "/one.png",
        "export " + id + " --out " + deep, "simulate --out " + below,
        "dataset build --phantom demo --out " + below + "/set.st",
        "frames " + id + " --out " + (folder_ / std::string(300, 'x')).string()}) {
    EXPECT_EQ(run(command).code, 3) << command << "\n" << errors();
    EXPECT_THAT(errors(), AllOf(HasSubstr("Give "), Not(HasSubstr("filesystem error")))) << command;
  }
}

TEST_F(CommandLine, ARefusedFileIsNamedOnce) {
  writePictures(1);
  writeFileAtomically(folder_ / "in/broken.png", "rubbish");
  writeFileAtomically(folder_ / "in/broken.mha", "rubbish");
  run("init");
  for (const auto& refused : document("ingest " + inputs(), 6)["refused"]) {
    EXPECT_THAT(refused["reason"].get<std::string>(),
                Not(HasSubstr(refused["path"].get<std::string>())));
  }
  const std::string text = run("ingest " + inputs()).out;
  const std::string name = (folder_ / "in/broken.png").string();
  EXPECT_EQ(text.find(name), text.rfind(name));
  EXPECT_THAT(text, HasSubstr("refused  " + name + ": "));
}

TEST_F(CommandLine, VerifySaysEachThingOnce) {
  writePictures(2);
  run("init");
  document("ingest " + inputs());
  std::filesystem::remove_all(folder_ / "store/objects");
  const json verdict = document("verify --deep", 4);
  std::set<std::string> said;
  for (const auto& damage : verdict["damages"]) EXPECT_TRUE(said.insert(damage.dump()).second);
  EXPECT_FALSE(said.empty());
}
}  // namespace
}  // namespace sonotwin
