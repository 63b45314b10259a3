// SPDX-License-Identifier: Apache-2.0
#include "temporary_file.h"

#include <unistd.h>

#include <atomic>
#include <string>

namespace sonotwin::pipeline {
namespace {
std::string uniqueName() {
  static std::atomic<int> next = 0;
  return ".incoming-" + std::to_string(::getpid()) + "-" + std::to_string(next++);
}
}  // namespace

TemporaryFile::TemporaryFile(const std::filesystem::path& folder) : path_(folder / uniqueName()) {}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

}  // namespace sonotwin::pipeline
