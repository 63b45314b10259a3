// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace sonotwin::test {

/// A fresh folder that goes with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "sonotwin-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// Folder of real data, empty where the tests run without it.
inline std::filesystem::path realData() {
  const char* folder = std::getenv("SONOTWIN_TEST_DATA");
  return folder != nullptr ? folder : "";
}

}  // namespace sonotwin::test

/// Skips the test, saying why, where there is no real data.
#define SONOTWIN_NEEDS_REAL_DATA()                                                   \
  do {                                                                               \
    if (sonotwin::test::realData().empty()) {                                        \
      GTEST_SKIP() << "SONOTWIN_TEST_DATA is not set: no real data to try this on."; \
    }                                                                                \
  } while (false)
