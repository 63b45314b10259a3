// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "database.h"
#include "key.h"

namespace sonotwin::store {

/// Beside the store, its owner's alone.
[[nodiscard]] inline std::filesystem::path quarantineFolder(const std::filesystem::path& store) {
  return store.string() + ".quarantine";
}

/// The id, and the file's name, of what waits to join a series.
[[nodiscard]] inline std::string quarantineId(const PseudonymKey& key,
                                              const std::string& series_mac,
                                              const std::string& sha256) {
  return "quarantine-" + key.mac("quarantine", series_mac + "|" + sha256).substr(0, 16);
}

/// Removes files for which nothing waits: of what was decided, and what killed programs left.
/// @throws Error(kDevice) if one stays, Error(kConflict) while another program has been writing
void sweepQuarantine(const Database& database, const std::filesystem::path& folder);

}  // namespace sonotwin::store
