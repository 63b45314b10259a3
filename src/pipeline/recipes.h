// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sonotwin/pipeline/stages.h"

namespace sonotwin::pipeline {

/// Canonical JSON of how each stage's result is made: what lineage records, and what tells a
/// result that is already there from one that must be computed.
[[nodiscard]] std::string segmentRecipe(const segment::Model& model);
[[nodiscard]] std::string reconstructRecipe(VolumeSource source, const media::ClipInfo& clip,
                                            const reconstruct::VoxelOptions& options);
/// @param from_masks  the masks themselves, else the label volume
[[nodiscard]] std::string surfaceRecipe(const std::string& label,
                                        const reconstruct::SurfaceOptions& options,
                                        bool from_masks);
/// Whether a volume was placed by the calibration that the clip has now.
[[nodiscard]] bool isCalibratedAs(const std::string& volume_recipe_json,
                                  const media::ClipInfo& clip);

[[nodiscard]] std::string measureRecipe(const std::string& kind);

/// The first of `ids` that was made by exactly this recipe, from exactly these parents; else empty.
[[nodiscard]] std::string findMade(const store::Store& store, const std::vector<std::string>& ids,
                                   const std::string& recipe_json,
                                   const std::vector<std::string>& made_from);

}  // namespace sonotwin::pipeline
