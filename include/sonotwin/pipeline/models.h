// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sonotwin::pipeline {

/// A trained network on this machine, as its card describes it (weights not loaded).
struct InstalledModel {
  std::string name;
  std::filesystem::path folder;
  std::vector<std::string> body_regions;  ///< what it is for, as in ClipInfo::body_region
  std::string card_json;
};

/// Models in `$SONOTWIN_MODELS`, then `models/` beside the program or above it.
[[nodiscard]] std::vector<InstalledModel> installedModels();
/// By name, or by folder. @throws Error(kNotFound) listing the names there are.
[[nodiscard]] InstalledModel findModel(const std::string& name_or_folder);
/// The model meant for a body region, if there is exactly one.
[[nodiscard]] std::optional<InstalledModel> modelFor(const std::string& body_region);

}  // namespace sonotwin::pipeline
