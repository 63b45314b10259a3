// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "clip_conditions.h"
#include "rows.h"
#include "sonotwin/base/error.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

struct SearchArguments {
  std::string name;
  store::ClipQuery query;
  bool count_only = false;
};

void save(Context& context, const SearchArguments& arguments) {
  store::Store store = context.openStore();
  requireKnown(store, arguments.query);
  store.saveSearch(arguments.name, arguments.query);
  const int found = store.count(arguments.query);
  context.print(
      "Saved \"" + arguments.name + "\": " + conditionsText(arguments.query) + ". It " + "finds " +
          std::to_string(found) + (found == 1 ? " clip" : " clips") + " now.",
      {{"name", arguments.name}, {"query", conditionsJson(arguments.query)}, {"count", found}});
}

void listSearches(Context& context) {
  Listing out{Table({"SEARCH", "CONDITIONS", "BY"}), json::array()};
  for (const auto& search : context.openStore().savedSearches()) {
    out.table.add({search.name, conditionsText(search.query), search.author});
    out.document.push_back({{"name", search.name},
                            {"query", conditionsJson(search.query)},
                            {"author", search.author},
                            {"created", search.created_utc}});
  }
  context.print(out.table.text(), out.document);
}

void runSearch(Context& context, const SearchArguments& arguments) {
  const store::Store store = context.openStore();
  const auto searches = store.savedSearches();
  const auto found = std::ranges::find(searches, arguments.name, &store::SavedSearch::name);
  if (found == searches.end()) {
    throwNotFound("There is no saved search \"" + arguments.name + "\": see `search list`.");
  }
  store::ClipQuery query = found->query;
  query.limit = arguments.query.limit;
  query.offset = arguments.query.offset;
  printClips(context, store, query, arguments.count_only);
}

void removeSearch(Context& context, const std::string& name) {
  context.openStore().removeSearch(name);
  context.print("Removed the search \"" + name + "\".", {{"name", name}, {"removed", true}});
}
}  // namespace

void addSearch(CLI::App& app, Context& context) {
  CLI::App* searches = app.add_subcommand("search", "Searches under a name");
  searches->require_subcommand(1);
  const auto given = std::make_shared<SearchArguments>();

  CLI::App* keep = searches->add_subcommand("save", "Save the conditions; replaces the same name");
  keep->add_option("name", given->name, "Of the search")->required();
  addConditions(*keep, given->query);
  keep->callback([&context, given] { save(context, *given); });

  searches->add_subcommand("list", "List saved searches")->callback([&context] {
    listSearches(context);
  });

  CLI::App* again = searches->add_subcommand("run", "List the clips that it finds now");
  again->add_option("name", given->name, "Of the search")->required();
  addPage(*again, given->query, given->count_only);
  again->callback([&context, given] { runSearch(context, *given); });

  CLI::App* drop = searches->add_subcommand("remove", "Forget a search");
  drop->add_option("name", given->name, "Of the search")->required();
  drop->callback([&context, given] { removeSearch(context, given->name); });
}

}  // namespace sonotwin::cli
