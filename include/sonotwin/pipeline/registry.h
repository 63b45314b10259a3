// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/pipeline/models.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// What a network is for: networks of the same purpose stand for each other, and one of them is in
/// force. As text, "FETAL HEAD: head" or "any region: nerve, vessel", with "; only P-7F3A-21C8"
/// where it was tuned for one patient.
struct ModelPurpose {
  std::string text;
  std::string patient_id;  ///< as the card names the person; empty: for everybody
};
/// @throws Error(kBadInput) for what is no card
[[nodiscard]] ModelPurpose purposeOf(const std::string& card_json);
/// The text of the same purpose without its patient.
[[nodiscard]] std::string forEverybody(const std::string& purpose);

/// A network that the store keeps.
struct KeptModel {
  std::string id;
  std::string name;
  std::string status;  ///< "candidate", "active", "retired"
  ModelPurpose purpose;
  std::vector<std::string> body_regions;
  std::string weights_sha256;
  std::string card_json;
  std::string created_utc;
};
/// In order of arrival.
[[nodiscard]] std::vector<KeptModel> keptModels(const store::Store& store);

/// A network with a folder that can be loaded, and its row if the store keeps it.
struct FoundModel {
  InstalledModel model;
  std::optional<KeptModel> kept;
};

/// By folder or by the id of a kept network; by name: the active one, then one that is installed,
/// then the newest that is kept. @throws Error(kNotFound) listing the names there are
[[nodiscard]] FoundModel findModel(const store::Store& store, const std::string& name);

/// What the store keeps of a network elsewhere, if that is still the same to the byte.
[[nodiscard]] std::optional<KeptModel> keptCopyOf(const store::Store& store,
                                                  const InstalledModel& model);

/// The network for a clip: what is active for its region in the store, for its patient alone before
/// for everybody, and what comes with the program where nothing active has its purpose, or if there
/// is nothing, what was trained in the store's `models` folder; none unless there is exactly one.
/// Candidates are never chosen.
[[nodiscard]] std::optional<FoundModel> modelFor(const store::Store& store,
                                                 const store::ClipRow& clip);
/// The network that another one of this purpose would replace; none: there is none.
[[nodiscard]] std::optional<FoundModel> modelInForce(const store::Store& store,
                                                     const ModelPurpose& purpose);
/// The same for one that is kept, unless what is in force is that very network from outside.
[[nodiscard]] std::optional<FoundModel> rivalOf(const store::Store& store, const KeptModel& model);
/// SHA-256 of its weights, as its row or card says.
[[nodiscard]] std::string weightsOf(const FoundModel& model);

/// @throws Error(kBadInput) where the network was tuned for another patient than the clip's
void requireForPatient(const store::Store& store, const std::string& card_json,
                       const store::ClipRow& clip);

/// The network in the store's lineage, made from its data set, its training run and `made_from`;
/// one that is there under another lineage stays. Scores are left out: a network judged once more
/// is still the same. @returns its id
std::string recordModel(store::Store& store, const std::string& card_json,
                        const std::vector<std::string>& made_from);

/// Copies a network into the store, where nothing changes it any more, as a candidate.
/// @param author  for the audit log; empty: "sonotwin"
/// @returns its id. @throws Error(kBadInput) where weights and card do not fit
std::string keepModel(store::Store& store, const std::filesystem::path& folder,
                      const std::vector<std::string>& made_from, const std::string& author,
                      const Progress& progress);

}  // namespace sonotwin::pipeline
