// SPDX-License-Identifier: Apache-2.0
#include "recipe.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "json_fields.h"
#include "sonotwin/base/error.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;

struct Preset {
  const char* name;
  double grid_pixels;
  std::vector<int> widths;
  std::vector<int> encoder_blocks;
  TrainRecipe recipe;
};

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = [] {
    TrainRecipe quick{
        .preset = "quick", .epochs = 40, .batch = 8, .min_steps = 20, .augmentation = {}};
    quick.learning_rate = 2e-3;
    quick.warmup_share = 0.03;
    quick.weight_decay = 1e-2;
    quick.clip_norm = 5.0;
    quick.ema_decay = 0.98;
    TrainRecipe standard{.preset = "standard",
                         .epochs = 250,
                         .batch = 16,
                         .min_steps = 50,
                         .optimization = Optimization::kSgdPoly,
                         .augmentation = {}};
    standard.learning_rate = 1e-2;
    standard.weight_decay = 3e-5;
    standard.clip_norm = 12.0;
    standard.ema_decay = 0.995;
    TrainRecipe max = standard;
    max.preset = "max";
    max.epochs = 500;
    return std::vector<Preset>{
        {"quick", 160.0 * 240.0, {16, 32, 64, 128, 128}, {}, quick},
        {"standard", 256.0 * 256.0, {32, 64, 128, 256, 256, 256}, {}, standard},
        {"max", 384.0 * 256.0, {32, 64, 128, 256, 512, 512}, {1, 3, 4, 6, 6, 6}, max}};
  }();
  return all;
}

const Preset& findPreset(const std::string& name) {
  for (const Preset& preset : presets()) {
    if (name == preset.name) return preset;
  }
  throwBadInput("There is no preset '" + name + "': use quick, standard or max.");
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

int roundToMultiple(double length, int step) {
  return std::max(1, static_cast<int>(std::lround(length / step))) * step;
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
      {"gamma", {{"chance", a.gamma_chance}, {"range", {a.gamma_low, a.gamma_high}}}},
      {"brightness", {{"chance", a.brightness_chance}, {"max_sd", a.brightness_max_shift}}},
      {"contrast", {{"chance", a.contrast_chance}, {"range", {a.contrast_low, a.contrast_high}}}},
      {"blur", {{"chance", a.blur_chance}, {"sigma_px", {a.blur_low_px, a.blur_high_px}}}},
      {"low_resolution",
       {{"chance", a.low_resolution_chance}, {"range", {a.low_resolution_low, 1.0}}}},
      {"noise", {{"chance", a.noise_chance}, {"max_sd", a.noise_max}}}};
}
}  // namespace

TrainRecipe makeRecipe(const TrainOptions& options) {
  TrainRecipe recipe = findPreset(options.preset).recipe;
  if (options.epochs) recipe.epochs = *options.epochs;
  if (recipe.epochs < 1 || recipe.epochs > 100'000) {
    throwBadInput("The number of epochs must be 1 to 100000.");
  }
  if (options.max_minutes && !(*options.max_minutes > 0.0)) {
    throwBadInput("The minutes of a training must be above 0.");
  }
  if (!options.mirror) recipe.augmentation.mirror_chance = 0.0;
  return recipe;
}

NetworkPlan planNetwork(const std::string& preset_name, const Dataset& dataset) {
  const Preset& preset = findPreset(preset_name);
  std::vector<double> rows, cols;
  for (const Case& item : dataset.cases) {
    if (item.split != Split::kTrain) continue;
    rows.push_back(item.rows);
    cols.push_back(item.cols);
  }
  if (rows.empty()) throwBadInput("The dataset has no case to train on.");
  const double high = median(rows), wide = median(cols);
  // Small images are not enlarged: that would cost time and add nothing.
  const double scale = std::min(1.0, std::sqrt(preset.grid_pixels / (high * wide)));
  NetworkPlan plan;
  plan.widths = preset.widths;
  plan.encoder_blocks = preset.encoder_blocks;
  // The coarsest stage keeps an edge of at least 4.
  while (plan.widths.size() > 2 &&
         std::min(high, wide) * scale < 4.0 * std::exp2(plan.widths.size() - 1)) {
    plan.widths.pop_back();
    if (!plan.encoder_blocks.empty()) plan.encoder_blocks.pop_back();
  }
  const int step = 1 << (plan.widths.size() - 1);
  plan.grid_rows = std::max(roundToMultiple(high * scale, step), 2 * step);
  plan.grid_cols = std::max(roundToMultiple(wide * scale, step), 2 * step);
  plan.classes = static_cast<int>(dataset.labels.size()) + 1;
  return plan;
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
  return object;
}

json planToJson(const NetworkPlan& plan) {
  return {{"grid", {plan.grid_rows, plan.grid_cols}},
          {"classes_with_background", plan.classes},
          {"widths", plan.widths},
          {"encoder_blocks", plan.encoder_blocks},
          {"leaky_slope", plan.leaky_slope}};
}

NetworkPlan planFromJson(const json& object, const std::string& where) {
  NetworkPlan plan;
  const std::vector<int> grid = intsFromJson(object, "grid", 2, 4096, where);
  plan.widths = intsFromJson(object, "widths", 1, 2048, where);
  plan.encoder_blocks = intsFromJson(object, "encoder_blocks", 1, 64, where);
  plan.classes = requireInt(object, "classes_with_background", 2, 256, where);
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
  const int step = 1 << (plan.widths.size() - 1);
  if (plan.grid_rows % step != 0 || plan.grid_cols % step != 0) {
    throwBadInput(where + ": the grid cannot be halved as often as the network has stages.");
  }
  return plan;
}

}  // namespace sonotwin::segment
