// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "command_line.h"

namespace sonotwin {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;

TEST_F(CommandLine, ExitCodesFollowTheContract) {
  EXPECT_EQ(run("").code, 2);
  EXPECT_EQ(run("no-such-command").code, 2);
  EXPECT_EQ(run("list nonsense").code, 2);
  EXPECT_EQ(run("list clips").code, 5);  // no store yet
  EXPECT_NE(errors().find("init"), std::string::npos);
  EXPECT_EQ(run("init").code, 0);
  EXPECT_EQ(run("init").code, 3);  // there is one
  EXPECT_EQ(run("show clip-0000").code, 5);
  EXPECT_EQ(run("ingest " + (folder_ / "absent").string()).code, 5);
  EXPECT_EQ(run("--help").code, 0);
}

TEST_F(CommandLine, WithoutItsNetworkLibraryTheRestStillWorks) {
  const fs::path alone = folder_ / "alone/sonotwin";
  fs::create_directories(alone.parent_path());
  fs::copy_file(SONOTWIN_PROGRAM, alone);
  program_ = alone.string();
  EXPECT_EQ(run("init").code, 0);
  EXPECT_EQ(run("list clips").code, 0);
  EXPECT_EQ(run("version").code, 5);
  EXPECT_NE(errors().find((folder_ / "alone/libsonotwin_torch.so").string()), std::string::npos);
}

TEST_F(CommandLine, IngestReportsAddedKnownAndRefused) {
  writePictures(2);
  writeFileAtomically(folder_ / "in/broken.png", "rubbish");
  run("init");
  const json first = document("ingest " + inputs(), 6);
  ASSERT_EQ(first["added"].size(), 2U);
  EXPECT_EQ(first["added"][0]["cols"], 64);
  EXPECT_EQ(first["added"][0]["frames"], 1);
  EXPECT_TRUE(first["added"][0]["spacing_mm"].is_null());
  EXPECT_FALSE(first["added"][0]["tracked"]);
  ASSERT_EQ(first["refused"].size(), 1U);
  EXPECT_NE(first["refused"][0]["path"].get<std::string>().find("broken.png"), std::string::npos);
  const json second = document("ingest " + inputs(), 6);
  EXPECT_TRUE(second["added"].empty());
  EXPECT_EQ(second["known"].size(), 2U);
  fs::remove(folder_ / "in/p1000.png");
  fs::remove(folder_ / "in/p1001.png");
  document("ingest " + inputs(), 3);  // nothing could be used
}

TEST_F(CommandLine, AnIngestThatCannotGoOnSaysWhatItTookIn) {
  writePictures(2);
  run("init");
  run("ingest " + (folder_ / "in/p1001.png").string());
  fs::path kept;  // where the second picture's pixels lie
  for (const auto& entry : fs::directory_iterator(store_ / "objects")) {
    if (!fs::is_empty(entry)) kept = entry.path().filename();
  }
  store_ = folder_ / "other";
  run("init");
  fs::remove(store_ / "objects" / kept);
  writeFileAtomically(store_ / "objects" / kept, "in the way");
  const json report = document("ingest " + inputs(), 1);
  ASSERT_EQ(report["added"].size(), 1U);
  EXPECT_TRUE(report["added"][0]["path"].get<std::string>().ends_with("p1000.png"));
  EXPECT_TRUE(report["stopped"]["path"].get<std::string>().ends_with("p1001.png"));
  EXPECT_NE(errors().find("p1001.png"), std::string::npos);
  EXPECT_EQ(document("list clips").size(), 1U);
  fs::remove(store_ / "objects" / kept);
  EXPECT_EQ(document("ingest " + inputs())["added"].size(), 1U);
}

TEST_F(CommandLine, ListsShowsExportsAndVerifies) {
  writePictures(3);
  run("init");
  document("ingest --patient one " + inputs());
  EXPECT_EQ(document("list patients").size(), 1U);
  EXPECT_EQ(document("list clips --limit 2").size(), 2U);
  const json clips = document("list clips");
  ASSERT_EQ(clips.size(), 3U);
  const auto id = clips[0]["clip"].get<std::string>();
  EXPECT_EQ(document("show " + id)["kind"], "clip");

  document("frames " + id + " --out " + (folder_ / "frames").string());
  const json frames = json::parse(readTextFile(folder_ / "frames/frames.json"));
  ASSERT_EQ(frames["frames"].size(), 1U);
  EXPECT_TRUE(frames["spacing_mm"].is_null());
  const auto picture =
      media::readImage(folder_ / "frames" / frames["frames"][0]["file"].get<std::string>());
  EXPECT_EQ(picture.cols, 64);

  document("export " + id + " --out " + (folder_ / "one.png").string());
  EXPECT_EQ(media::readImage(folder_ / "one.png").cols, 64);
  document("export " + id + " --out " + (folder_ / "new/folder/TWO.PNG").string());
  EXPECT_EQ(media::readImage(folder_ / "new/folder/TWO.PNG").cols, 64);
  for (const char* name : {"one.stl", "one.xyz", "one"}) {
    EXPECT_EQ(run("export " + id + " --out " + (folder_ / name).string()).code, 3);
    EXPECT_NE(errors().find(".mha (or .png"), std::string::npos) << errors();
  }
  EXPECT_TRUE(document("verify --deep")["ok"]);
}

TEST_F(CommandLine, EnhancesIntoANewClipWithLineage) {
  writePictures(1);
  run("init");
  const json added = document("ingest " + inputs());
  const auto id = added["added"][0]["clip"].get<std::string>();
  const json recipes = document("recipes");
  ASSERT_FALSE(recipes.empty());
  const json made =
      document("enhance " + id + " --recipe " + recipes[0]["name"].get<std::string>());
  const json shown = document("show " + made["clip"].get<std::string>());
  EXPECT_EQ(shown["made_from"], json::array({id}));
  EXPECT_EQ(document("list clips").size(), 2U);
  EXPECT_EQ(run("enhance " + id + " --recipe none-such").code, 5);
  const json again =
      document("enhance " + id + " --device cpu --recipe " + recipes[0]["name"].get<std::string>());
  EXPECT_EQ(again["clip"], made["clip"]);  // the device is no part of what is made
  EXPECT_EQ(run("enhance " + id + " --recipe speckle-contrast --device gpu").code, 3);
}

// What the window's editor saves is such a file, by the same function.
TEST_F(CommandLine, OwnRecipesAreListedAndApplied) {
  writePictures(1);
  run("init");
  const auto id = document("ingest " + inputs())["added"][0]["clip"].get<std::string>();
  fs::create_directories(folder_ / "recipes");
  std::ofstream(folder_ / "recipes/darker.json")
      << R"({"name":"darker","version":3,"steps":[{"filter":"gamma","parameters":{"gamma":2}}]})";
  std::ofstream(folder_ / "recipes/seen 2024-01-05.json")
      << R"({"name":"seen 2024-01-05","steps":[{"filter":"median"}]})";
  program_ = "SONOTWIN_RECIPES=" + (folder_ / "recipes").string() + " " + program_;
  EXPECT_EQ(document("recipes").back()["name"], "seen 2024-01-05");
  const json made = document("enhance " + id + " --recipe darker");
  const json shown = document("show " + made["clip"].get<std::string>());
  EXPECT_NE(shown.dump().find("darker"), std::string::npos);
  EXPECT_NE(run("recipes").out.find("gamma gamma=2"), std::string::npos);
  // A name that a person typed is held to the rules for typed text before the store keeps it.
  EXPECT_EQ(run("enhance " + id + " --recipe 'seen 2024-01-05'").code, 3);
  EXPECT_NE(errors().find("a date"), std::string::npos) << errors();
}

TEST_F(CommandLine, DamageIsNamedWithItsOwnExitCode) {
  writePictures(1);
  run("init");
  document("ingest " + inputs());
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "store/objects")) {
    if (entry.is_regular_file()) fs::resize_file(entry.path(), 10);
  }
  const json verdict = document("verify", 4);
  EXPECT_FALSE(verdict["ok"]);
  EXPECT_FALSE(verdict["damages"].empty());
}

