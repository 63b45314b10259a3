// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "splat_arithmetic.h"

namespace sonotwin::reconstruct {

/// Columns [begin, end) of a row.
struct ColumnRange {
  int begin = 0;
  int end = 0;
};

[[nodiscard]] inline bool contains(const Box& box, int i, int j, int k) {
  return i >= box.low[0] && i < box.high[0] && j >= box.low[1] && j < box.high[1] &&
         k >= box.low[2] && k < box.high[2];
}
/// Cells with at least one corner in the box.
[[nodiscard]] Box touchingBox(Box box);
/// Cells with all 8 corners in the box.
[[nodiscard]] Box innerBox(Box box);

/// One row of a frame on its way through the grid.
struct RowWalk {
  std::int64_t start[3];
  std::int64_t step[3];
  int row;

  RowWalk(const GridPose& pose, int row);
  [[nodiscard]] std::int64_t at(int axis, int col) const { return start[axis] + step[axis] * col; }
  [[nodiscard]] bool sameCell(int a, int b) const {
    return voxelOf(at(0, a)) == voxelOf(at(0, b)) && voxelOf(at(1, a)) == voxelOf(at(1, b)) &&
           voxelOf(at(2, a)) == voxelOf(at(2, b));
  }
  /// The part of `run` whose positions lie in the box, exactly: a line meets a box in one piece.
  [[nodiscard]] ColumnRange clipped(ColumnRange run, const Box& box) const;
};

}  // namespace sonotwin::reconstruct
