// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sonotwin/enhance/device.h"
#include "sonotwin/enhance/recipe.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::enhance {

/// Frames of a clip as 8-bit grey pictures with a recipe applied inside its scan sector
/// (`media::sectorOf`, found when the first frame is asked for). Any thread; the device's memory is
/// kept from frame to frame.
class EnhancedFrames final : public media::FrameSource {
 public:
  /// @param device  null: `FilterDevice("auto")`, made when the first frame is asked for
  EnhancedFrames(std::shared_ptr<const media::Clip> clip, Recipe recipe,
                 std::shared_ptr<FilterDevice> device = nullptr);

  [[nodiscard]] media::Image frame(int index) const override;
  /// A frame of the clip that is there already, enhanced.
  [[nodiscard]] media::Image enhanced(const media::Image& frame) const;
  /// Where the recipe is applied. Finds the device, too.
  [[nodiscard]] const media::ScanSector& sector() const;
  /// The same clip with another recipe; sector and device are found once for both.
  [[nodiscard]] std::shared_ptr<const EnhancedFrames> with(Recipe recipe) const;

 private:
  struct Place;

  std::shared_ptr<const media::Clip> clip_;
  Recipe recipe_;
  std::shared_ptr<Place> place_;
};

}  // namespace sonotwin::enhance
