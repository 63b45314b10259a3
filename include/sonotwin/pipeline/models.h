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

/// Models in `$SONOTWIN_MODELS`, or `models/` beside the program or above it; then those trained in
/// the store, in its `models` folder. Of two with one name the first counts.
/// @param store  folder of the store; empty: none
[[nodiscard]] std::vector<InstalledModel> installedModels(const std::filesystem::path& store = {});
/// By name, or by folder. @throws Error(kNotFound) listing the names there are.
[[nodiscard]] InstalledModel findModel(const std::string& name_or_folder,
                                       const std::filesystem::path& store = {});
/// The model meant for a body region, if there is exactly one. One trained in the store counts only
/// where the program has none for the region: it has passed no comparison.
[[nodiscard]] std::optional<InstalledModel> modelFor(const std::string& body_region,
                                                     const std::filesystem::path& store = {});
/// Where a new model of this store belongs, one folder each: `$SONOTWIN_MODELS`, else `models` in
/// the store. It need not be there yet.
[[nodiscard]] std::filesystem::path trainingFolder(const std::filesystem::path& store);

}  // namespace sonotwin::pipeline
