// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sonotwin/enhance/recipe.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::enhance {

/// Frames of a clip as 8-bit grey pictures with a recipe applied inside its scan sector
/// (`media::sectorOf`, found when the first frame is asked for). Any thread.
class EnhancedFrames final : public media::FrameSource {
 public:
  EnhancedFrames(std::shared_ptr<const media::Clip> clip, Recipe recipe);

  [[nodiscard]] media::Image frame(int index) const override;
  /// A frame of the clip that is there already, enhanced.
  [[nodiscard]] media::Image enhanced(const media::Image& frame) const;
  /// Where the recipe is applied; looked for when it is first asked for.
  [[nodiscard]] const media::ScanSector& sector() const;
  /// The same clip with another recipe; its sector is looked for once for both.
  [[nodiscard]] std::shared_ptr<const EnhancedFrames> with(Recipe recipe) const;

 private:
  struct Sector;

  std::shared_ptr<const media::Clip> clip_;
  Recipe recipe_;
  std::shared_ptr<Sector> sector_;
};

}  // namespace sonotwin::enhance
