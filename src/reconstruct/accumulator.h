// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "sonotwin/base/progress.h"
#include "splat_job.h"

namespace sonotwin::reconstruct {

/// Sums taken out of cells before they overflow, so that no count ever saturates.
class DrainedSums {
 public:
  /// Empties every cell that has used half of its capacity.
  void drain(std::span<std::uint64_t> cells, int threads);
  /// Mean grey level of voxel `index`, whose cell holds `cell`. Not for a voxel without data.
  [[nodiscard]] std::uint8_t mean(std::size_t index, std::uint64_t cell) const;
  [[nodiscard]] bool holds(std::size_t index) const { return sums_.contains(index); }

 private:
  std::unordered_map<std::size_t, std::pair<std::uint64_t, std::uint64_t>> sums_;
};

/// The voxels being built, on one device. Frames arrive in order; one thread calls.
class Accumulator {
 public:
  virtual ~Accumulator() = default;
  /// @throws Error(kCancelled | kDevice)
  virtual void add(std::span<const SplatFrame> frames, const Progress& progress) = 0;
  /// To be called before any cell's weight can have grown by half of kWeightCapacity.
  virtual void drain() = 0;
  /// Grey levels, and 1 where a pixel reached the voxel.
  virtual void read(std::span<std::uint8_t> grey, std::span<std::uint8_t> observed) = 0;
};

[[nodiscard]] std::unique_ptr<Accumulator> makeCpuAccumulator(const SplatJob& job, int threads);

struct ChosenDevice {
  std::unique_ptr<Accumulator> voxels;
  std::string name;  ///< "cpu, 2 threads", with the reason where a GPU was wanted; or the GPU's
};

/// @param device  "auto", "cpu", "cuda" or "cuda:INDEX"; "auto" takes the CPU where no GPU can
///                hold the job
/// @throws Error(kBadInput) for another word and for a GPU that is not there, Error(kDevice) for
/// one
///         that cannot hold the job
[[nodiscard]] ChosenDevice chooseDevice(const SplatJob& job, const std::string& device,
                                        int threads);

/// Turns cells into grey levels, on `threads` threads.
void readCells(const SplatJob& job, std::span<const std::uint64_t> cells,
               const DrainedSums& drained, int threads, std::span<std::uint8_t> grey,
               std::span<std::uint8_t> observed);

}  // namespace sonotwin::reconstruct
