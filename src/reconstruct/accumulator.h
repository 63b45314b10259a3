// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "sonotwin/base/progress.h"
#include "voxel_sums.h"

namespace sonotwin::reconstruct {

/// The voxels being built, on one device. Frames arrive in order; one thread calls.
class Accumulator {
 public:
  virtual ~Accumulator() = default;
  /// @throws Error(kCancelled | kDevice)
  virtual void add(std::span<const SplatFrame> frames, const Progress& progress) = 0;
  /// To be called before any cell's weight can have grown by half of SplatJob::weightCapacity().
  virtual void drain() = 0;
  virtual void read(const VoxelBytes& out) = 0;
};

[[nodiscard]] std::unique_ptr<Accumulator> makeCpuAccumulator(const SplatJob& job, int threads);

struct ChosenDevice {
  std::unique_ptr<Accumulator> voxels;
  std::string name;  ///< "cpu, 2 threads", with the reason where a GPU was wanted; or the GPU's
};

/// @param device  "auto", "cpu", "cuda" or "cuda:INDEX"; "auto" takes the CPU where no GPU can
///                hold the job
/// @throws Error(kBadInput) for another word and for a GPU that is not there, Error(kDevice) for
///         one that cannot hold the job
[[nodiscard]] ChosenDevice chooseDevice(const SplatJob& job, const std::string& device,
                                        int threads);

}  // namespace sonotwin::reconstruct
