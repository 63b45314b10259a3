// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/enhance/enhanced_frames.h"

#include <mutex>
#include <utility>

#include "sonotwin/media/find_sector.h"

namespace sonotwin::enhance {

struct EnhancedFrames::Place {
  std::once_flag found;
  media::ScanSector sector;
  std::shared_ptr<FilterDevice> device;
};

EnhancedFrames::EnhancedFrames(std::shared_ptr<const media::Clip> clip, Recipe recipe,
                               std::shared_ptr<FilterDevice> device)
    : clip_(std::move(clip)), recipe_(std::move(recipe)), place_(std::make_shared<Place>()) {
  place_->device = std::move(device);
}

const media::ScanSector& EnhancedFrames::sector() const {
  std::call_once(place_->found, [this] {
    place_->sector = media::sectorOf(*clip_);
    if (!place_->device) place_->device = std::make_shared<FilterDevice>();
  });
  return place_->sector;
}

media::Image EnhancedFrames::enhanced(const media::Image& frame) const {
  const media::ScanSector& found = sector();
  return toPicture(recipe_, place_->device->apply(recipe_, frame, found), found);
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
