// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/enhance/device.h"

#include <charconv>
#include <optional>

#include "gpu_filters.h"
#include "run_recipe.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/parallel.h"

namespace sonotwin::enhance {
namespace {
std::string cpuName() {
  const int threads = availableThreads();
  return "cpu, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

int gpuIndex(const std::string& device) {
  if (device == "auto" || device == "cuda") return 0;
  int index = -1;
  const char* end = device.data() + device.size();
  const bool numbered =
      device.starts_with("cuda:") && std::from_chars(device.data() + 5, end, index).ptr == end;
  if (!numbered || index < 0) {
    throwBadInput("There is no device \"" + device + "\": choose auto, cpu, cuda or cuda:0.");
  }
  return index;
}

/// Grey levels of all kinds beside each other, without order.
media::Image trialPicture() {
  media::Image picture(51, 70);
  std::uint32_t state = 1;
  for (std::uint8_t& level : picture.samples<std::uint8_t>()) {
    state = state * 1664525U + 1013904223U;
    level = static_cast<std::uint8_t>(state >> 24);
  }
  return picture;
}

/// @throws CudaUnavailable where the GPU fails, or gives other bytes than the CPU
void tryOut(GpuFilters& gpu) try {
  const media::Image picture = trialPicture();
  const media::ScanSector sector{media::PixelRectangle{2, 3, 67, 49}, std::nullopt};
  for (const char* filter : {"srad", "obnlm", "clahe"}) {
    const Recipe recipe{"trial", 1, "", {{filter, {}}}};
    if (runRecipe(recipe, picture, sector, &gpu).data !=
        runRecipe(recipe, picture, sector, nullptr).data) {
      throw CudaUnavailable("its results of \"" + std::string(filter) +
                            "\" are not those of the CPU");
    }
  }
} catch (const Error& failure) {
  throw CudaUnavailable(failure.what());
}
}  // namespace

FilterDevice::FilterDevice(const std::string& name) : description_(cpuName()) {
  if (name == "cpu") return;
  const int index = gpuIndex(name);
  try {
    std::string gpu = gpuName(index);
    gpu_ = makeGpuFilters(index);
    tryOut(*gpu_);
    description_ = std::move(gpu);
  } catch (const CudaUnavailable& problem) {
    gpu_.reset();
    if (name != "auto") {
      throwBadInput("Enhancement on the device \"" + name +
                    "\" is not possible: " + problem.what() + ". Choose the device auto or cpu.");
    }
    description_ += " (" + std::string(problem.what()) + ")";
  }
}

FilterDevice::~FilterDevice() = default;

media::Image FilterDevice::apply(const Recipe& recipe, const media::Image& frame,
                                 const media::ScanSector& sector) {
  if (!gpu_) return runRecipe(recipe, frame, sector, nullptr);
  const std::scoped_lock lock(one_at_a_time_);
  return runRecipe(recipe, frame, sector, gpu_.get());
}

}  // namespace sonotwin::enhance
