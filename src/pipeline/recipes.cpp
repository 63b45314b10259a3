// SPDX-License-Identifier: Apache-2.0
#include "recipes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sonotwin/base/hash.h"
#include "sonotwin/base/version.h"
#include "sonotwin/reconstruct/methods.h"

namespace sonotwin::pipeline {
namespace {
using Json = nlohmann::json;  // keys sorted: the same recipe gives the same text

Json recipe(const std::string& operation) {
  return {{"operation", operation}, {"program", programVersion()}};
}

Json rows(const Eigen::Matrix4d& matrix) {
  Json numbers;
  for (int i = 0; i < 16; ++i) numbers.push_back(matrix(i / 4, i % 4));
  return numbers;
}
}  // namespace

std::string segmentRecipe(const segment::Model& model) {
  Json json = recipe("segment");
  json["model"] = model.name();
  json["weights_sha256"] = model.weightsSha256();
  return json.dump();
}

// The calibration is part of how it was made: a clip can be calibrated anew.
std::string reconstructRecipe(VolumeSource source, const media::ClipInfo& clip,
                              const reconstruct::VoxelOptions& options) {
  Json json = recipe("reconstruct");
  json["source"] = source == VolumeSource::kBmode ? "bmode" : "mask";
  json["spacing_mm"] = options.spacing_mm;
  json["interpolation"] = nameOf(reconstruct::interpolations(), options.interpolation);
  json["compounding"] = nameOf(reconstruct::compoundings(), options.compounding);
  json["fill"] = nameOf(reconstruct::fills(), options.fill);
  json["fill_radius_mm"] = options.fill_radius_mm;
  json["sharpen"] = options.sharpen;
  json["uncertainty"] = options.uncertainty;
  if (options.compounding == reconstruct::Compounding::kBeam) {
    json["focus_mm"] = options.beam.focus_mm;
    json["focal_zone_mm"] = options.beam.focal_zone_mm;
  }
  if (options.axes == reconstruct::GridAxes::kSweep) json["axes"] = "sweep";
  if (const auto& region = options.region) {
    json["region_mm"] = {region->low_mm[0],  region->low_mm[1],  region->low_mm[2],
                         region->high_mm[0], region->high_mm[1], region->high_mm[2]};
  }
  if (options.smooth_frames != 0) json["smooth_frames"] = options.smooth_frames;
  if (options.find_sector) json["sector"] = "found in the pictures";
  if (options.pixel_mask) json["pixel_mask_sha256"] = sha256Hex(options.pixel_mask->data);
  if (clip.probe_from_image) json["probe_from_image"] = rows(clip.probe_from_image->matrix());
  const media::ScanSector& sector = options.sector ? *options.sector : clip.sector;
  if (const auto& box = sector.rectangle) {
    json["rectangle_px"] = {box->x0, box->y0, box->x1, box->y1};
  }
  if (const auto& fan = sector.fan) {
    json["fan"] = {fan->apex_x_px, fan->apex_y_px, fan->start_radius_px, fan->end_radius_px,
                   fan->left_rad,  fan->right_rad, fan->rows_per_col};
  }
  if (options.grid) {
    json["grid_dims"] = options.grid->dims;
    json["grid_matrix"] = rows(options.grid->world_from_voxel.matrix());
  }
  return json.dump();
}

std::string surfaceRecipe(const std::string& label, const reconstruct::SurfaceOptions& options,
                          bool from_masks) {
  Json json = recipe("surface");
  json["label"] = label;
  json["smoothing_iterations"] = options.smoothing_iterations;
  json["smoothing_pass_band"] = options.smoothing_pass_band;
  json["from"] = from_masks ? "masks" : "label volume";
  json["prefilter_mm"] = options.prefilter_mm;
  json["decimation_mm"] = options.decimation_mm;
  json["largest_part_only"] = options.largest_part_only;
  return json.dump();
}

bool isCalibratedAs(const std::string& volume_recipe_json, const media::ClipInfo& clip) {
  const Json recipe = Json::parse(volume_recipe_json, nullptr, false);
  return clip.probe_from_image && recipe.is_object() &&
         recipe.value("probe_from_image", Json()) == rows(clip.probe_from_image->matrix());
}

std::string measureRecipe(const std::string& kind) {
  Json json = recipe("measure");
  json["of"] = kind;
  json["method"] = kind == "surface"
                       ? "divergence theorem; voxels; planimetry; frames against surface"
                   : kind == "volume" ? "voxels"
                                      : "pixels";
  return json.dump();
}

std::string findMade(const store::Store& store, const std::vector<std::string>& ids,
                     const std::string& recipe_json, const std::vector<std::string>& made_from) {
  for (const std::string& id : ids) {
    const store::LineageNode node = store.lineage(id);
    if (node.recipe_json == recipe_json && std::ranges::is_permutation(node.made_from, made_from)) {
      return id;
    }
  }
  return {};
}

}  // namespace sonotwin::pipeline
