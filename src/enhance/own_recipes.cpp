// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/enhance/own_recipes.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::enhance {
namespace {
namespace fs = std::filesystem;
constexpr std::size_t kLongestName_bytes = 60;
constexpr std::string_view kExtension = ".json";
/// What one file system or another does not take in a name.
constexpr std::string_view kUnfit = "/\\:*?\"<>|";

std::string folded(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool sameName(const std::string& a, const std::string& b) {
  return folded(a) == folded(b);
}

fs::path fileOf(const std::string& name) {
  return ownRecipeFolder() / (name + std::string(kExtension));
}

std::optional<Recipe> stored(const std::string& name) {
  const auto all = ownRecipes().recipes;
  const auto found = std::ranges::find(all, name, &Recipe::name);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

void requireFitForAFile(const std::string& name) {
  if (name.empty()) throwBadInput("Give the recipe a name.");
  if (name.size() > kLongestName_bytes) {
    throwBadInput("The name of a recipe can have 60 letters at most.");
  }
  const bool unfit = std::ranges::any_of(name, [](char c) {
    return kUnfit.find(c) != std::string_view::npos || (c >= 0 && c < ' ') || c == '\x7f';
  });
  if (unfit) throwBadInput("The name of a recipe can have none of / \\ : * ? \" < > |.");
  if (name.front() == '.' || name.front() == ' ' || name.back() == '.' || name.back() == ' ') {
    throwBadInput("The name of a recipe cannot begin or end with a full stop or a space.");
  }
}
}  // namespace

fs::path ownRecipeFolder() {
  const auto set = [](const char* name) -> std::optional<fs::path> {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::optional<fs::path>(value) : std::nullopt;
  };
  if (const auto folder = set("SONOTWIN_RECIPES")) return *folder;
  const fs::path settings =
      set("XDG_CONFIG_HOME").value_or(set("HOME").value_or(fs::path(".")) / ".config");
  return settings / "sonotwin" / "recipes";
}

OwnRecipes ownRecipes() {
  OwnRecipes found;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(ownRecipeFolder(), ignored)) {
    std::error_code unreadable;
    if (entry.path().extension() != kExtension || !entry.is_regular_file(unreadable)) continue;
    try {
      Recipe recipe = readRecipe(entry.path());
      if (recipe.name != entry.path().stem().string()) {
        throwBadInput(entry.path().string() + ": the recipe in it has another name than the file.");
      }
      found.recipes.push_back(std::move(recipe));
    } catch (const Error& error) {
      found.problems.emplace_back(error.what());
    }
  }
  std::ranges::sort(found.recipes, {}, &Recipe::name);
  std::ranges::sort(found.problems);
  return found;
}

void requireOwnName(const std::string& name, const std::string& before) {
  requireFitForAFile(name);
  for (const Recipe& recipe : builtInRecipes()) {
    if (sameName(recipe.name, name)) {
      throw Error(ErrorKind::kConflict, "\"" + recipe.name +
                                            "\" comes with the program and cannot be changed; "
                                            "give yours another name.");
    }
  }
  for (const Recipe& recipe : ownRecipes().recipes) {
    if (recipe.name != before && sameName(recipe.name, name)) {
      throw Error(ErrorKind::kConflict,
                  "You have a recipe \"" + recipe.name + "\" already; give this one another name.");
    }
  }
}

Recipe saveOwnRecipe(const Recipe& recipe, const std::string& before) {
  requireOwnName(recipe.name, before);
  const auto earlier = before.empty() ? std::nullopt : stored(before);
  Recipe saved = completed(recipe);
  saved.version = earlier ? earlier->version : 1;
  if (earlier && *earlier == saved) return saved;
  if (earlier) ++saved.version;
  makeFolder(ownRecipeFolder());
  writeFileAtomically(fileOf(saved.name), toJson(saved) + "\n");
  if (earlier && before != saved.name) removeOwnRecipe(before);
  return saved;
}

void removeOwnRecipe(const std::string& name) {
  std::error_code failed;
  if (!stored(name)) throwNotFound("You have no recipe \"" + name + "\".");
  if (!fs::remove(fileOf(name), failed)) {
    throw Error(ErrorKind::kDevice,
                "The recipe \"" + name + "\" could not be deleted: " + failed.message() + ".");
  }
  flushDirectory(ownRecipeFolder());
}

}  // namespace sonotwin::enhance
