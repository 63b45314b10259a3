// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <tuple>

#include "accumulator.h"
#include "cuda_accumulator.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/parallel.h"
#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {
namespace {
std::string cpuName(int threads, const std::string& reason) {
  const int count = threads > 0 ? threads : availableThreads();
  const std::string name = "cpu, " + std::to_string(count) + (count == 1 ? " thread" : " threads");
  return reason.empty() ? name : name + " (" + reason + ")";
}

ChosenDevice onCpu(const SplatJob& job, int threads, const std::string& reason) {
  return {makeCpuAccumulator(job, threads > 0 ? threads : availableThreads()),
          cpuName(threads, reason)};
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
}  // namespace

std::string describeDevice(const std::string& device, int threads) {
  if (device == "cpu") return cpuName(threads, {});
  const int index = gpuIndex(device);
  try {
    return gpuName(index);
  } catch (const CudaUnavailable& problem) {
    if (device == "auto") return cpuName(threads, problem.what());
    throwBadInput("Reconstruction on the device \"" + device +
                  "\" is not possible: " + problem.what() + ". Choose the device auto or cpu.");
  }
}

ChosenDevice chooseDevice(const SplatJob& job, const std::string& device, int threads) {
  if (device == "cpu") return onCpu(job, threads, {});
  std::ignore = describeDevice(device, threads);  // a GPU that is not there is the person's to mend
  const int index = gpuIndex(device);
  try {
    return makeCudaAccumulator(job, index, threads);
  } catch (const CudaUnavailable& problem) {
    if (device == "auto") return onCpu(job, threads, problem.what());
    throw Error(ErrorKind::kDevice,
                "Reconstruction on the GPU is not possible: " + std::string(problem.what()) +
                    ". Choose the device auto or cpu.");
  }
}

}  // namespace sonotwin::reconstruct
