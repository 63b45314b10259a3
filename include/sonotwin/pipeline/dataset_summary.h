// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::pipeline {

/// What a training set holds, for whoever chooses it.
struct DatasetSummary {
  struct Part {
    int cases = 0;
    int groups = 0;  ///< patients, or groups of near-duplicates
  };

  std::filesystem::path path;
  std::string sha256;
  std::string source;  ///< with the licence
  std::vector<media::Label> labels;
  std::array<Part, 3> parts = {};  ///< by segment::Split
};
/// Reads and checks the whole file. @throws Error(kBadInput | kNotFound) naming what is wrong in it
[[nodiscard]] DatasetSummary summarizeDataset(const std::filesystem::path& path,
                                              const Progress& progress);

}  // namespace sonotwin::pipeline
