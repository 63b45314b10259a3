// SPDX-License-Identifier: Apache-2.0
#include "torch_support.h"

#include <dlfcn.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <charconv>
#include <filesystem>
#include <mutex>
#include <system_error>

#include "sonotwin/base/parallel.h"

namespace sonotwin::segment {
namespace {
constexpr double kUnknownGpu_bytes = 8e9;

int gpuCount() {
  return at::hasCUDA() ? static_cast<int>(at::getNumGPUs()) : 0;
}

int parseGpu(const std::string& device) {
  constexpr std::string_view kPrefix = "cuda:";
  if (device == "cuda") return 0;
  int index = -1;
  if (device.starts_with(kPrefix)) {
    const char* end = device.data() + device.size();
    const auto [stop, failed] = std::from_chars(device.data() + kPrefix.size(), end, index);
    if (failed != std::errc() || stop != end) index = -1;
  }
  if (index < 0) throwBadInput("'" + device + "' is not a device: use auto, cpu, cuda or cuda:1.");
  return index;
}

#ifdef __GLIBC__
constexpr int kUsualMostMapped = 65536;  // glibc's own
constexpr int kUsualTrim_bytes = 128 * 1024;
constexpr int kNeverTrim = -1;

std::mutex keepers_mutex;
int keepers = 0;
#endif
}  // namespace

KeptMemory::KeptMemory() {
#ifdef __GLIBC__
  const std::scoped_lock lock(keepers_mutex);
  if (keepers++ > 0) return;
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, kNeverTrim);
#endif
}

KeptMemory::~KeptMemory() {
#ifdef __GLIBC__
  const std::scoped_lock lock(keepers_mutex);
  if (--keepers > 0) return;
  mallopt(M_MMAP_MAX, kUsualMostMapped);
  mallopt(M_TRIM_THRESHOLD, kUsualTrim_bytes);
  malloc_trim(0);
#endif
}

Runtime openDevice(const std::string& device, int threads) {
  Runtime runtime;
  runtime.threads = threads > 0 ? threads : availableThreads();
  const int gpus = gpuCount();
  if (device == "cpu" || (device == "auto" && gpus == 0)) return runtime;
  const int index = device == "auto" ? 0 : parseGpu(device);
  if (index >= gpus) {
    throwBadInput("There is no GPU '" + device + "' that LibTorch can use (" +
                  std::to_string(gpus) + " found). Use auto or cpu.");
  }
  runtime.device = at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
  return runtime;
}

std::string describe(const Runtime& runtime) {
  if (runtime.onGpu()) return runtime.device.str() + ", bfloat16";
  return "cpu, " + std::to_string(runtime.threads) +
         (runtime.threads == 1 ? " thread" : " threads");
}

double memoryBytes(const Runtime& runtime) {
  if (!runtime.onGpu()) {
    return static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
           static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  // LibTorch, built for a GPU, has loaded the runtime; without one there are no headers of it.
  using MemoryOf = int (*)(std::size_t*, std::size_t*);
  auto* const memory_of = reinterpret_cast<MemoryOf>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
  std::size_t free = 0, total = 0;
  if (memory_of == nullptr || memory_of(&free, &total) != 0) return kUnknownGpu_bytes;
  return static_cast<double>(total);
}

std::vector<std::string> torchDevices() {
  std::vector<std::string> names = {"cpu"};
  for (int i = 0; i < gpuCount(); ++i) names.push_back("cuda:" + std::to_string(i));
  return names;
}

// LibTorch does not say it: Debian's takes whichever BLAS the system's alternatives name, and the
// reference one is many times slower.
std::string torchLinearAlgebraLibrary() {
  if (void* const named = dlsym(RTLD_DEFAULT, "openblas_get_config")) {
    return reinterpret_cast<const char* (*)()>(named)();
  }
  void* const multiply = dlsym(RTLD_DEFAULT, "sgemm_");
  Dl_info place{};
  if (multiply == nullptr || dladdr(multiply, &place) == 0) return "part of LibTorch";
  std::error_code ignored;
  const auto file = std::filesystem::canonical(place.dli_fname, ignored);
  return ignored ? std::string(place.dli_fname) : file.filename().string();
}

}  // namespace sonotwin::segment
