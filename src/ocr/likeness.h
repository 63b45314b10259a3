// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

namespace sonotwin::ocr {

/// What tells a printed line from specks that happen to lie in a row. Lengths are in pixels; what
/// is "relative" to the contrast is a share of the difference of letters and background.
struct LineMeasures {
  double pieces = 0.0;
  double strokes = 0.0;            ///< crossed along the line, on the mean of its rows
  double height = 0.0;             ///< mean of the pieces
  double length = 0.0;             ///< over the height
  double steadier_edge = 0.0;      ///< mean distance of tops or feet from a straight line, over the
  double unsteadier_edge = 0.0;    ///< height: the smaller and the larger of the two
  double height_per_stroke = 0.0;  ///< height over the width of the strokes
  double stroke_deviation = 0.0;   ///< of stroke widths from piece to piece, over their mean
  double level_deviation = 0.0;    ///< from piece to piece, relative
  double grain = 0.0;              ///< deviation of level within a piece, relative
  double step = 0.0;               ///< across the edges, relative
  double contrast = 0.0;           ///< grey levels
  double fill = 0.0;               ///< share of the pieces' boxes that they cover
  double cover = 0.0;              ///< share of the line's length that has pieces
  double outside_deviation = 0.0;  ///< of the background at the edges, relative
  double peak_deviation = 0.0;     ///< of the strokes' extremes, relative: print has one ink
};

/// Logit of being print: the larger the surer.
[[nodiscard]] double likenessToPrint(const LineMeasures& line);

}  // namespace sonotwin::ocr
