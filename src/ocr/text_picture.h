// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "lines.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::ocr {

/// Brightest channel of each pixel, scaled to [0, 255] by the type's range (float: by the picture's
/// maximum), so that blue and red letters stay as visible as white ones.
[[nodiscard]] media::Image brightestChannel(const media::Image& image);

/// What the brightest channel cannot tell apart: red less green, and blue less green, each around
/// 128. None of a picture that has no colours to speak of, or is not 8 bit.
[[nodiscard]] std::vector<media::Image> colourDifferences(const media::Image& image);

/// Darkest (brightest) value of each pixel over both, which must be alike.
void keepDarkest(media::Image& into, const media::Image& other);
void keepBrightest(media::Image& into, const media::Image& other);

/// A line as a reader of print likes it: 8 bit, enlarged, level, dark letters on white.
struct TextPicture {
  int rows = 0, cols = 0;
  std::vector<std::uint8_t> gray;
};

/// A line is upright from one of two sides, of which `turned` takes the other: upside down where it
/// runs along rows, from the bottom to the top where it runs along columns.
[[nodiscard]] TextPicture cutOut(const media::Image& gray, const Line& line, bool turned);

}  // namespace sonotwin::ocr
