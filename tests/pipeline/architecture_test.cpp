// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace sonotwin {
namespace {
namespace fs = std::filesystem;

std::vector<std::string> includesOf(const fs::path& file) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<std::string> found;
  std::ifstream stream(file);
  std::smatch match;
  for (std::string line; std::getline(stream, line);) {
    if (std::regex_search(line, match, kInclude)) found.push_back(match[1]);
  }
  return found;
}

std::vector<fs::path> sourcesBelow(const fs::path& folder) {
  static const std::set<std::string> kEndings = {".h", ".cpp", ".cu", ".cuh"};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (kEndings.contains(entry.path().extension().string())) files.push_back(entry.path());
  }
  return files;
}

TEST(Architecture, NoPublicHeaderIncludesAHeavyLibrary) {
  static const std::regex kHeavy(
      R"(^(torch/|ATen/|c10/|itk|vtk|dcmtk/|gdcm|igtl|cuda|sqlite3|openssl/|tesseract/|Q[A-Z]|png\.h|jpeglib))");
  int headers = 0;
  for (const fs::path& header : sourcesBelow(fs::path(SONOTWIN_SOURCE_DIR) / "include")) {
    ++headers;
    for (const std::string& include : includesOf(header)) {
      EXPECT_FALSE(std::regex_search(include, kHeavy)) << header << " includes " << include;
    }
  }
  EXPECT_GT(headers, 20);
}

// The order of DESIGN: a module may use only those above it.
TEST(Architecture, ModulesUseOnlyThoseAboveThem) {
  static const std::vector<std::string> kOrder = {
      "base",     "geometry", "media",       "dicom",      "store", "enhance",
      "features", "segment",  "reconstruct", "phantom",    "robot", "ocr",
      "pipeline", "scene",    "cli",         "workstation"};
  const auto rank = [&](const std::string& module) {
    return std::ranges::find(kOrder, module) - kOrder.begin();
  };
  const fs::path root(SONOTWIN_SOURCE_DIR);
  for (const std::string& module : kOrder) {
    std::vector<fs::path> files;
    for (const fs::path& folder : {root / "src" / module, root / "include/sonotwin" / module}) {
      if (fs::exists(folder)) std::ranges::copy(sourcesBelow(folder), std::back_inserter(files));
    }
    EXPECT_FALSE(files.empty()) << module;
    for (const fs::path& file : files) {
      for (const std::string& include : includesOf(file)) {
        if (!include.starts_with("sonotwin/")) continue;
        const std::string used = include.substr(9, include.find('/', 9) - 9);
        EXPECT_LE(rank(used), rank(module)) << file << " includes " << include;
      }
    }
  }
}
}  // namespace
}  // namespace sonotwin