/// Starts an ingest, kills it after `delay`; true if it was still running.
bool killIngest(const fs::path& store, const std::string& inputs, std::chrono::microseconds delay) {
  const pid_t child = fork();
  if (child == 0) {
    if (freopen("/dev/null", "w", stdout) == nullptr) _exit(127);
    execl(SONOTWIN_PROGRAM, SONOTWIN_PROGRAM, "--store", store.c_str(), "ingest", inputs.c_str(),
          nullptr);
    _exit(127);
  }
  std::this_thread::sleep_for(delay);  // the instant of the power cut, not a wait for a result
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

TEST_F(CommandLine, KilledIngestLeavesAStoreThatRunningAgainCompletes) {
  constexpr int kPictures = 60;
  writePictures(kPictures);
  run("init");
  int killed = 0;
  for (int trial = 0; trial < 12; ++trial) {
    killed += killIngest(folder_ / "store", inputs(), std::chrono::milliseconds(25 + 23 * trial));
    ASSERT_TRUE(document("verify --deep")["ok"]) << "after kill " << trial;
  }
  EXPECT_GE(killed, 1);
  const json rest = document("ingest " + inputs());
  EXPECT_EQ(rest["added"].size() + rest["known"].size(), static_cast<std::size_t>(kPictures));
  EXPECT_EQ(document("list clips").size(), static_cast<std::size_t>(kPictures));
  EXPECT_TRUE(document("verify --deep")["ok"]);
}

TEST_F(CommandLine, CtrlCCancelsWithItsOwnCode) {
  run("init");
  const pid_t child = fork();
  if (child == 0) {
    if (freopen("/dev/null", "w", stdout) == nullptr) _exit(127);
    execl(SONOTWIN_PROGRAM, SONOTWIN_PROGRAM, "simulate", "--out", (folder_ / "demo").c_str(),
          nullptr);
    _exit(127);
  }
  // The folder appears when the work begins.
  while (!fs::exists(folder_ / "demo/truth") && waitpid(child, nullptr, WNOHANG) == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
}

TEST_F(CommandLine, VersionNamesLibrariesAndDevices) {
  const json version = document("version");
  for (const char* name : {"SQLite", "LibTorch", "DCMTK", "OpenJPEG", "libpng", "libjpeg",
                           "libtiff", "zlib", "pugixml", "fmt", "Qt (workstation)"}) {
    ASSERT_TRUE(version["libraries"].contains(name)) << name;
    EXPECT_NE(version["libraries"][name].get<std::string>().find_first_of("0123456789"),
              std::string::npos)
        << name;
  }
  EXPECT_FALSE(version["device"].get<std::string>().empty());
  EXPECT_FALSE(version["voxels_on"].get<std::string>().empty());
  EXPECT_FALSE(version["linear_algebra"].get<std::string>().empty());
  EXPECT_EQ(version["devices"][0], "cpu");
}
}  // namespace
}  // namespace sonotwin
