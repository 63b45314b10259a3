// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "database.h"

namespace sonotwin::store {

/// Beside the store, its owner's alone.
[[nodiscard]] inline std::filesystem::path quarantineFolder(const std::filesystem::path& store) {
  return store.string() + ".quarantine";
}

/// Removes files for which nothing waits: of what was decided, and what killed programs left.
/// @throws Error(kDevice) if one stays, Error(kConflict) while another program has been writing
void sweepQuarantine(const Database& database, const std::filesystem::path& folder);

}  // namespace sonotwin::store
