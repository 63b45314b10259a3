// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sonotwin/enhance/recipe.h"

namespace sonotwin::enhance {

/// Recipes that a person saved under a name: one JSON file each, found by every program that this
/// person starts. What was made with one keeps the whole recipe in its lineage, so that changing or
/// deleting it here takes nothing from there.

/// $SONOTWIN_RECIPES, else $XDG_CONFIG_HOME/sonotwin/recipes, else ~/.config/sonotwin/recipes.
[[nodiscard]] std::filesystem::path ownRecipeFolder();

struct OwnRecipes {
  std::vector<Recipe> recipes;        ///< by name
  std::vector<std::string> problems;  ///< of files that are no recipes: which, and why
};
/// What lies in the folder; nothing where it does not exist.
[[nodiscard]] OwnRecipes ownRecipes();

/// Refuses what cannot be the name of a person's own recipe: empty, longer than 60 bytes, not fit
/// for a file's name, or that of a built-in recipe or of another own one, small or capital letters.
/// @param before  the name of the recipe that is saved anew; empty: a new one
/// @throws Error(kBadInput | kConflict) saying what to write instead
void requireOwnName(const std::string& name, const std::string& before = {});

/// Saves a recipe. Its version is one more than that of the recipe it follows, 1 where it follows
/// none; saved unchanged, it keeps its version. Seen whole or not at all.
/// @param before  as `requireOwnName`; under another name, the recipe is renamed
/// @returns the recipe as saved
/// @throws as `requireOwnName` and `completed`; Error(kDevice)
Recipe saveOwnRecipe(const Recipe& recipe, const std::string& before = {});
/// @throws Error(kNotFound | kDevice)
void removeOwnRecipe(const std::string& name);

}  // namespace sonotwin::enhance
