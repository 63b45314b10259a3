// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/pipeline/registry.h"
#include "sonotwin/segment/dataset.h"
#include "sonotwin/segment/metrics.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// What a candidate must show on the frozen set, the test split of a training set.
struct GateOptions {
  std::string against = {};  ///< name, id or folder; empty: the network in force for the purpose
  /// What the lower end of the interval of the paired gain in Dice must reach. Below 0, so that a
  /// network that is as good may follow; the mean gain must not be below 0 whatever this is, so
  /// that the mean on one frozen set never falls from promotion to promotion.
  double margin = -0.005;
  std::string device = "auto";
  bool new_frozen_set = false;  ///< from now on this purpose is judged by this set
};

/// A part of the frozen set: a label, or a group of at least `kLeastStratumCases` cases.
struct GateStratum {
  std::string kind;  ///< "label" or "group"
  std::string name;
  int cases = 0;
  segment::Estimate gain;
  bool worse = false;
};
inline constexpr int kLeastStratumCases = 8;
/// An interval of fewer patients means nothing.
inline constexpr int kLeastGatePatients = 5;

struct GateReport {
  std::string id;  ///< of the record in the store
  std::string model_id, model, weights_sha256;
  std::string purpose;
  std::string against, against_weights_sha256;  ///< empty: nothing was in force
  std::string dataset_sha256;
  std::string frozen_sha256;  ///< of the test split
  int cases = 0, patients = 0;
  double margin = 0.0;
  segment::Estimate dice;                 ///< of the candidate, over cases and labels
  std::optional<segment::Estimate> gain;  ///< over the other network, paired, interval by patient
  std::vector<GateStratum> strata;
  std::vector<std::string> objections;  ///< why it does not pass; none: it passes
  std::string created_utc;
  [[nodiscard]] bool passed() const { return objections.empty(); }
};

/// Judges a network against the one in force on the same cases. Passes where the mean paired gain
/// is not below 0, the lower end of its 95 % interval by patient reaches the margin, no stratum
/// gets worse (a label's mean gain below the margin, or a stratum's interval below 0), and nothing
/// of the frozen set was trained on. A candidate from outside is first copied into the store. The
/// report is kept as a record made from both networks, passed or not.
/// @param author  for the audit log; empty: "sonotwin"
/// @throws Error(kConflict) where the purpose was judged by another frozen set before,
///         Error(kBadInput) for labels that differ or an empty test split
GateReport gateModel(store::Store& store, const std::string& candidate,
                     const std::filesystem::path& dataset, const GateOptions& options,
                     const std::string& author, const Progress& progress);

/// @throws Error(kConflict) where networks for the purpose were judged by another frozen set before
/// and nobody says that judging begins anew
void requireFrozenSet(const store::Store& store, const std::string& purpose,
                      const segment::Dataset& dataset, bool new_frozen_set);

/// Of a model or, if empty, of all; oldest first.
[[nodiscard]] std::vector<GateReport> gateReports(const store::Store& store,
                                                  const std::string& model_id = {});
[[nodiscard]] std::string gateJson(const GateReport& report);

/// What a promotion or rollback did.
struct ModelTurn {
  std::string purpose = {};
  std::string model_id, model;    ///< in force now; empty: none of the store's
  std::string before_id, before;  ///< in force until now; empty: none of the store's
  std::string note = {};          ///< the installed network that stands in, or empty
};

/// Puts a kept network in force for its purpose. @param despite_gate  a reason to do so without a
/// gate that it passed with these very weights against the network that is in force now; empty: not
/// @throws Error(kConflict) saying what is missing, Error(kNotFound), Error(kBadInput)
ModelTurn promoteModel(store::Store& store, const std::string& name,
                       const std::string& despite_gate, const std::string& author);

/// Puts the network in force that was before the last promotion; again, the one before that.
/// @param name_or_purpose  of what is active; may be empty where one purpose has an active network
/// @throws Error(kNotFound | kBadInput)
ModelTurn rollBackModel(store::Store& store, const std::string& name_or_purpose,
                        const std::string& why, const std::string& author);

}  // namespace sonotwin::pipeline
