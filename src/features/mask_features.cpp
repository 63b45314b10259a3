// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/features/mask_features.h"

#include <algorithm>

#include "parts.h"
#include "sonotwin/base/error.h"

namespace sonotwin::features {

std::vector<Feature> maskFeatures(const media::Image& picture, const media::FrameMask& mask,
                                  int label,
                                  const std::optional<std::array<double, 2>>& spacing_mm) {
  if (picture.rows != mask.rows || picture.cols != mask.cols) {
    throwBadInput("The mask of frame " + std::to_string(mask.frame_index) +
                  " is of another size than its picture.");
  }
  const media::Image gray = media::toGray8(picture);
  const auto levels = gray.samples<std::uint8_t>();
  Region region{mask.rows, mask.cols, {levels.begin(), levels.end()}, {}};
  std::ranges::transform(mask.labels, std::back_inserter(region.inside), [label](auto value) {
    return static_cast<std::uint8_t>(value == label ? 1 : 0);
  });
  std::vector<Feature> features;
  if (std::ranges::count(region.inside, 1) == 0) return features;
  addShape(features, region, spacing_mm);
  addIntensity(features, region);
  addTexture(features, region);
  return features;
}

}  // namespace sonotwin::features
