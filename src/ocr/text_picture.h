// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sonotwin/media/clip.h"

namespace sonotwin::ocr {

/// Part of a picture as a reader of print likes it: 8 bit, enlarged, dark letters on white.
struct TextPicture {
  int rows = 0, cols = 0;
  int scale = 1;
  std::vector<std::uint8_t> gray;
};

/// Brightest channel of each pixel, scaled to [0, 255] by the type's range (float: by the picture's
/// maximum), so that blue and red letters stay as visible as white ones.
[[nodiscard]] media::Image brightestChannel(const media::Image& image);

/// Darkest value of each pixel over both, which must be alike.
void keepDarkest(media::Image& into, const media::Image& other);

/// `area` must lie inside the picture, which must be grey and 8 bit. What is not above `black`
/// becomes paper.
[[nodiscard]] TextPicture makeTextPicture(const media::Image& gray,
                                          const media::PixelRectangle& area, double black);

}  // namespace sonotwin::ocr
