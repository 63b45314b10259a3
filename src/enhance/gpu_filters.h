// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "contrast.h"
#include "speckle.h"

namespace sonotwin::enhance {

/// No GPU, no driver, too little memory, or a build without CUDA: the text says which.
class CudaUnavailable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The filters that run on a GPU too: the same bytes as those of speckle.h and contrast.h. One
/// thread at a time. @throws Error(kDevice) where the GPU fails
class GpuFilters {
 public:
  virtual ~GpuFilters() = default;
  virtual void srad(Patch& patch, const SpeckleDiffusion& diffusion) = 0;
  virtual void obnlm(Patch& patch, const NonLocal& settings) = 0;
  virtual void clahe(Patch& patch, const LocalContrast& settings) = 0;
};

/// @throws CudaUnavailable
[[nodiscard]] std::string gpuName(int index);
/// @throws CudaUnavailable
[[nodiscard]] std::unique_ptr<GpuFilters> makeGpuFilters(int index);

}  // namespace sonotwin::enhance
