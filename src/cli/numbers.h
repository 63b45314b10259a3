// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sonotwin/store/store.h"

namespace sonotwin::cli {

/// What is said of one thing: for people and for programs.
struct Words {
  std::string text;
  nlohmann::json document = nlohmann::json::object();
};

/// What is said of a clip, by whom, and what the file says; lines of text begin with two blanks.
[[nodiscard]] Words clipNamesWords(const store::ClipNames& names);

/// The numbers of one object, whatever its kind in a lineage is; lines of text begin with two
/// blanks.
/// @throws Error(kNotFound) where its row is missing
[[nodiscard]] Words numbersOf(const store::Store& store, const std::string& kind,
                              const std::string& id);

}  // namespace sonotwin::cli
