// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sector_map.h"

namespace sonotwin::enhance {

/// A picture with a border of one replicated pixel, so that no loop over it asks where it ends.
class BorderedField {
 public:
  BorderedField(int rows, int cols);

  [[nodiscard]] int rows() const { return rows_; }
  [[nodiscard]] int cols() const { return cols_; }
  /// First sample of a row in [-1, rows]; columns [-1, cols] may be read.
  [[nodiscard]] float* row(int row) {
    return samples_.data() + static_cast<std::ptrdiff_t>(row + 1) * (cols_ + 2) + 1;
  }
  [[nodiscard]] const float* row(int row) const {
    return samples_.data() + static_cast<std::ptrdiff_t>(row + 1) * (cols_ + 2) + 1;
  }
  /// Makes the border equal to the pixels beside it.
  void replicateBorder();

 private:
  int rows_, cols_;
  std::vector<float> samples_;
};

/// One explicit step I += time_step/4 div(c grad I) of every row, c taken at the pixel for the
/// differences to the row above and the column before, and at those neighbours for the other two.
/// Source: Yu & Acton (2002), eqs. 59 to 61.
void diffuse(const BorderedField& image, const BorderedField& coefficient, float time_step,
             BorderedField& result);

}  // namespace sonotwin::enhance
