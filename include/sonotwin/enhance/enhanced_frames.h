// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include "sonotwin/enhance/recipe.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::enhance {

/// Frames of a clip as 8-bit grey pictures with a recipe applied inside its scan sector
/// (`media::sectorOf`, found when the first frame is asked for).
class EnhancedFrames final : public media::FrameSource {
 public:
  EnhancedFrames(std::shared_ptr<const media::Clip> clip, Recipe recipe)
      : clip_(std::move(clip)), recipe_(std::move(recipe)) {}
  [[nodiscard]] media::Image frame(int index) const override;

 private:
  std::shared_ptr<const media::Clip> clip_;
  Recipe recipe_;
  mutable std::once_flag sector_found_;
  mutable media::ScanSector sector_;
};

}  // namespace sonotwin::enhance
