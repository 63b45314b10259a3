// SPDX-License-Identifier: Apache-2.0
#pragma once

// Plain C++17 for nvcc. What goes wrong on the device is thrown as CudaFailure and translated to
// sonotwin::Error in cuda_accumulator.cpp.

#include <memory>
#include <stdexcept>
#include <string>

#include "splat_job.h"

namespace sonotwin::reconstruct {

class CudaFailure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// @throws CudaFailure if there is no driver, or no such device.
[[nodiscard]] std::string cudaDeviceName(int index);

/// The cells of a reconstruction in a GPU's memory: the same integers as on the CPU, since sums
/// and maxima do not depend on the order of the atomic operations that make them.
class CudaVoxels {
 public:
  /// @throws CudaFailure if the device has too little free memory, too.
  CudaVoxels(const SplatJob& job, int device);
  ~CudaVoxels();
  CudaVoxels(const CudaVoxels&) = delete;
  CudaVoxels& operator=(const CudaVoxels&) = delete;

  void add(const SplatFrame* frames, std::size_t count);
  /// To and from the host, wordCount() words.
  void copyWords(std::uint64_t* words) const;
  void setWords(const std::uint64_t* words);

 private:
  struct Device;
  std::unique_ptr<Device> device_;
};

}  // namespace sonotwin::reconstruct
