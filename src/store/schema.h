// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sonotwin::store {

/// resources/schema.sql.
extern const char* const kSchema;
/// resources/schema_from_1.sql.
extern const char* const kSchemaFrom1;
inline constexpr int kSchemaVersion = 2;

}  // namespace sonotwin::store
