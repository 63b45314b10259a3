// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "database.h"

namespace sonotwin::store {

/// Makes the clip's rows in `clip_search` and `clip_labels` anew; in the transaction that changed
/// anything they are made from.
void refreshSearch(Database& database, std::int64_t clip);
/// The same for all clips of all patients.
void refreshSearch(Database& database);
/// Days of all clips of a person, where the first exam or an exam's day changed.
void refreshDays(Database& database, std::int64_t person);

/// Query of the ids of clips whose rows there are not what they must be.
[[nodiscard]] std::string outdatedSearchRows();

}  // namespace sonotwin::store
