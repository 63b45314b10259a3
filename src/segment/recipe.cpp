// SPDX-License-Identifier: Apache-2.0
#include "recipe.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "json_fields.h"
#include "sonotwin/base/error.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;

struct Preset {
  PresetDescription description;
  NetworkSize size;
  TrainRecipe recipe;
};

TrainRecipe adamRecipe(int epochs, int batch, int min_steps) {
  TrainRecipe recipe{.epochs = epochs, .batch = batch, .min_steps = min_steps, .augmentation = {}};
  recipe.learning_rate = 2e-3;
  recipe.warmup_share = 0.03;
  recipe.weight_decay = 1e-2;
  recipe.clip_norm = 5.0;
  recipe.ema_decay = 0.98;
  return recipe;
}

TrainRecipe sgdRecipe(int epochs) {
  TrainRecipe recipe{.epochs = epochs,
                     .batch = 16,
                     .min_steps = 50,
                     .optimization = Optimization::kSgdPoly,
                     .augmentation = {}};
  recipe.learning_rate = 1e-2;
  recipe.weight_decay = 3e-5;
  recipe.clip_norm = 12.0;
  recipe.ema_decay = 0.995;
  return recipe;
}

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = {
      {{"small", "Follows the live picture on a processor without a GPU."},
       {256.0 * 256.0, {24, 48, 96, 192, 192}, {}, 2},
       adamRecipe(120, 8, 20)},
      {{"quick", "A first answer in minutes; low resolution."},
       {160.0 * 240.0, {16, 32, 64, 128, 128}, {}, 1},
       adamRecipe(40, 8, 20)},
      {{"standard", "The one to begin with: an hour on a GPU."},
       {256.0 * 256.0, {32, 64, 128, 256, 256, 256}, {}, 1},
       sgdRecipe(250)},
      {{"max", "Residual encoder, finest grid: for a large GPU and the last hundredth."},
       {384.0 * 256.0, {32, 64, 128, 256, 512, 512}, {1, 3, 4, 6, 6, 6}, 1},
       sgdRecipe(500)}};
  return all;
}

const Preset& findPreset(const std::string& name) {
  std::string names;
  for (const Preset& preset : presets()) {
    if (name == preset.description.name) return preset;
    names += (names.empty() ? "" : ", ") + preset.description.name;
  }
  throwBadInput("There is no preset '" + name + "': use one of " + names + ".");
}

std::vector<int> intsFromJson(const json& object, const char* key, int low, int high,
                              const std::string& where) {
  std::vector<int> values;
  const json& list = requireField(object, key, where);
  if (!list.is_array() || list.size() > 10) {
    throwBadInput(where + ": the field '" + key + "' is not a list of at most 10 numbers.");
  }
  for (const json& item : list) {
    values.push_back(requireInt({{key, item}}, key, low, high, where));
  }
  return values;
}

json augmentationToJson(const AugmentationRecipe& a) {
  return {
      {"rotation", {{"chance", a.rotation_chance}, {"max_deg", a.rotation_max_deg}}},
      {"scale", {{"chance", a.scale_chance}, {"range", {a.scale_low, a.scale_high}}}},
      {"shift", {{"chance", a.shift_chance}, {"max_share", a.shift_max_share}}},
      {"mirror", {{"chance", a.mirror_chance}}},
      {"depth_attenuation",
       {{"chance", a.depth_attenuation_chance}, {"max_neper", a.depth_attenuation_max}}},
      {"shadow", {{"chance", a.shadow_chance}, {"max_depth", a.shadow_max_depth}}},
      {"haze", {{"chance", a.haze_chance}, {"max_level", a.haze_max_level}}},
      {"gamma", {{"chance", a.gamma_chance}, {"range", {a.gamma_low, a.gamma_high}}}},
      {"brightness", {{"chance", a.brightness_chance}, {"max_sd", a.brightness_max_shift}}},
      {"contrast", {{"chance", a.contrast_chance}, {"range", {a.contrast_low, a.contrast_high}}}},
      {"blur", {{"chance", a.blur_chance}, {"sigma_px", {a.blur_low_px, a.blur_high_px}}}},
      {"low_resolution",
       {{"chance", a.low_resolution_chance}, {"range", {a.low_resolution_low, 1.0}}}},
      {"noise", {{"chance", a.noise_chance}, {"max_sd", a.noise_max}}}};
}
}  // namespace

