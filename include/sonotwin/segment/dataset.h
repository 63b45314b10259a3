// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/image.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::segment {

enum class Split : std::uint8_t { kTrain, kVal, kTest };
/// "train", "val" or "test".
[[nodiscard]] const char* splitName(Split split) noexcept;
/// The reverse. @throws Error(kBadInput)
[[nodiscard]] Split parseSplit(const std::string& name);

/// One image with its truth.
struct Case {
  std::string name;
  std::string group;  ///< patient, or group of near-duplicates: never torn between splits
  Split split = Split::kTrain;
  std::optional<double> pixel_size_mm;
  std::optional<double> head_circumference_mm;
  int rows = 0;
  int cols = 0;
  std::vector<std::uint8_t> gray;   ///< [rows x cols]
  std::vector<std::uint8_t> truth;  ///< [rows x cols], label values
};

/// What came of looking for near-duplicates (see near_duplicates.h).
struct NearDuplicateSummary {
  double least_likeness = 0.0;  ///< of two pictures that count as one
  int pairs = 0;                ///< found in different groups
  int groups_before = 0;
  int groups = 0;  ///< after those of a pair were joined
};

/// One of several trainings on one set, each with other validation cases.
struct Fold {
  int number = 0;  ///< from 1
  int count = 0;   ///< of folds
};

/// A self-contained training set: images, masks, labels, split, source and licence in one file.
struct Dataset {
  std::vector<media::Label> labels;
  std::string source;  ///< where the images came from, with licence, for the model card
  std::uint64_t seed = 0;
  std::vector<Case> cases;
  std::optional<NearDuplicateSummary> near_duplicates = {};  ///< none: nobody looked
  std::vector<std::string> made_from = {};  ///< ids of the masks in a store that went in
  std::optional<Fold> fold = {};  ///< whose cases are the validation; none: as split in the file
};

struct SplitFractions {
  double train = 0.7, val = 0.15, test = 0.15;
};

/// Draws a split by group: whole groups, so the fractions are of groups. The same seed gives the
/// same split on every platform and in any order of the cases.
/// @throws Error(kBadInput) unless the fractions are >= 0 and add up to 1.
void splitByGroup(std::vector<Case>& cases, const SplitFractions& fractions, std::uint64_t seed);

/// Deals the groups that are not in the test into folds: each group whole, each label spread over
/// as many folds as have a group for it, and folds about equal in cases. The same seed gives the
/// same folds on every platform and in any order of the cases. Source: iterative stratification,
/// Sechidis, Tsoumakas & Vlahavas, ECML PKDD 2011, by groups.
/// @returns the fold of each case from 1; 0 for those of the test.
/// @throws Error(kBadInput) for fewer than 2 folds or more than there are groups.
[[nodiscard]] std::vector<int> dealFolds(const std::vector<Case>& cases, int folds,
                                         std::uint64_t seed);

/// Makes a fold's cases the validation and the others the training, dealt by the set's own seed.
/// The test stays. @throws Error(kBadInput) where there is no such fold, as `dealFolds` does
void useFold(Dataset& dataset, const Fold& fold);

/// Writes one file (a safetensors container: one uint8 tensor per image and mask, all else in its
/// metadata). Never half-written. @returns its SHA-256. @throws Error(kDevice)
std::string writeDataset(const std::filesystem::path& path, const Dataset& dataset);
/// @throws Error(kBadInput | kNotFound) naming the file and what is wrong in it.
[[nodiscard]] Dataset readDataset(const std::filesystem::path& path);

}  // namespace sonotwin::segment
