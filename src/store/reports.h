// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "database.h"
#include "sonotwin/store/rows.h"

namespace sonotwin::store {

/// The key of this list, which is kept once.
[[nodiscard]] std::int64_t placeActions(Database& database,
                                        const std::vector<AttributeActions>& actions);
/// @throws Error(kDamaged)
[[nodiscard]] std::vector<AttributeActions> actionsAt(const Database& database, std::int64_t pk);

/// What the audit log says of them.
[[nodiscard]] std::string detailOf(const std::vector<IngestReport>& reports);

/// Keeps what an ingest did to a clip's attributes; in the transaction of the clip.
void insertReport(Database& database, std::int64_t clip, const IngestReport& report,
                  const std::string& author);

}  // namespace sonotwin::store
