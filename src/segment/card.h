// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "recipe.h"
#include "sonotwin/segment/model.h"
#include "validation_score.h"

namespace sonotwin::segment {

inline constexpr const char* kWeightsFile = "weights.safetensors";
inline constexpr const char* kCardFile = "card.json";
inline constexpr const char* kCheckpointFile = "checkpoint.safetensors";

/// What of a card inference needs.
struct CardFields {
  std::string name;
  std::vector<media::Label> labels;
  NetworkPlan plan;
  bool flip_averaging = false;
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
  ValidationScore val_plain;                   ///< of the kept weights
  std::optional<ValidationScore> val_flipped;  ///< with flip averaging, where mirroring is allowed
  bool flip_averaging = false;
  std::string weights_sha256;
};

/// @throws Error(kBadInput) naming the field that is missing or does not fit.
[[nodiscard]] CardFields parseCard(const std::string& text, const std::string& where);
[[nodiscard]] std::string makeCard(const TrainingRecord& record, const Dataset& dataset);

}  // namespace sonotwin::segment
