// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/registry.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "ingest_sources.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/store/model_registry.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;
constexpr std::uint64_t kMostCardBytes = 1 << 24;
constexpr const char* kOnly = "; only ";

ordered_json parseCard(const std::string& text) {
  auto card = ordered_json::parse(text, nullptr, false);
  if (!card.is_object()) throwBadInput("A model's card is not JSON: train or copy it again.");
  return card;
}

/// Scores are said of a network and do not make it another.
std::string withoutScores(const std::string& card_json) {
  ordered_json card = parseCard(card_json);
  card.erase("scores");
  return card.dump();
}

std::vector<std::string> regionsOf(const ordered_json& card) {
  std::vector<std::string> regions;
  if (const auto found = card.find("body_regions"); found != card.end() && found->is_array()) {
    for (const auto& region : *found) {
      if (region.is_string()) regions.push_back(region.get<std::string>());
    }
  }
  std::ranges::sort(regions);
  return regions;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string labelWords(const ordered_json& card) {
  std::vector<std::string> names;
  if (const auto classes = card.find("classes"); classes != card.end() && classes->is_array()) {
    for (const auto& label : *classes) {
      if (label.is_object()) names.push_back(label.value("name", std::string()));
    }
  }
  std::ranges::sort(names);
  return joined(names);
}

/// Of the person whom the pseudonym belongs to now; the pseudonym where the store knows nobody.
std::string personOf(const store::Store& store, const std::string& patient_id) {
  try {
    return store.patient(patient_id).patient.id;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound) throw;
    return patient_id;
  }
}

FoundModel found(const store::Store& store, const KeptModel& kept) {
  const fs::path folder = store::ModelRegistry(store.folder()).folderOf(kept.id, {});
  return {{.name = kept.name,
           .folder = folder,
           .body_regions = kept.body_regions,
           .card_json = kept.card_json},
          kept};
}

/// The network that stands in the store's own folder for kept ones is the kept one.
std::optional<KeptModel> keptIn(const store::Store& store, const fs::path& folder) {
  for (KeptModel& kept : keptModels(store)) {
    if (folder == store.folder() / "registry" / kept.id) return std::move(kept);
  }
  return std::nullopt;
}

std::optional<KeptModel> keptNamed(const store::Store& store, const std::string& name,
                                   bool active) {
  std::optional<KeptModel> newest;
  for (KeptModel& kept : keptModels(store)) {
    if ((kept.name == name || kept.id == name) && (kept.status == "active" || !active)) {
      newest = std::move(kept);
    }
  }
  return newest;
}

bool isFor(const std::vector<std::string>& regions, const std::string& region) {
  return std::ranges::find(regions, region) != regions.end();
}

/// Networks for everybody that may be chosen unasked: active ones, and of others those that none of
/// these replaces.
std::vector<FoundModel> standing(const std::vector<KeptModel>& kept,
                                 std::vector<InstalledModel> others) {
  std::vector<FoundModel> models;
  std::set<std::string> replaced;
  for (const KeptModel& model : kept) {
    if (model.status != "active" || !model.purpose.patient_id.empty()) continue;
    replaced.insert(model.purpose.text);
    models.push_back({{.name = model.name,
                       .folder = {},
                       .body_regions = model.body_regions,
                       .card_json = model.card_json},
                      model});
  }
  for (InstalledModel& model : others) {
    const ModelPurpose purpose = purposeOf(model.card_json);
    if (replaced.contains(purpose.text) || !purpose.patient_id.empty()) continue;
    models.push_back({std::move(model), std::nullopt});
  }
  return models;
}

std::optional<FoundModel> onlyOne(const store::Store& store, std::vector<FoundModel> fitting) {
  if (fitting.size() != 1) return std::nullopt;
  return fitting.front().kept ? found(store, *fitting.front().kept) : std::move(fitting.front());
}

/// The one that fits. Networks trained in the store, which passed no gate, count where the program
/// comes with none.
std::optional<FoundModel> standingOne(const store::Store& store, const std::vector<KeptModel>& kept,
                                      const std::function<bool(const InstalledModel&)>& fits) {
  for (const fs::path& folder : {fs::path(), store.folder()}) {
    std::vector<FoundModel> fitting;
    for (FoundModel& model : standing(kept, installedModels(folder))) {
      if (fits(model.model)) fitting.push_back(std::move(model));
    }
    if (!fitting.empty()) return onlyOne(store, std::move(fitting));
  }
  return std::nullopt;
}
}  // namespace

ModelPurpose purposeOf(const std::string& card_json) {
  const ordered_json card = parseCard(card_json);
  const std::string regions = joined(regionsOf(card));
  ModelPurpose purpose;
  purpose.text = (regions.empty() ? "any region" : regions) + ": " + labelWords(card);
  const ordered_json::json_pointer patient("/learned/patient");
  if (card.contains(patient) && card[patient].is_string()) {
    purpose.patient_id = card[patient].get<std::string>();
  }
  if (!purpose.patient_id.empty()) purpose.text += kOnly + purpose.patient_id;
  return purpose;
}

std::string forEverybody(const std::string& purpose) {
  return purpose.substr(0, purpose.find(kOnly));
}

