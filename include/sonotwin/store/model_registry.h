// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"

namespace sonotwin::store {

/// A network whose weights the store keeps.
struct KeptModelRow {
  std::string id;
  std::string name;
  /// "candidate", "active" or, where it was active once, "retired".
  std::string status;
  std::string card_json;
  std::string weights_sha256;
  std::string created_utc;
};

/// From one network in force to another, as one act.
struct ModelChange {
  std::string act = {};                   ///< "model promoted" or "model rolled back"
  std::string activated = {};             ///< id; empty: none takes over
  std::vector<std::string> retired = {};  ///< ids
  std::vector<std::string> expected_active =
      {};                        ///< ids of all that were active when this was decided
  std::string why = {};          ///< as a person said; must name nobody
  std::string detail_json = {};  ///< the grounds, and whatever else is to be known
};

/// A change that was made, from the audit log.
struct ModelAct {
  std::int64_t number = 0;  ///< of the entry in the log
  std::string at_utc;
  std::string author;
  std::string act;
  std::string model_id;  ///< who took over; where nobody did, who left
  std::string detail_json;
};

/// The networks of a store that are kept with their weights, and which of them are in force.
///
/// Weights become an object of the store, named by their SHA-256, which `Store::verify` checks and
/// a backup takes along; the card, which names them, is a sealed row. Nothing kept is ever changed
/// or removed. Stands beside a `Store` that is open on the same folder; one per thread.
/// @throws as `Store`
class ModelRegistry {
 public:
  /// @param author  who is named in the audit log; empty: "sonotwin"
  explicit ModelRegistry(const std::filesystem::path& store_folder, std::string author = {});
  ~ModelRegistry();
  ModelRegistry(ModelRegistry&&) noexcept;
  ModelRegistry& operator=(ModelRegistry&&) = delete;

  /// Takes the weights of a model that `Store::addModel` made; those that are kept stay as they
  /// are. Killed at any instant, the model is there with its weights or without.
  /// @throws Error(kBadInput) where the file is not the one that the card names
  void keepWeights(const std::string& model_id, const std::filesystem::path& file,
                   const Progress& progress);

  /// In order of arrival.
  [[nodiscard]] std::vector<KeptModelRow> models() const;

  /// A folder with `card.json` and `weights.safetensors` as they were kept: what is missing or was
  /// changed there is written anew. @throws Error(kNotFound), Error(kDamaged) where the store lost
  /// the weights
  [[nodiscard]] std::filesystem::path folderOf(const std::string& model_id,
                                               const Progress& progress) const;

  /// Puts one network in force for others, in one transaction with its entry in the log.
  /// @throws Error(kNotFound) for one that is not kept, Error(kConflict) where others are active
  /// than expected, Error(kBadInput) for a reason that says who somebody is
  void change(const ModelChange& change);

  /// All changes, oldest first.
  [[nodiscard]] std::vector<ModelAct> acts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonotwin::store
