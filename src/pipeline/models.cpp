// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/models.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

bool holdsModel(const fs::path& folder) {
  return fs::exists(folder / "card.json") && fs::exists(folder / "weights.safetensors");
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

/// `models` beside the program, or in a folder above it (a build tree).
std::optional<fs::path> modelsFolder() {
  if (const char* given = std::getenv("SONOTWIN_MODELS"); given != nullptr && *given != '\0') {
    return fs::path(given);
  }
  std::error_code ignored;
  fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    for (const fs::path& found : {folder / "models", folder / "share/sonotwin/models"}) {
      if (fs::is_directory(found, ignored)) return found;
    }
  }
  return std::nullopt;
}
}  // namespace

std::vector<InstalledModel> installedModels() {
  std::vector<InstalledModel> models;
  const auto root = modelsFolder();
  if (!root || !fs::is_directory(*root)) return models;
  for (const auto& entry : fs::directory_iterator(*root)) {
    if (entry.is_directory() && holdsModel(entry.path())) models.push_back(describe(entry.path()));
  }
  std::ranges::sort(models, {}, &InstalledModel::name);
  return models;
}

InstalledModel findModel(const std::string& name_or_folder) {
  if (fs::is_directory(name_or_folder) && holdsModel(name_or_folder)) {
    return describe(fs::canonical(name_or_folder));
  }
  std::string names;
  for (const InstalledModel& model : installedModels()) {
    if (model.name == name_or_folder) return model;
    names += names.empty() ? model.name : ", " + model.name;
  }
  throwNotFound("There is no model '" + name_or_folder + "'. " +
                (names.empty() ? "No models are installed." : "Installed: " + names + ".") +
                " A folder with card.json and weights.safetensors can be given too.");
}

std::optional<InstalledModel> modelFor(const std::string& body_region) {
  if (body_region.empty()) return std::nullopt;
  std::vector<InstalledModel> fitting;
  for (InstalledModel& model : installedModels()) {
    if (std::ranges::find(model.body_regions, body_region) != model.body_regions.end()) {
      fitting.push_back(std::move(model));
    }
  }
  if (fitting.size() != 1) return std::nullopt;
  return fitting.front();
}

}  // namespace sonotwin::pipeline
