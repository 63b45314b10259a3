// SPDX-License-Identifier: Apache-2.0
#include "sector_spans.h"

#include <algorithm>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::reconstruct {

std::vector<RowSpan> sectorSpans(const media::ScanSector& sector, int rows, int cols,
                                 const media::Image* mask) {
  if (mask != nullptr && (mask->rows != rows || mask->cols != cols || mask->channels != 1 ||
                          mask->type != media::PixelType::kUint8)) {
    throwBadInput("The pixel mask must be an 8-bit grey picture of the frames' own size, " +
                  std::to_string(cols) + " x " + std::to_string(rows) + ".");
  }
  const auto rectangle = sector.rectangle.value_or(media::PixelRectangle{0, 0, cols, rows});
  const int first = std::max(rectangle.x0, 0);
  const int last = std::min(rectangle.x1, cols);
  std::vector<RowSpan> spans;
  for (int row = std::max(rectangle.y0, 0); row < std::min(rectangle.y1, rows); ++row) {
    if (!sector.fan && mask == nullptr) {
      if (first < last) spans.push_back({row, first, last});
      continue;
    }
    const std::uint8_t* const allowed =
        mask != nullptr ? mask->samples<std::uint8_t>().data() +
                              static_cast<std::size_t>(row) * static_cast<std::size_t>(cols)
                        : nullptr;
    bool open = false;
    for (int col = first; col < last; ++col) {
      const bool inside = sector.contains(col, row) && (allowed == nullptr || allowed[col] != 0);
      if (inside && !open) spans.push_back({row, col, last});
      if (!inside && open) spans.back().end = col;
      open = inside;
    }
  }
  return spans;
}

}  // namespace sonotwin::reconstruct
