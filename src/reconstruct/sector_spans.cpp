// SPDX-License-Identifier: Apache-2.0
#include "sector_spans.h"

#include <algorithm>

namespace sonotwin::reconstruct {

std::vector<RowSpan> sectorSpans(const media::ScanSector& sector, int rows, int cols) {
  const auto rectangle = sector.rectangle.value_or(media::PixelRectangle{0, 0, cols, rows});
  const int first = std::max(rectangle.x0, 0);
  const int last = std::min(rectangle.x1, cols);
  std::vector<RowSpan> spans;
  for (int row = std::max(rectangle.y0, 0); row < std::min(rectangle.y1, rows); ++row) {
    if (!sector.fan) {
      if (first < last) spans.push_back({row, first, last});
      continue;
    }
    bool open = false;
    for (int col = first; col < last; ++col) {
      const bool inside = sector.contains(col, row);
      if (inside && !open) spans.push_back({row, col, last});
      if (!inside && open) spans.back().end = col;
      open = inside;
    }
  }
  return spans;
}

}  // namespace sonotwin::reconstruct
