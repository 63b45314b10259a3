// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "database.h"

namespace sonotwin::store {

/// A kind of thing whose rows are sealed together, and the queries that give all of them. What may
/// change on its own (a clip's revision in force, a model's status) stands outside its seal.
struct SealedSubject {
  const char* name;
  const char* primary_keys;  ///< query of every subject of this kind
  std::span<const char* const> queries;
};

[[nodiscard]] std::span<const SealedSubject> sealedSubjects();

/// SHA-256 over the subject's rows as the database gives them now.
[[nodiscard]] std::string sealOf(const Database& database, const SealedSubject& subject,
                                 std::int64_t pk);

/// Writes or renews the seal of a subject; to be called last in its transaction.
void seal(Database& database, const std::string& subject, std::int64_t pk);

/// For a subject that is removed.
void unseal(Database& database, const std::string& subject, std::int64_t pk);

}  // namespace sonotwin::store
