// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/pipeline/model_gate.h"
#include "sonotwin/segment/model.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

struct LearnOptions {
  std::string model = {};       ///< to go on from: name, id or folder
  std::string patient_id = {};  ///< annotations of this patient only, for a network for it alone
  std::vector<std::string> body_regions = {};  ///< of the clips; empty: those the network is for
  /// Training set that the network came from: some of its training cases are learned again so that
  /// they are not forgotten, its validation split chooses the epoch, and its test split is the
  /// frozen set of the gate. Empty: none of that, and no gate.
  std::filesystem::path dataset = {};
  double rehearsal = 0.3;  ///< share of its training cases, whole patients, in [0, 1]
  bool new_frozen_set = false;
  std::string name = {};  ///< of the new network; empty: the old one's with a number
  std::string device = "auto";
  std::optional<int> epochs = {};
  int patience = 10;  ///< epochs without a better score before it stops
  std::uint64_t seed = 1;
  int threads = 0;
  std::string author = {};  ///< for the audit log; empty: "sonotwin"
};

struct LearnReport {
  std::string model_id, model;           ///< the candidate; empty: there was nothing new to learn
  std::string from;                      ///< the network it went on from
  std::vector<std::string> annotations;  ///< ids of the masks that were new
  int frames = 0, patients = 0;          ///< of them
  int left_out = 0;   ///< annotations without one of the network's labels, or of the frozen set
  int rehearsed = 0;  ///< cases of the old training set
  int validated = 0;  ///< cases that chose the epoch
  std::optional<GateReport> gate;
};

/// Fine-tunes a network on annotations that were approved since it was trained, judges the result
/// and keeps it as a candidate; nothing is put in force. Cancelled or killed before its end, the
/// training leaves nothing; cancelled while it is judged, a candidate without a gate.
/// @throws Error(kBadInput) where nothing could choose the epoch (one patient and no training set),
///         Error(kNotFound | kConflict | kCancelled)
LearnReport learn(store::Store& store, const LearnOptions& options,
                  const segment::TrainHooks& hooks, const Progress& progress);

}  // namespace sonotwin::pipeline
