// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "letters.h"

namespace sonotwin::ocr {

/// Letters in a row, of like height, level and stroke, as a machine prints words.
struct Line {
  media::PixelRectangle box;
  bool upright = true;    ///< false: it runs along the columns, downwards or upwards
  double slope = 0.0;     ///< of its foot against rows (columns where not upright)
  double height = 0.0;    ///< mean of its letters, pixels
  int letters = 0;        ///< as many at least; letters that touch are counted by their strokes
  double level = 0.0;     ///< grey level of the letters
  double outside = 0.0;   ///< and right beside them
  double likeness = 0.0;  ///< to print, a logit: the larger the surer
};

/// Rows that letters form along rows and along columns, and how much they look like print.
[[nodiscard]] std::vector<Line> linesOf(const std::vector<Letter>& letters);

}  // namespace sonotwin::ocr
