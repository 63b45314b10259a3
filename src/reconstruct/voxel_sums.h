// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>

#include "splat_job.h"

namespace sonotwin::reconstruct {

/// All that a voxel's mean and variance rest on.
struct VoxelSums {
  std::uint64_t sum = 0;
  std::uint64_t weight = 0;
  std::uint64_t squares = 0;  ///< of rich cells only
};

[[nodiscard]] inline VoxelSums sumsOf(std::uint64_t cell) {
  return {sumOf(cell), weightOf(cell), 0};
}
[[nodiscard]] inline VoxelSums sumsOf(const RichCell& cell) {
  return {cell.sums & ((1ULL << kRichSumBits) - 1), cell.sums >> kRichSumBits, cell.squares};
}

/// Sums taken out of cells before they overflow, so that no count ever saturates.
class DrainedSums {
 public:
  /// Empties every cell that has used half of its capacity. Cell: std::uint64_t or RichCell.
  template <class Cell>
  void drain(std::span<Cell> cells, int threads);
  /// Of voxel `index`, whose cell holds `cell`.
  template <class Cell>
  [[nodiscard]] VoxelSums total(std::size_t index, const Cell& cell) const {
    VoxelSums sums = sumsOf(cell);
    if (drained_.empty()) return sums;
    const auto drained = drained_.find(index);
    if (drained == drained_.end()) return sums;
    sums.sum += drained->second.sum;
    sums.weight += drained->second.weight;
    sums.squares += drained->second.squares;
    return sums;
  }
  [[nodiscard]] bool holds(std::size_t index) const { return drained_.contains(index); }

 private:
  std::unordered_map<std::size_t, VoxelSums> drained_;
};

/// Where voxels are read to, one byte each.
struct VoxelBytes {
  std::span<std::uint8_t> grey;
  std::span<std::uint8_t> observed;  ///< 1 where a pixel reached the voxel
  std::span<std::uint8_t> spread;    ///< half grey levels; empty unless SplatJob::spread
};

/// Turns sums into means, and variances into spreads: the deviation within the voxel as if one
/// pixel more had been seen, of the variance that voxels of this volume have on average, so that
/// a voxel that one pixel reached does not seem certain. Same bytes for any number of threads.
template <class Cell>
void readMeans(const SplatJob& job, std::span<const Cell> cells, const DrainedSums& drained,
               int threads, const VoxelBytes& out);

/// The same of keys (keyOf), whose low byte is the level.
void readKeys(std::span<const std::uint64_t> cells, int threads, const VoxelBytes& out);

}  // namespace sonotwin::reconstruct
