// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "sonotwin/base/progress.h"
#include "sonotwin/segment/metrics.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::pipeline {

/// Trains on a training-set file; see segment::train.
/// @param fold  its cases are the validation; none: as split in the file
void trainModel(const std::filesystem::path& dataset, const std::filesystem::path& folder,
                const segment::TrainOptions& options, const segment::TrainHooks& hooks,
                const Progress& progress, const std::optional<segment::Fold>& fold = {});

/// See segment::calibrate. @returns the model's new card. @throws Error(kNotFound | kBadInput)
std::string calibrateModel(const std::string& model, const std::filesystem::path& dataset,
                           const std::string& device, const Progress& progress);

/// Runs a model over one split ("train", "val", "test", "all") of a training-set file.
/// @param record  write the summary into the model's card
/// @throws Error(kNotFound | kBadInput)
[[nodiscard]] segment::Evaluation evaluateModel(const std::string& model,
                                                const std::filesystem::path& dataset,
                                                const std::string& split, const std::string& device,
                                                bool record, const Progress& progress);

/// Compares two folders of mask pictures by file name, for every label value found in either.
/// Labels are named by their value. @param spacing_mm  pixel size; none: distances in pixels
/// @throws Error(kBadInput) naming a truth without mask or a pair of different sizes.
[[nodiscard]] segment::Evaluation evaluateFolders(const std::filesystem::path& masks,
                                                  const std::filesystem::path& truth,
                                                  std::optional<double> spacing_mm,
                                                  const Progress& progress);

}  // namespace sonotwin::pipeline
