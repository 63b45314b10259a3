// SPDX-License-Identifier: Apache-2.0
#include "cuda_accumulator.h"

namespace sonotwin::reconstruct {

ChosenDevice makeCudaAccumulator(const SplatJob&, int, int) {
  throw CudaUnavailable("this program was built without CUDA");
}

}  // namespace sonotwin::reconstruct
