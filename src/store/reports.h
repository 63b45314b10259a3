// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "database.h"
#include "sonotwin/store/rows.h"

namespace sonotwin::store {

/// Keeps what an ingest did to a clip's attributes; in the transaction of the clip.
void insertReport(Database& database, std::int64_t clip, const IngestReport& report,
                  const std::string& author);

}  // namespace sonotwin::store
