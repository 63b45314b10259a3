// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <utility>

#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// A name for a file in the store's temporary folder; the file goes with this object, unless the
/// store took it.
class TemporaryFile {
 public:
  explicit TemporaryFile(const store::Store& store);
  ~TemporaryFile();
  TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFile& operator=(TemporaryFile&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sonotwin::pipeline
