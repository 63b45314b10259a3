// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/enhance/enhanced_frames.h"

#include <mutex>
#include <utility>

#include "sonotwin/media/find_sector.h"

namespace sonotwin::enhance {

struct EnhancedFrames::Sector {
  std::once_flag found;
  media::ScanSector value;
};

EnhancedFrames::EnhancedFrames(std::shared_ptr<const media::Clip> clip, Recipe recipe)
    : clip_(std::move(clip)), recipe_(std::move(recipe)), sector_(std::make_shared<Sector>()) {}

const media::ScanSector& EnhancedFrames::sector() const {
  std::call_once(sector_->found, [this] { sector_->value = media::sectorOf(*clip_); });
  return sector_->value;
}

media::Image EnhancedFrames::enhanced(const media::Image& frame) const {
  return toPicture(recipe_, apply(recipe_, frame, sector()), sector());
}

media::Image EnhancedFrames::frame(int index) const {
  return enhanced(clip_->pixels->frame(index));
}

std::shared_ptr<const EnhancedFrames> EnhancedFrames::with(Recipe recipe) const {
  auto other = std::make_shared<EnhancedFrames>(*this);
  other->recipe_ = std::move(recipe);
  return other;
}

}  // namespace sonotwin::enhance
