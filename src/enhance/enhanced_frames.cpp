// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/enhance/enhanced_frames.h"

#include "sonotwin/media/find_sector.h"

namespace sonotwin::enhance {

media::Image EnhancedFrames::frame(int index) const {
  std::call_once(sector_found_, [this] { sector_ = media::sectorOf(*clip_); });
  return toPicture(recipe_, apply(recipe_, clip_->pixels->frame(index), sector_), sector_);
}

}  // namespace sonotwin::enhance
