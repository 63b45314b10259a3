// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/segment/dataset.h"

namespace sonotwin::pipeline {

/// Image/mask pairs of two folders, matched by file name.
struct FolderPairs {
  std::filesystem::path images;
  std::filesystem::path masks;
  /// CSV with a header line: `file` and, where known, `patient` or `group`, `pixel_size_mm`,
  /// `head_circumference_mm`. Without it every image is a group of its own.
  std::optional<std::filesystem::path> cases;
};

struct DatasetOptions {
  std::vector<media::Label> labels;
  segment::SplitFractions split;
  std::uint64_t seed = 1;
  std::string source;  ///< origin and licence of the images, for the model's card
  /// Groups stay as they are given; else those that hold near-duplicates of each other are joined
  /// before the split (see segment/near_duplicates.h).
  bool keep_groups = false;
};

/// Reads pairs into a training set, joins groups and splits it by them.
/// @throws Error(kBadInput) naming the file: a mask that is missing, of another size, or that holds
///         a value with no label; a CSV line that does not parse.
[[nodiscard]] segment::Dataset datasetFromFolders(const FolderPairs& pairs,
                                                  const DatasetOptions& options,
                                                  const Progress& progress);

/// Frames of virtual patients with their exact masks; one group a patient: nobody looks for
/// near-duplicates among them. Frames are taken evenly along each sweep. @param first_seed patients
/// are `first_seed`, `first_seed` + 1, …
[[nodiscard]] segment::Dataset datasetFromPhantom(const std::string& case_name, int patients,
                                                  std::uint64_t first_seed, int frames_per_patient,
                                                  const DatasetOptions& options,
                                                  const Progress& progress);

/// "1=nerve,2=vessel" → labels. @throws Error(kBadInput)
[[nodiscard]] std::vector<media::Label> parseLabels(const std::string& text);
/// "patient:0.7,0.15,0.15" → fractions that sum to 1. @throws Error(kBadInput)
[[nodiscard]] segment::SplitFractions parseSplit(const std::string& text);

}  // namespace sonotwin::pipeline