std::vector<KeptModel> keptModels(const store::Store& store) {
  std::vector<KeptModel> models;
  for (auto& row : store::ModelRegistry(store.folder()).models()) {
    models.push_back({.id = std::move(row.id),
                      .name = std::move(row.name),
                      .status = std::move(row.status),
                      .purpose = purposeOf(row.card_json),
                      .body_regions = regionsOf(parseCard(row.card_json)),
                      .weights_sha256 = std::move(row.weights_sha256),
                      .card_json = row.card_json,
                      .created_utc = std::move(row.created_utc)});
  }
  return models;
}

FoundModel findModel(const store::Store& store, const std::string& name) {
  std::error_code ignored;
  if (fs::is_directory(name, ignored)) {
    InstalledModel model = findModel(name, store.folder());
    auto kept = keptIn(store, model.folder);
    return {std::move(model), std::move(kept)};
  }
  if (const auto active = keptNamed(store, name, true)) return found(store, *active);
  for (InstalledModel& model : installedModels(store.folder())) {
    if (model.name == name) return {std::move(model), std::nullopt};
  }
  if (const auto kept = keptNamed(store, name, false)) return found(store, *kept);
  std::vector<std::string> names;
  for (const KeptModel& kept : keptModels(store)) names.push_back(kept.name);
  if (names.empty())
    return {findModel(name, store.folder()), std::nullopt};  // says which are installed
  throwNotFound("There is no model '" + name + "'. The store keeps " + joined(names) +
                "; `sonotwin models list` names those that are installed too.");
}

std::optional<KeptModel> keptCopyOf(const store::Store& store, const InstalledModel& model) {
  const std::string card = withoutScores(model.card_json);
  for (KeptModel& kept : keptModels(store)) {
    if (kept.card_json != card) continue;
    const std::string present = fileSha256(model.folder / "weights.safetensors", {});
    if (present == kept.weights_sha256) return std::move(kept);
  }
  return std::nullopt;
}

std::optional<FoundModel> modelFor(const store::Store& store, const store::ClipRow& clip) {
  if (clip.body_region.empty()) return std::nullopt;
  const std::vector<KeptModel> kept = keptModels(store);
  std::vector<FoundModel> fitting;
  for (const KeptModel& model : kept) {
    if (model.status == "active" && !model.purpose.patient_id.empty() &&
        isFor(model.body_regions, clip.body_region) &&
        personOf(store, model.purpose.patient_id) == clip.patient_id) {
      fitting.push_back({{}, model});
    }
  }
  if (!fitting.empty()) return onlyOne(store, std::move(fitting));
  return standingOne(store, kept, [&](const InstalledModel& model) {
    return isFor(model.body_regions, clip.body_region);
  });
}

std::optional<FoundModel> modelInForce(const store::Store& store, const ModelPurpose& purpose) {
  const std::vector<KeptModel> kept = keptModels(store);
  for (const KeptModel& model : kept) {
    if (model.status == "active" && model.purpose.text == purpose.text) return found(store, model);
  }
  return standingOne(store, kept, [&](const InstalledModel& model) {
    return purposeOf(model.card_json).text == forEverybody(purpose.text);
  });
}

std::string weightsOf(const FoundModel& model) {
  if (model.kept) return model.kept->weights_sha256;
  return parseCard(model.model.card_json).at("weights").at("sha256");
}

std::optional<FoundModel> rivalOf(const store::Store& store, const KeptModel& model) {
  auto other = modelInForce(store, model.purpose);
  if (other && !other->kept && weightsOf(*other) == model.weights_sha256) return std::nullopt;
  return other;
}

void requireForPatient(const store::Store& store, const std::string& card_json,
                       const store::ClipRow& clip) {
  const ModelPurpose purpose = purposeOf(card_json);
  if (purpose.patient_id.empty() || personOf(store, purpose.patient_id) == clip.patient_id) return;
  throwBadInput("This network was tuned for " + purpose.patient_id + " alone, and clip " + clip.id +
                " is of " + clip.patient_id + ": name another one.");
}

std::string recordModel(store::Store& store, const std::string& card_json,
                        const std::vector<std::string>& made_from) {
  const std::string text = withoutScores(card_json);
  for (const store::ModelRow& row : store.models()) {
    if (row.card_json == text) return row.id;
  }
  const ordered_json card = parseCard(text);
  const std::string name = card.value("name", std::string("model"));
  const auto part = [&](const char* key) {
    return card.contains(key) ? card[key] : ordered_json::object();
  };
  const std::string data = store.addRecord("dataset", name, part("data").dump(), {});
  const ordered_json run = {{"training", part("training")}, {"recipe", part("recipe")}};
  const std::string training = store.addRecord("training", name, run.dump(), {{data}, ""});
  std::vector<std::string> parents = {training};
  parents.insert(parents.end(), made_from.begin(), made_from.end());
  return store.addModel(name, text, {parents, ""});
}

std::string keepModel(store::Store& store, const fs::path& folder,
                      const std::vector<std::string>& made_from, const std::string& author,
                      const Progress& progress) {
  const std::string card = readTextFile(folder / "card.json", kMostCardBytes);
  std::ignore = purposeOf(card);
  const std::string id = recordModel(store, card, made_from);
  store::ModelRegistry(store.folder(), author)
      .keepWeights(id, folder / "weights.safetensors", progress);
  return id;
}

}  // namespace sonotwin::pipeline
