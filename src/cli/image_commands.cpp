// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "context.h"
#include "sonotwin/base/error.h"
#include "sonotwin/enhance/own_recipes.h"
#include "sonotwin/pipeline/stages.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

struct FramesArguments {
  std::string clip, out, range, recipe;
};

/// Within a clip of `count` frames; empty: all. The text has passed `frameRange`.
std::pair<int, int> framesOf(const std::string& range, int count) {
  if (range.empty()) return {0, count};
  const auto colon = range.find(':');
  if (colon == std::string::npos) return {std::stoi(range), std::stoi(range) + 1};
  const std::string first = range.substr(0, colon), end = range.substr(colon + 1);
  return {first.empty() ? 0 : std::stoi(first), end.empty() ? count : std::stoi(end)};
}

void frames(Context& context, const FramesArguments& arguments) {
  const store::Store store = context.openStore();
  const auto [first, last] = framesOf(arguments.range, store.clipRow(arguments.clip).frames);
  std::optional<enhance::Recipe> recipe;
  if (!arguments.recipe.empty()) recipe = enhance::findRecipe(arguments.recipe);
  pipeline::exportFrames(store, arguments.clip, arguments.out, first, last, recipe,
                         context.progress());
  context.print(
      "Wrote " + std::to_string(last - first) + " frames and frames.json to " + arguments.out + ".",
      {{"out", arguments.out}, {"frames", last - first}});
}

void enhanceClip(Context& context, const std::string& clip, const std::string& recipe,
                 const std::string& device) {
  store::Store store = context.openStore();
  const std::string id =
      pipeline::enhanceClip(store, clip, enhance::findRecipe(recipe), context.progress(), device);
  context.print("Enhanced clip " + id + " (from " + clip + ").", {{"clip", id}, {"from", clip}});
}

std::string describedRecipe(const enhance::Recipe& recipe) {
  std::string text = recipe.name + "  " + recipe.description + "\n";
  for (const auto& step : recipe.steps) {
    text += "  " + step.filter + (step.on ? "" : " (off)");
    for (const auto& [name, value] : step.parameters) text += " " + name + "=" + decimal(value, 3);
    text += "\n";
  }
  return text;
}

void recipes(Context& context) {
  json document = json::array();
  std::string text;
  const auto add = [&](const enhance::Recipe& recipe) {
    document.push_back(json::parse(enhance::toJson(recipe)));
    text += describedRecipe(recipe);
  };
  for (const auto& recipe : enhance::builtInRecipes()) add(recipe);
  const auto own = enhance::ownRecipes();
  if (!own.recipes.empty()) text += "\nSaved under names of your own:\n";
  for (const auto& recipe : own.recipes) add(recipe);
  for (const std::string& problem : own.problems) text += "Not used: " + problem + "\n";
  text += "\nFilters a recipe file may use:\n";
  for (const auto& filter : enhance::filters()) {
    text += "  " + filter.name + ": " + filter.group + ": " + filter.meaning + "\n";
    for (const auto& parameter : filter.parameters) {
      text += "    " + parameter.name + " = " + decimal(parameter.default_value, 3) + " (" +
              decimal(parameter.minimum, 3) + " to " + decimal(parameter.maximum, 3) +
              "): " + parameter.meaning + "\n";
    }
  }
  context.print(text, document);
}

void exportObject(Context& context, const std::string& id, const std::string& out,
                  pipeline::VolumePart part) {
  pipeline::exportObject(context.openStore(), id, out, part);
  context.print("Wrote " + out + ".", {{"id", id}, {"out", out}});
}
}  // namespace

void addImageCommands(CLI::App& app, Context& context) {
  const auto wanted = std::make_shared<FramesArguments>();
  CLI::App* pictures = app.add_subcommand("frames", "Write frames as PNG, with frames.json");
  pictures->add_option("clip", wanted->clip, "Id of a clip")->required();
  pictures->add_option("--out", wanted->out, "Folder to write to")->required();
  pictures->add_option("--range", wanted->range, "FIRST:END, END not included, or one")
      ->check(frameRange());
  pictures->add_option("--enhanced", wanted->recipe, "Recipe to apply: a name or a JSON file");
  pictures->callback([&context, wanted] { frames(context, *wanted); });

  const auto clip = std::make_shared<std::string>();
  const auto recipe = std::make_shared<std::string>();
  CLI::App* improve = app.add_subcommand("enhance", "Apply a recipe to a clip; keeps the original");
  improve->add_option("clip", *clip, "Id of a clip")->required();
  improve->add_option("--recipe", *recipe, "A name (see `recipes`) or a JSON file")->required();
  const auto device = std::make_shared<std::string>("auto");
  improve->add_option("--device", *device, "auto, cpu, cuda or cuda:1")->capture_default_str();
  improve->callback(
      [&context, clip, recipe, device] { enhanceClip(context, *clip, *recipe, *device); });

  app.add_subcommand("recipes", "List recipes and filters with their parameters")
      ->callback([&context] { recipes(context); });

  const auto id = std::make_shared<std::string>();
  const auto out = std::make_shared<std::string>();
  CLI::App* hand_out = app.add_subcommand("export", "Write an object to a file others read");
  hand_out->add_option("id", *id, "Of a clip, mask, volume or surface")->required();
  hand_out->add_option("--out", *out, "File; its extension names the format")->required();
  const auto part = std::make_shared<pipeline::VolumePart>(pipeline::VolumePart::kLevels);
  hand_out
      ->add_option("--part", *part,
                   "Of a volume: levels (default); state (1 observed, 2 interpolated, 0 empty); "
                   "distance to data, mm; uncertainty, grey levels (both -1 where empty)")
      ->transform(wordOf(std::map<std::string, pipeline::VolumePart>{
          {"levels", pipeline::VolumePart::kLevels},
          {"state", pipeline::VolumePart::kState},
          {"distance", pipeline::VolumePart::kDistance},
          {"uncertainty", pipeline::VolumePart::kUncertainty}}));
  hand_out->callback([&context, id, out, part] { exportObject(context, *id, *out, *part); });
}

}  // namespace sonotwin::cli
