// SPDX-License-Identifier: Apache-2.0
#include "row_walk.h"

#include <algorithm>

namespace sonotwin::reconstruct {
namespace {
std::int64_t floorDivide(std::int64_t numerator, std::int64_t positive) {
  const std::int64_t quotient = numerator / positive;
  return numerator % positive < 0 ? quotient - 1 : quotient;
}
std::int64_t ceilDivide(std::int64_t numerator, std::int64_t positive) {
  return -floorDivide(-numerator, positive);
}
}  // namespace

Box touchingBox(Box box) {
  for (int& low : box.low) --low;
  return box;
}

Box innerBox(Box box) {
  for (int& high : box.high) --high;
  return box;
}

RowWalk::RowWalk(const GridPose& pose, int row) : row(row) {
  for (int axis = 0; axis < 3; ++axis) {
    start[axis] = positionAt(pose, axis, 0, row);
    step[axis] = pose.per_col[axis];
  }
}

ColumnRange RowWalk::clipped(ColumnRange run, const Box& box) const {
  for (int axis = 0; axis < 3 && run.begin < run.end; ++axis) {
    const std::int64_t low = static_cast<std::int64_t>(box.low[axis]) << kPositionBits;
    const std::int64_t high = static_cast<std::int64_t>(box.high[axis]) << kPositionBits;
    const auto inside = [&](int col) { return at(axis, col) >= low && at(axis, col) < high; };
    if (inside(run.begin) && inside(run.end - 1)) continue;
    const std::int64_t from = start[axis];
    const std::int64_t by = step[axis];
    if (by == 0) return {};
    const std::int64_t begin =
        by > 0 ? ceilDivide(low - from, by) : floorDivide(from - high, -by) + 1;
    const std::int64_t end =
        by > 0 ? ceilDivide(high - from, by) : floorDivide(from - low, -by) + 1;
    run.begin = static_cast<int>(std::clamp<std::int64_t>(begin, run.begin, run.end));
    run.end = static_cast<int>(std::clamp<std::int64_t>(end, run.begin, run.end));
  }
  return run;
}

}  // namespace sonotwin::reconstruct