std::vector<PresetDescription> trainPresets() {
  std::vector<PresetDescription> descriptions;
  for (const Preset& preset : presets()) descriptions.push_back(preset.description);
  return descriptions;
}

const NetworkSize& networkSize(const std::string& preset) {
  return findPreset(preset).size;
}

TrainRecipe makeRecipe(const TrainOptions& options) {
  const Preset& preset = findPreset(options.preset);
  TrainRecipe recipe = preset.recipe;
  if (!options.start_from.empty()) {
    // Trained weights are near where they have to be: large steps would throw them off.
    recipe = adamRecipe(std::max(1, recipe.epochs / 4), recipe.batch, recipe.min_steps);
    recipe.learning_rate = 2e-4;
  }
  recipe.preset = preset.description.name;
  recipe.patience = options.patience;
  if (options.epochs) recipe.epochs = *options.epochs;
  if (recipe.epochs < 1 || recipe.epochs > 100'000) {
    throwBadInput("The number of epochs must be 1 to 100000.");
  }
  if (recipe.patience && *recipe.patience < 1) {
    throwBadInput("The epochs to wait for a better score must be 1 or more.");
  }
  if (options.max_minutes && !(*options.max_minutes > 0.0)) {
    throwBadInput("The minutes of a training must be above 0.");
  }
  if (!options.mirror) recipe.augmentation.mirror_chance = 0.0;
  return recipe;
}

json recipeToJson(const TrainRecipe& r) {
  const bool sgd = r.optimization == Optimization::kSgdPoly;
  json object = {{"preset", r.preset},
                 {"epochs", r.epochs},
                 {"batch", r.batch},
                 {"min_steps_per_epoch", r.min_steps},
                 {"optimizer", sgd ? "SGD with Nesterov momentum" : "AdamW"},
                 {"schedule", sgd ? "polynomial 0.9" : "cosine"},
                 {"learning_rate", r.learning_rate},
                 {"warmup_share", r.warmup_share},
                 {"weight_decay", r.weight_decay},
                 {"clip_norm", r.clip_norm},
                 {"ema_decay", r.ema_decay},
                 {"loss", "cross-entropy + soft Dice (batch, without background, smooth 1e-5)"},
                 {"deep_supervision", "weights 1/2^i, lowest level 0"},
                 {"selection", "best epoch by the mean of per-case and pooled validation Dice"},
                 {"augmentation", augmentationToJson(r.augmentation)}};
  if (sgd) object["momentum"] = r.momentum;
  if (r.patience) object["patience_epochs"] = *r.patience;
  return object;
}

json foldToJson(const Fold& fold) {
  return {{"number", fold.number}, {"of", fold.count}};
}

json planToJson(const NetworkPlan& plan) {
  return {{"grid", {plan.grid_rows, plan.grid_cols}},
          {"classes_with_background", plan.classes},
          {"widths", plan.widths},
          {"encoder_blocks", plan.encoder_blocks},
          {"pixel_block", plan.block},
          {"leaky_slope", plan.leaky_slope}};
}

NetworkPlan planFromJson(const json& object, const std::string& where) {
  NetworkPlan plan;
  const std::vector<int> grid = intsFromJson(object, "grid", 2, 4096, where);
  plan.widths = intsFromJson(object, "widths", 1, 2048, where);
  plan.encoder_blocks = intsFromJson(object, "encoder_blocks", 1, 64, where);
  plan.classes = requireInt(object, "classes_with_background", 2, 256, where);
  // Cards of the first version do not know it.
  if (object.contains("pixel_block")) plan.block = requireInt(object, "pixel_block", 1, 2, where);
  const json& slope = requireField(object, "leaky_slope", where);
  if (!slope.is_number()) throwBadInput(where + ": the field 'leaky_slope' is not a number.");
  plan.leaky_slope = slope.get<double>();
  const bool blocks_fit =
      plan.encoder_blocks.empty() || plan.encoder_blocks.size() == plan.widths.size();
  if (grid.size() != 2 || plan.widths.size() < 2 || !blocks_fit) {
    throwBadInput(where + ": the network's grid, widths and blocks do not fit together.");
  }
  plan.grid_rows = grid[0];
  plan.grid_cols = grid[1];
  const int step = plan.block << (plan.widths.size() - 1);
  if (plan.grid_rows % step != 0 || plan.grid_cols % step != 0) {
    throwBadInput(where + ": the grid cannot be halved as often as the network has stages.");
  }
  return plan;
}

}  // namespace sonotwin::segment
