// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include "accumulator.h"

namespace sonotwin::reconstruct {

/// No GPU, no driver, too little memory, or a build without CUDA: the text says which.
class CudaUnavailable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// @throws CudaUnavailable
[[nodiscard]] std::string gpuName(int index);

/// @param threads  of the CPU, which turns the sums into grey levels
/// @throws CudaUnavailable
[[nodiscard]] ChosenDevice makeCudaAccumulator(const SplatJob& job, int index, int threads);

}  // namespace sonotwin::reconstruct
