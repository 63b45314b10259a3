// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "sonotwin/enhance/enhanced_frames.h"
#include "sonotwin/pipeline/stages.h"
#include "sonotwin/store/identifying_text.h"

namespace sonotwin::pipeline {

std::string enhanceClip(store::Store& store, const std::string& clip_id,
                        const enhance::Recipe& recipe, const Progress& progress,
                        const std::string& device) {
  store::requireNamesNobody("name of the recipe", recipe.name);
  store::requireNamesNobody("description of the recipe", recipe.description);
  const auto original = std::make_shared<const media::Clip>(store.clip(clip_id));
  media::Clip clip = *original;
  clip.info.channels = 1;
  clip.info.type = media::PixelType::kUint8;
  clip.info.source_format = "enhanced: " + recipe.name;
  clip.pixels = std::make_shared<enhance::EnhancedFrames>(
      original, recipe, std::make_shared<enhance::FilterDevice>(device));
  return store.addDerivedClip(clip_id, clip, {{clip_id}, enhance::toJson(recipe), "sonotwin"},
                              progress);
}

}  // namespace sonotwin::pipeline
