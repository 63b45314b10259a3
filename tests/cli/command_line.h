// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "sonotwin/base/file.h"
#include "sonotwin/media/image_io.h"
#include "temporary_folder.h"

namespace sonotwin {

struct Outcome {
  int code = -1;
  std::string out;
};

/// Runs the program itself on a store of its own.
class CommandLine : public ::testing::Test {
 protected:
  /// Runs `sonotwin --store … words`; stderr goes to a file.
  Outcome run(const std::string& words) {
    const std::string command = program_ + " --store " + store_.string() + " " + words + " 2>" +
                                (folder_ / "stderr").string();
    Outcome outcome;
    FILE* pipe = popen(command.c_str(), "r");
    std::array<char, 4096> buffer{};
    for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
      outcome.out.append(buffer.data(), got);
    }
    outcome.code = WEXITSTATUS(pclose(pipe));
    return outcome;
  }
  nlohmann::json document(const std::string& words, int code = 0) {
    const Outcome outcome = run("--json " + words);
    EXPECT_EQ(outcome.code, code) << words << "\n" << errors();
    return nlohmann::json::parse(outcome.out);
  }
  std::string errors() { return readTextFile(folder_ / "stderr"); }

  void writePictures(int count) {
    std::filesystem::create_directories(folder_ / "in");
    for (int i = 0; i < count; ++i) {
      media::Image image(48 + i, 64);
      image.samples<std::uint8_t>()[0] = static_cast<std::uint8_t>(i);
      media::writePng(folder_ / "in" / ("p" + std::to_string(1000 + i) + ".png"), image);
    }
  }
  std::string inputs() const { return (folder_ / "in").string(); }

  std::string program_ = SONOTWIN_PROGRAM;
  test::TemporaryFolder folder_;
  std::filesystem::path store_ = folder_ / "store";  ///< that the program runs on
};

}  // namespace sonotwin
