// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "sonotwin/pipeline/stages.h"

namespace sonotwin::pipeline {
namespace {
/// Frames of a clip with a recipe applied as they are asked for.
class EnhancedFrames final : public media::FrameSource {
 public:
  EnhancedFrames(std::shared_ptr<const media::FrameSource> original, media::ScanSector sector,
                 enhance::Recipe recipe)
      : original_(std::move(original)), sector_(sector), recipe_(std::move(recipe)) {}

  [[nodiscard]] media::Image frame(int index) const override {
    return enhance::toPicture(recipe_, enhance::apply(recipe_, original_->frame(index), sector_),
                              sector_);
  }

 private:
  std::shared_ptr<const media::FrameSource> original_;
  media::ScanSector sector_;
  enhance::Recipe recipe_;
};
}  // namespace

std::string enhanceClip(store::Store& store, const std::string& clip_id,
                        const enhance::Recipe& recipe, const Progress& progress) {
  media::Clip clip = store.clip(clip_id);
  clip.info.channels = 1;
  clip.info.type = media::PixelType::kUint8;
  clip.info.source_format = "enhanced: " + recipe.name;
  clip.pixels = std::make_shared<EnhancedFrames>(clip.pixels, clip.info.sector, recipe);
  return store.addDerivedClip(clip_id, clip, {{clip_id}, enhance::toJson(recipe), "sonotwin"},
                              progress);
}

}  // namespace sonotwin::pipeline
