// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::segment {

/// A new folder that takes its name only when it is whole.
class NewFolder {
 public:
  explicit NewFolder(const std::filesystem::path& target)
      : target_(std::filesystem::absolute(target / "").parent_path()) {
    std::error_code ignored;
    if (std::filesystem::exists(target_) && !std::filesystem::is_empty(target_, ignored)) {
      throw Error(ErrorKind::kConflict, target_.string() +
                                            " holds something already. Give a folder that is not "
                                            "there yet.");
    }
    work_ = target_;
    work_ += ".part";
    std::filesystem::remove_all(work_, ignored);
    makeFolder(work_);
  }
  ~NewFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(work_, ignored);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return work_; }
  [[nodiscard]] std::string name() const { return target_.filename().string(); }
  void commit() {
    std::error_code failed;
    std::filesystem::rename(work_, target_, failed);
    if (failed) throw Error(ErrorKind::kDevice, target_.string() + ": " + failed.message() + ".");
    flushDirectory(target_.parent_path());
  }

 private:
  std::filesystem::path target_, work_;
};

}  // namespace sonotwin::segment
