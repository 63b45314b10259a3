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

/// A self-contained training set: images, masks, labels, split, source and licence in one file.
struct Dataset {
  std::vector<media::Label> labels;
  std::string source;  ///< where the images came from, with licence, for the model card
  std::uint64_t seed = 0;
  std::vector<Case> cases;
};

struct SplitFractions {
  double train = 0.7, val = 0.15, test = 0.15;
};

/// Draws a split by group: whole groups, so the fractions are of groups. The same seed gives the
/// same split on every platform and in any order of the cases.
/// @throws Error(kBadInput) unless the fractions are >= 0 and add up to 1.
void splitByGroup(std::vector<Case>& cases, const SplitFractions& fractions, std::uint64_t seed);

/// Writes one file (a safetensors container: one uint8 tensor per image and mask, all else in its
/// metadata). Never half-written. @returns its SHA-256. @throws Error(kDevice)
std::string writeDataset(const std::filesystem::path& path, const Dataset& dataset);
/// @throws Error(kBadInput | kNotFound) naming the file and what is wrong in it.
[[nodiscard]] Dataset readDataset(const std::filesystem::path& path);

}  // namespace sonotwin::segment
