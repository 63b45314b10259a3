// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/models.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

// A training writes the card last; an ensemble has no weights of its own.
bool holdsModel(const fs::path& folder) {
  return fs::exists(folder / "card.json");
}

InstalledModel describe(const fs::path& folder) {
  InstalledModel model;
  model.folder = folder;
  model.name = folder.filename().string();
  model.card_json = readTextFile(folder / "card.json", 1 << 24);
  const auto card = nlohmann::json::parse(model.card_json, nullptr, false);
  if (!card.is_object()) {
    throwBadInput((folder / "card.json").string() + " is not JSON: train or copy the model again.");
  }
  if (const auto regions = card.find("body_regions");
      regions != card.end() && regions->is_array()) {
    for (const auto& region : *regions) {
      if (region.is_string()) model.body_regions.push_back(region.get<std::string>());
    }
  }
  return model;
}

std::optional<fs::path> namedFolder() {
  const char* given = std::getenv("SONOTWIN_MODELS");
  return given != nullptr && *given != '\0' ? std::optional<fs::path>(given) : std::nullopt;
}

/// `models` beside the program, or in a folder above it (a build tree).
std::optional<fs::path> modelsFolder() {
  if (const auto named = namedFolder()) return named;
  std::error_code ignored;
  fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    for (const fs::path& found : {folder / "models", folder / "share/sonotwin/models"}) {
      if (fs::is_directory(found, ignored)) return found;
    }
  }
  return std::nullopt;
}

fs::path storeModels(const fs::path& store) {
  return store / "models";
}

std::vector<InstalledModel> modelsIn(const fs::path& root) {
  std::vector<InstalledModel> models;
  std::error_code ignored;
  if (!fs::is_directory(root, ignored)) return models;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.is_directory() && holdsModel(entry.path())) models.push_back(describe(entry.path()));
  }
  return models;
}

std::vector<InstalledModel> fitting(const std::vector<InstalledModel>& models,
                                    const std::string& body_region) {
  std::vector<InstalledModel> found;
  std::ranges::copy_if(models, std::back_inserter(found), [&](const InstalledModel& model) {
    return std::ranges::find(model.body_regions, body_region) != model.body_regions.end();
  });
  return found;
}
}  // namespace

std::vector<InstalledModel> installedModels(const fs::path& store) {
  const auto root = modelsFolder();
  std::vector<InstalledModel> models = root ? modelsIn(*root) : std::vector<InstalledModel>();
  if (!store.empty()) {
    for (InstalledModel& model : modelsIn(storeModels(store))) {
      if (std::ranges::find(models, model.name, &InstalledModel::name) == models.end()) {
        models.push_back(std::move(model));
      }
    }
  }
  std::ranges::sort(models, {}, &InstalledModel::name);
  return models;
}

InstalledModel findModel(const std::string& name_or_folder, const fs::path& store) {
  if (fs::is_directory(name_or_folder) && holdsModel(name_or_folder)) {
    return describe(fs::canonical(name_or_folder));
  }
  std::string names;
  for (const InstalledModel& model : installedModels(store)) {
    if (model.name == name_or_folder) return model;
    names += names.empty() ? model.name : ", " + model.name;
  }
  throwNotFound("There is no model '" + name_or_folder + "'. " +
                (names.empty() ? "No models are installed." : "Installed: " + names + ".") +
                " A folder with a card.json can be given too.");
}

std::optional<InstalledModel> modelFor(const std::string& body_region, const fs::path& store) {
  if (body_region.empty()) return std::nullopt;
  std::vector<InstalledModel> found = fitting(installedModels(), body_region);
  if (found.empty() && !store.empty()) found = fitting(installedModels(store), body_region);
  if (found.size() != 1) return std::nullopt;
  return found.front();
}

fs::path trainingFolder(const fs::path& store) {
  return namedFolder().value_or(storeModels(store));
}

}  // namespace sonotwin::pipeline
