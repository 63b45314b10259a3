// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "calibration_result.h"
#include "recipe.h"
#include "script_card.h"
#include "sonotwin/segment/model.h"
#include "tiling.h"

namespace sonotwin::segment {

inline constexpr const char* kWeightsFile = "weights.safetensors";
inline constexpr const char* kCardFile = "card.json";
inline constexpr const char* kCardFormat = "sonotwin-model";
inline constexpr int kCardVersion = 1;
inline constexpr const char* kEnsembleKind = "ensemble";
inline constexpr const char* kScriptKind = "torchscript";
inline constexpr const char* kScriptFile = "module.pt";
inline constexpr const char* kFit = "letterbox";
inline constexpr const char* kFitSector = "letterbox of the scan sector and a tenth around it";
inline constexpr const char* kFitStretch = "stretch";
inline constexpr const char* kNormalization = "z-score over pixels that are not black";
inline constexpr const char* kCheckpointFile = "checkpoint.safetensors";
inline constexpr const char* kHistoryFile = "training.jsonl";

enum class ModelKind { kUNet, kEnsemble, kTorchScript };
/// Name of the file beside the card. Ensembles have none.
[[nodiscard]] inline const char* weightsFile(ModelKind kind) {
  return kind == ModelKind::kTorchScript ? kScriptFile : kWeightsFile;
}

/// A network that is part of an ensemble; it lies in `members/0`, `members/1`, ...
struct EnsembleMember {
  std::string name;
  std::string weights_sha256, card_sha256;
};

/// What of a card inference needs.
struct CardFields {
  ModelKind kind = ModelKind::kUNet;
  std::string name;
  std::vector<media::Label> labels;
  std::vector<EnsembleMember> members;  ///< of an ensemble, which has no plan
  NetworkPlan plan;                     ///< of TorchScript: the grid, the classes and the cut
  std::optional<ScriptFields> script;   ///< of TorchScript only
  std::optional<TrainingScale> scale;   ///< unknown to cards of the first programs
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
/// A card to be changed, its fields in their order. @throws Error(kBadInput | kNotFound)
[[nodiscard]] nlohmann::ordered_json readCard(const std::filesystem::path& path);
/// The folder of a member of an ensemble.
[[nodiscard]] std::filesystem::path memberFolder(const std::filesystem::path& folder,
                                                 std::size_t member);
/// What stands for the weights of all members, in place of one file's SHA-256.
[[nodiscard]] std::string ensembleSha256(const std::vector<EnsembleMember>& members);
/// Writes new inference settings into the card and takes out its scores, which were of the old.
/// Where the network was trained on this very file and its card, of an early program, does not list
/// what it saw, it does now.
void recordCalibration(const std::filesystem::path& folder, const Calibration& calibration,
                       const Dataset& dataset, const std::string& dataset_sha256);

}  // namespace sonotwin::segment
