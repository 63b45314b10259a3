// SPDX-License-Identifier: Apache-2.0
#include "share_out.h"

#include <algorithm>

namespace sonotwin::reconstruct {
namespace {
using Voxel = std::array<int, 3>;
constexpr int kSpacing_px = 16;  // between the pixels that stand for all

std::vector<Voxel> samplePixels(const SplatJob& job, std::span<const SplatFrame> frames) {
  std::vector<Voxel> voxels;
  for (const SplatFrame& frame : frames) {
    for (const RowSpan& span : job.spans) {
      if (span.row % kSpacing_px != 0) continue;
      for (int col = span.begin; col < span.end; col += kSpacing_px) {
        Voxel& voxel = voxels.emplace_back();
        for (int axis = 0; axis < 3; ++axis) {
          const int at = voxelOf(positionAt(frame.pose, axis, col, span.row));
          voxel[static_cast<std::size_t>(axis)] = std::clamp(at, 0, job.dims[axis] - 1);
        }
      }
    }
  }
  return voxels;
}

int longestAxis(std::span<const Voxel> voxels) {
  int longest = 2;
  int extent = -1;
  for (const std::size_t axis : {2U, 1U, 0U}) {
    const auto [low, high] =
        std::ranges::minmax(voxels, {}, [axis](const Voxel& voxel) { return voxel[axis]; });
    if (high[axis] - low[axis] <= extent) continue;
    extent = high[axis] - low[axis];
    longest = static_cast<int>(axis);
  }
  return longest;
}

void split(const Box& box, std::span<Voxel> voxels, int parts, std::vector<Box>& boxes) {
  const auto first = static_cast<std::size_t>(parts / 2);
  if (parts <= 1 || voxels.size() < static_cast<std::size_t>(parts)) {
    boxes.push_back(box);
    return;
  }
  const int axis = longestAxis(voxels);
  const auto coordinate = [axis](const Voxel& v) { return v[static_cast<std::size_t>(axis)]; };
  const std::size_t middle = voxels.size() * first / static_cast<std::size_t>(parts);
  std::ranges::nth_element(voxels, voxels.begin() + static_cast<std::ptrdiff_t>(middle), {},
                           coordinate);
  Box lower = box, upper = box;
  lower.high[axis] = upper.low[axis] = coordinate(voxels[middle]);
  split(lower, voxels.first(middle), parts / 2, boxes);
  split(upper, voxels.subspan(middle), parts - parts / 2, boxes);
}
}  // namespace

std::vector<Box> shareOut(const SplatJob& job, std::span<const SplatFrame> frames, int parts) {
  std::vector<Box> boxes;
  if (parts <= 1) return {job.wholeGrid()};
  std::vector<Voxel> voxels = samplePixels(job, frames);
  split(job.wholeGrid(), voxels, parts, boxes);
  return boxes;
}

}  // namespace sonotwin::reconstruct
