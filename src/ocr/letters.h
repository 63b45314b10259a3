// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sonotwin/media/clip.h"

namespace sonotwin::ocr {

/// A connected piece of a picture, brighter or darker than what is around it: a letter, a few that
/// touch, or something else altogether. Levels are grey levels.
struct Letter {
  media::PixelRectangle box;
  bool bright = true;
  int area = 0;        ///< pixels
  int row_pieces = 0;  ///< unbroken pieces of rows it consists of
  int col_pieces = 0;  ///< the same of columns
  double level = 0.0;  ///< mean, and its deviation over the pixels
  double level_deviation = 0.0;
  double step = 0.0;     ///< mean change of level within 3 pixels across left and right edges
  double outside = 0.0;  ///< mean level right beyond those edges, and mean of its squares
  double outside_square = 0.0;
  double peak = 0.0;  ///< mean of the extreme of each piece of a row, and mean of its squares
  double peak_square = 0.0;
};

/// Pieces of an 8-bit grey picture that differ from their surroundings by `least_contrast` levels
/// and more, divided from them at half of that. The surroundings are a square with sides of
/// 2 `reach` + 1 pixels, which should be wider than a stroke.
/// Source: J. Bernsen, Dynamic thresholding of gray-level images, ICPR 1986.
[[nodiscard]] std::vector<Letter> standingOut(const media::Image& gray, int reach,
                                              int least_contrast);

/// The pieces that the picture falls into where it is divided at one level: bright ones from
/// `level` on, dark ones below.
[[nodiscard]] std::vector<Letter> dividedAt(const media::Image& gray, int level);

}  // namespace sonotwin::ocr
