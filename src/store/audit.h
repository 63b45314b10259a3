// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "artifacts.h"
#include "database.h"
#include "sonotwin/store/store.h"

namespace sonotwin::store {

/// Something that changed the store. Nothing in it may identify a patient.
struct Act {
  std::string author;
  std::string act;          ///< "clip added", ...
  std::string object = {};  ///< id; empty: the store
  std::string detail = {};
};

/// Adds an act to the log; in the transaction of what it tells. Entries are chained by hash and
/// numbered, so the clock may say what it likes.
void record(Database& database, const Act& act, const std::string& at_utc = nowUtc());

/// What is wrong with the chain, each with the number of its entry.
[[nodiscard]] std::vector<Damage> chainProblems(const Database& database);

}  // namespace sonotwin::store
