// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "context.h"
#include "sonotwin/store/search.h"

namespace sonotwin::cli {

/// Options that say which clips are meant: for `list` and `search`. `query` outlives the command.
void addConditions(CLI::App& command, store::ClipQuery& query);
/// Which page of them, or only how many.
void addPage(CLI::App& command, store::ClipQuery& query, bool& count_only);

/// What is set, by the names of the options that set it; for people, "all clips" where nothing is.
[[nodiscard]] nlohmann::json conditionsJson(const store::ClipQuery& query);
[[nodiscard]] std::string conditionsText(const store::ClipQuery& query);

/// A mistyped id must not look like an empty list. @throws Error(kNotFound)
void requireKnown(const store::Store& store, const store::ClipQuery& query);

void printCount(Context& context, std::size_t count);
void printClips(Context& context, const store::Store& store, const store::ClipQuery& query,
                bool count_only);

}  // namespace sonotwin::cli
