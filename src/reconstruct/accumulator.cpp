// SPDX-License-Identifier: Apache-2.0
#include "accumulator.h"

#include <algorithm>
#include <atomic>

#include "sonotwin/base/parallel.h"

namespace sonotwin::reconstruct {

void DrainedSums::drain(std::span<std::uint64_t> cells, int threads) {
  const auto full = [](std::uint64_t cell) { return weightOf(cell) >= kWeightCapacity / 2; };
  std::atomic<bool> any = false;
  parallelFor(cells.size(), threads, [&](std::size_t begin, std::size_t end) {
    if (std::ranges::any_of(cells.subspan(begin, end - begin), full)) any = true;
  });
  if (!any) return;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!full(cells[i])) continue;
    auto& [sum, weight] = sums_[i];
    sum += sumOf(cells[i]);
    weight += weightOf(cells[i]);
    cells[i] = 0;
  }
}

std::uint8_t DrainedSums::mean(std::size_t index, std::uint64_t cell) const {
  const auto drained = sums_.find(index);
  if (drained == sums_.end()) return roundedRatio(sumOf(cell), weightOf(cell));
  return roundedRatio(sumOf(cell) + drained->second.first, weightOf(cell) + drained->second.second);
}

void readCells(const SplatJob& job, std::span<const std::uint64_t> cells,
               const DrainedSums& drained, int threads, std::span<std::uint8_t> grey,
               std::span<std::uint8_t> observed) {
  parallelFor(cells.size(), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint64_t cell = cells[i];
      if (job.keep != Keep::kMean) {
        grey[i] = static_cast<std::uint8_t>(cell);
        observed[i] = cell != 0;
      } else if (weightOf(cell) > 0 || drained.holds(i)) {
        grey[i] = drained.mean(i, cell);
        observed[i] = 1;
      }
    }
  });
}

}  // namespace sonotwin::reconstruct
