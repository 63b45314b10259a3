// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/enhance/own_recipes.h"
#include "sonotwin/enhance/recipe.h"

namespace sonotwin::enhance {
namespace {
using Json = nlohmann::json;
constexpr std::uint64_t kLargestFile_bytes = 1 << 20;

void requireKeys(const Json& object, const std::string& what,
                 std::initializer_list<std::string_view> allowed) {
  if (!object.is_object()) throwBadInput("In a recipe, " + what + " must be an object { }.");
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(allowed, key) == allowed.end()) {
      throwBadInput("In a recipe, " + what + " has an unknown key \"" + key + "\".");
    }
  }
}

const Json& required(const Json& object, const std::string& what, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) {
    throwBadInput("In a recipe, " + what + " lacks \"" + key + "\".");
  }
  return *found;
}

std::string textOf(const Json& object, const std::string& what, const char* key) {
  const Json& value = required(object, what, key);
  if (!value.is_string()) {
    throwBadInput("In a recipe, \"" + std::string(key) + "\" of " + what + " must be text.");
  }
  return value.get<std::string>();
}

Step stepFrom(const Json& json, std::size_t number) {
  const std::string what = "step " + std::to_string(number);
  requireKeys(json, what, {"filter", "on", "parameters"});
  Step step{textOf(json, what, "filter"), {}, true};
  if (json.contains("on")) {
    if (!json["on"].is_boolean()) {
      throwBadInput("In a recipe, \"on\" of " + what + " must be true or false.");
    }
    step.on = json["on"].get<bool>();
  }
  if (!json.contains("parameters")) return step;
  const Json& parameters = json["parameters"];
  if (!parameters.is_object()) {
    throwBadInput("In a recipe, \"parameters\" of " + what + " must be an object { }.");
  }
  for (const auto& [name, value] : parameters.items()) {
    if (!value.is_number()) {
      throwBadInput("In a recipe, parameter \"" + name + "\" of " + what + " must be a number.");
    }
    step.parameters[name] = value.get<double>();
  }
  return step;
}

Recipe recipeFrom(const Json& json) {
  const std::string what = "the recipe";
  requireKeys(json, what, {"name", "version", "description", "steps"});
  Recipe recipe;
  recipe.name = textOf(json, what, "name");
  if (json.contains("description")) recipe.description = textOf(json, what, "description");
  if (json.contains("version")) {
    if (!json["version"].is_number_integer()) {
      throwBadInput("In a recipe, \"version\" must be a whole number.");
    }
    recipe.version = json["version"].get<int>();
  }
  const Json& steps = required(json, what, "steps");
  if (!steps.is_array()) throwBadInput("In a recipe, \"steps\" must be a list [ ].");
  for (const Json& step : steps) recipe.steps.push_back(stepFrom(step, recipe.steps.size() + 1));
  return completed(recipe);
}
}  // namespace

Recipe recipeFromJson(const std::string& json) {
  try {
    return recipeFrom(Json::parse(json));
  } catch (const Json::parse_error& error) {
    throwBadInput("A recipe is not valid JSON near byte " + std::to_string(error.byte) + ".");
  }
}

Recipe findRecipe(const std::string& name_or_path) {
  std::string known;
  for (const Recipe& recipe : builtInRecipes()) {
    if (recipe.name == name_or_path) return recipe;
    known += (known.empty() ? "built in (" : ", ") + recipe.name;
  }
  for (const Recipe& recipe : ownRecipes().recipes) {
    if (recipe.name == name_or_path) return recipe;
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(name_or_path, ignored)) {
    throwNotFound("There is no recipe \"" + name_or_path + "\": neither " + known +
                  "), nor one that you saved, nor a file.");
  }
  return readRecipe(name_or_path);
}

Recipe readRecipe(const std::filesystem::path& file) {
  try {
    return recipeFromJson(readTextFile(file, kLargestFile_bytes));
  } catch (const Error& error) {
    throw Error(error.kind(), file.string() + ": " + error.what());
  }
}

std::string toJson(const Recipe& recipe) {
  const Recipe complete = completed(recipe);
  Json steps = Json::array();
  for (const Step& step : complete.steps) {
    Json one = {{"filter", step.filter}, {"parameters", Json(step.parameters)}};
    // Only where it is off, so that recipes made before there was a switch keep their hashes.
    if (!step.on) one["on"] = false;
    steps.push_back(std::move(one));
  }
  return Json{{"description", complete.description},
              {"name", complete.name},
              {"steps", std::move(steps)},
              {"version", complete.version}}
      .dump();
}

std::string hashOf(const Recipe& recipe) {
  return sha256Hex(toJson(recipe));
}

}  // namespace sonotwin::enhance
