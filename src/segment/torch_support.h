// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <torch/version.h>

#include <string>
#include <utility>
#include <vector>

#include "sonotwin/base/error.h"

namespace sonotwin::segment {

/// A parameter or another part of a training's state, under its name in files.
struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

/// Where a network runs.
struct Runtime {
  at::Device device = at::kCPU;
  int threads = 1;

  [[nodiscard]] bool onGpu() const { return device.is_cuda(); }
  /// Channels last is what tensor cores want; on the CPU the plain order is faster.
  [[nodiscard]] at::MemoryFormat memoryFormat() const {
    return onGpu() ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
  }
  /// LibTorch starts with one thread, and keeps the number per calling thread.
  void useThreads() const { at::set_num_threads(threads); }
};

/// "auto", "cpu", "cuda" or "cuda:1". @param threads  0: all available
/// @throws Error(kBadInput) for a device that is not there.
[[nodiscard]] Runtime openDevice(const std::string& device, int threads = 0);
[[nodiscard]] std::string describe(const Runtime& runtime);
/// Of the device, used or not, so that one machine always plans the same.
[[nodiscard]] double memoryBytes(const Runtime& runtime);
/// As segment::devices and segment::linearAlgebraLibrary.
[[nodiscard]] std::vector<std::string> torchDevices();
[[nodiscard]] std::string torchLinearAlgebraLibrary();

/// While one lives, freed memory stays with the program: a network's maps are then the same pages
/// in every step, where they would be handed back and cleared anew, which takes half of a CPU's
/// time.
class KeptMemory {
 public:
  KeptMemory();
  ~KeptMemory();
  KeptMemory(const KeptMemory&) = delete;
  KeptMemory& operator=(const KeptMemory&) = delete;
};

/// bfloat16 where it is safe, while it lives: on a GPU only (LibTorch 1.13's transposed convolution
/// returns a wrong shape for it on the CPU). The one place that knows both autocast interfaces.
class HalfPrecision {
 public:
  explicit HalfPrecision(const Runtime& runtime) : on_(runtime.onGpu()) {
    if (on_) set(true);
  }
  ~HalfPrecision() {
    if (!on_) return;
    at::autocast::clear_cache();
    set(false);
  }
  HalfPrecision(const HalfPrecision&) = delete;
  HalfPrecision& operator=(const HalfPrecision&) = delete;

 private:
  static void set(bool enabled) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_dtype(at::kCUDA, at::kBFloat16);
    at::autocast::set_autocast_enabled(at::kCUDA, enabled);
#else
    at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
    at::autocast::set_enabled(enabled);
#endif
  }
  bool on_;
};

/// Runs `work` and turns LibTorch's failures into this program's.
template <class Work>
auto translatingTorchErrors(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const c10::Error& failure) {
    throw Error(ErrorKind::kDevice, std::string("The network could not be computed: ") +
                                        failure.what_without_backtrace());
  }
}

}  // namespace sonotwin::segment
