// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/segment/dataset.h"
#include "sonotwin/store/search.h"

namespace sonotwin::store {
class Store;
}

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

/// Which frames of approved masks are taken beside those that a person drew on.
struct StoreFrames {
  bool proposed = false;  ///< those left as a network proposed them in a version that is final
  bool empty = false;     ///< those without any label, as background
};

struct StoreDataset {
  segment::Dataset dataset;
  struct {
    int masks_lacking_a_label = 0;  ///< what is not listed in a mask could not be drawn there
    int proposed_frames = 0, empty_frames = 0;
  } left_out;
  int clips_of_oblong_pixels = 0;  ///< taken without a pixel size: a case has one number for it
};

/// The annotations of a store that a person drew or corrected and that stand as final: of each clip
/// and frame the newest version in which somebody drew on it. Groups are patients' pseudonyms; the
/// masks' ids are kept in the set.
///
/// Frames that a version does not hold are no background: nobody said what they show. Nor, unless
/// `frames` says so, are those that hold no label (a stroke taken back leaves such) or are as a
/// network proposed them: a frame that a person drew on has a confidence of 1.
/// @param query    which clips; its page is not looked at
/// @param options  labels: those wanted, with their values in the set; others become background,
///                 and masks without one of them are left out. None: all there are.
/// @throws Error(kNotFound) where nothing is final or nothing of it can be used, saying why.
[[nodiscard]] StoreDataset datasetFromStore(const store::Store& store,
                                            const store::ClipQuery& query,
                                            const StoreFrames& frames,
                                            const DatasetOptions& options,
                                            const Progress& progress);

/// "1=nerve,2=vessel" → labels. @throws Error(kBadInput)
[[nodiscard]] std::vector<media::Label> parseLabels(const std::string& text);
/// "patient:0.7,0.15,0.15" → fractions that sum to 1. @throws Error(kBadInput)
[[nodiscard]] segment::SplitFractions parseSplit(const std::string& text);

}  // namespace sonotwin::pipeline
