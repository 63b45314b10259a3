// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sonotwin::store {

/// resources/schema.sql.
extern const char* const kSchema;
/// resources/schema_from_1.sql.
extern const char* const kSchemaFrom1;
/// resources/schema_from_2.sql.
extern const char* const kSchemaFrom2;
inline constexpr int kSchemaVersion = 3;

}  // namespace sonotwin::store
