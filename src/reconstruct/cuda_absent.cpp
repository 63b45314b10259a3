// SPDX-License-Identifier: Apache-2.0
#include "cuda_accumulator.h"

namespace sonotwin::reconstruct {
namespace {
[[noreturn]] void throwAbsent() {
  throw CudaUnavailable("this program was built without CUDA");
}
}  // namespace

std::string gpuName(int) {
  throwAbsent();
}

ChosenDevice makeCudaAccumulator(const SplatJob&, int, int) {
  throwAbsent();
}

}  // namespace sonotwin::reconstruct
