// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "calibration_result.h"
#include "recipe.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::segment {

inline constexpr const char* kWeightsFile = "weights.safetensors";
inline constexpr const char* kCardFile = "card.json";
inline constexpr const char* kCheckpointFile = "checkpoint.safetensors";
inline constexpr const char* kHistoryFile = "training.jsonl";

/// What of a card inference needs.
struct CardFields {
  std::string name;
  std::vector<media::Label> labels;
  NetworkPlan plan;
  InferenceSettings inference;
  bool mirror = false;  ///< trained on mirrored pictures too: its labels have no side
  std::string weights_sha256;
};

/// The model a training went on from.
struct StartingModel {
  std::string name;
  std::string weights_sha256;
};

/// What training knows of itself at its end.
struct TrainingRecord {
  TrainOptions options;
  TrainRecipe recipe;
  NetworkPlan plan;
  std::string name;
  std::string dataset_sha256;
  std::string device;
  std::int64_t parameters = 0;
  int epochs_run = 0;
  int best_epoch = 0;
  double seconds = 0.0;
  std::optional<StartingModel> start;
  Calibration calibration;  ///< of the kept weights
  std::string weights_sha256;
};

/// @throws Error(kBadInput) naming the field that is missing or does not fit.
[[nodiscard]] CardFields parseCard(const std::string& text, const std::string& where);
[[nodiscard]] std::string makeCard(const TrainingRecord& record, const Dataset& dataset);
/// Writes new inference settings into the card and takes out its scores, which were of the old.
void recordCalibration(const std::filesystem::path& folder, const Calibration& calibration,
                       const std::string& dataset_sha256);

}  // namespace sonotwin::segment
