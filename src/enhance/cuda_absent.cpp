// SPDX-License-Identifier: Apache-2.0
#include "gpu_filters.h"

namespace sonotwin::enhance {
namespace {
[[noreturn]] void throwAbsent() {
  throw CudaUnavailable("this program was built without CUDA");
}
}  // namespace

std::string gpuName(int) {
  throwAbsent();
}

std::unique_ptr<GpuFilters> makeGpuFilters(int) {
  throwAbsent();
}

}  // namespace sonotwin::enhance
