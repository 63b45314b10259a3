// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace sonotwin::segment {

/// What comes out of a network made elsewhere, a channel for each class.
enum class ScriptOutput {
  kLogits,         ///< background first; softmax makes chances of them
  kProbabilities,  ///< background first
  kIndependent  ///< logits of each label alone, without background; sigmoid makes chances of them
};

/// How a network made elsewhere (TorchScript) is fed and read.
struct ScriptFields {
  int channels = 1;  ///< 3: the grey levels three times
  /// Of levels in [0, 1], for each channel; empty: z-score over pixels that are not black.
  std::vector<double> mean, sd;
  ScriptOutput output = ScriptOutput::kLogits;
  bool batches = true;  ///< takes several pictures at once
};

/// "logits", "probabilities" or "independent". @throws Error(kBadInput) naming `where`
[[nodiscard]] ScriptOutput parseScriptOutput(const std::string& name, const std::string& where);
/// Of a card whose kind is "torchscript". @throws Error(kBadInput) naming the field and `where`
[[nodiscard]] ScriptFields scriptFromCard(const nlohmann::json& card, const std::string& where);

}  // namespace sonotwin::segment
