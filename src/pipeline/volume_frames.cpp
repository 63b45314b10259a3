// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/volume_frames.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sonotwin/base/error.h"
#include "sonotwin/media/find_sector.h"

namespace sonotwin::pipeline {
namespace {
using nlohmann::json;

store::VolumeRow rowOf(const store::Store& store, const std::string& volume_id) {
  const auto rows = store.volumes();
  const auto row = std::ranges::find(rows, volume_id, &store::VolumeRow::id);
  if (row == rows.end()) throwNotFound("There is no volume " + volume_id + ".");
  return *row;
}

media::ScanSector sectorOf(const json& recipe, const media::Clip& clip) {
  if (recipe.contains("sector")) return media::sectorOf(clip);
  media::ScanSector sector;
  if (recipe.contains("rectangle_px")) {
    const auto box = recipe["rectangle_px"].get<std::array<int, 4>>();
    sector.rectangle = media::PixelRectangle{box[0], box[1], box[2], box[3]};
  }
  if (recipe.contains("fan")) {
    const auto fan = recipe["fan"].get<std::array<double, 7>>();
    sector.fan = media::Fan{fan[0], fan[1], fan[2], fan[3], fan[4], fan[5], fan[6]};
  }
  return sector;
}

/// The clip with the calibration that the recipe names.
media::Clip asReconstructed(media::Clip clip, const json& recipe) {
  if (!recipe.contains("probe_from_image")) return clip;
  const auto numbers = recipe["probe_from_image"].get<std::array<double, 16>>();
  Eigen::Matrix4d matrix;
  for (int i = 0; i < 16; ++i) matrix(i / 4, i % 4) = numbers[static_cast<std::size_t>(i)];
  clip.info.probe_from_image = media::ProbeFromImage(matrix);
  return clip;
}
}  // namespace

std::vector<reconstruct::FrameAt> framesOf(const store::Store& store, const std::string& volume_id,
                                           const Eigen::Vector3d& world_mm, double within_mm) {
  const store::VolumeRow row = rowOf(store, volume_id);
  const json recipe = json::parse(row.recipe_json, nullptr, false);
  const media::Clip clip = asReconstructed(store.clip(row.clip_id), recipe);
  const int smooth = recipe.is_object() ? recipe.value("smooth_frames", 0) : 0;
  const auto frames = reconstruct::smoothedPath(reconstruct::placedFrames(clip), clip.info.rows,
                                                clip.info.cols, smooth);
  const double reach_mm = within_mm > 0.0 ? within_mm : std::sqrt(3.0) * row.spacing_mm;
  return reconstruct::framesAt(frames, clip.info.rows, clip.info.cols, sectorOf(recipe, clip),
                               world_mm, reach_mm);
}

}  // namespace sonotwin::pipeline
