// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/segment/dataset.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::segment {

/// Shape of a U-Net and of the grid it works on.
struct NetworkPlan {
  int grid_rows = 0;
  int grid_cols = 0;
  int classes = 2;          ///< with background
  std::vector<int> widths;  ///< feature maps of each stage, finest first; each halves the grid
  std::vector<int> encoder_blocks;  ///< residual blocks of each stage; empty: 2 plain convolutions
  /// Side of the blocks of pixels that enter and leave as channels of one, 1 or 2: 2 spares most of
  /// the work, which lies at full resolution.
  int block = 1;
  bool crop = false;     ///< the picture is cut to the scan sector before it comes to the grid
  bool stretch = false;  ///< it fills the grid, its sides scaled apart; not of our own networks
  double leaky_slope = 0.01;

  bool operator==(const NetworkPlan&) const = default;
};

/// Chance and range of each random change of a training image.
struct AugmentationRecipe {
  double rotation_chance = 0.3, rotation_max_deg = 30.0;
  double scale_chance = 0.3, scale_low = 0.7, scale_high = 1.4;
  double shift_chance = 0.2, shift_max_share = 0.1;  ///< of the side
  double mirror_chance = 0.5;
  double depth_attenuation_chance = 0.15, depth_attenuation_max = 0.7;  ///< nepers top to bottom
  double shadow_chance = 0.15, shadow_max_depth = 0.8;
  double haze_chance = 0.1, haze_max_level = 0.3;  ///< of white
  double gamma_chance = 0.3, gamma_low = 0.7, gamma_high = 1.5;
  double brightness_chance = 0.15, brightness_max_shift = 0.25;  ///< standard deviations
  double contrast_chance = 0.15, contrast_low = 0.75, contrast_high = 1.25;
  double blur_chance = 0.2, blur_low_px = 0.5, blur_high_px = 1.0;
  double low_resolution_chance = 0.2, low_resolution_low = 0.5;
  double noise_chance = 0.1, noise_max = 0.3;  ///< standard deviations
};

enum class Optimization { kAdamWCosine, kSgdPoly };

/// Everything that shapes a training, beside the data and the seed.
struct TrainRecipe {
  std::string preset = {};
  int epochs = 0;
  int batch = 0;
  int min_steps = 0;  ///< a step an epoch at least, however small the set
  Optimization optimization = Optimization::kAdamWCosine;
  double learning_rate = 0.0;
  double warmup_share = 0.0;  ///< of the schedule, from 0 up linearly
  double weight_decay = 0.0;
  double momentum = 0.99;  ///< Nesterov; SGD only
  double clip_norm = 0.0;
  std::optional<int> patience = {};  ///< epochs without a better score that end it; none: never
  double ema_decay = 0.0;            ///< of the averaged weights that are validated and kept
  AugmentationRecipe augmentation = {};
};

/// The preset, with what the options override. @throws Error(kBadInput) for an unknown preset
[[nodiscard]] TrainRecipe makeRecipe(const TrainOptions& options);
/// What of a preset shapes the network.
struct NetworkSize {
  double grid_pixels = 0.0;
  std::vector<int> widths, encoder_blocks;
  int block = 1;
};
[[nodiscard]] const NetworkSize& networkSize(const std::string& preset);
/// Grid and network from the training images: their median shape, of the scan sectors where those
/// leave out much of the pictures and nothing of the labels. @throws Error(kBadInput)
[[nodiscard]] NetworkPlan planNetwork(const NetworkSize& size, const Dataset& dataset);

/// Pictures that can be trained on together within `bytes` of memory, 1 at least.
[[nodiscard]] int picturesWithin(const NetworkPlan& plan, double bytes);

[[nodiscard]] nlohmann::json recipeToJson(const TrainRecipe& recipe);
[[nodiscard]] nlohmann::json foldToJson(const Fold& fold);
[[nodiscard]] nlohmann::json planToJson(const NetworkPlan& plan);
/// @throws Error(kBadInput) naming the field and `where`; every size is bounded.
[[nodiscard]] NetworkPlan planFromJson(const nlohmann::json& object, const std::string& where);

}  // namespace sonotwin::segment
