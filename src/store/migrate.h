// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "database.h"
#include "key.h"

namespace sonotwin::store {

/// A store's database in the present version. An older one is brought to it in one transaction;
/// where that cannot be done (nothing can be written, or the key is not there) a copy in memory is,
/// and can be read. @throws as `Database::open`
[[nodiscard]] Database openPresent(const std::filesystem::path& folder);

/// Brings a database of any older version to the present one, in one transaction.
/// @param key  none: days stay shifted as they were, for reading only
void migrate(Database& database, const PseudonymKey* key);

}  // namespace sonotwin::store
