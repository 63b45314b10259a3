// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sonotwin::store {

/// resources/schema.sql.
extern const char* const kSchema;
inline constexpr int kSchemaVersion = 1;

}  // namespace sonotwin::store
