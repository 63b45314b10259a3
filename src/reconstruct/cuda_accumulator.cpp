// SPDX-License-Identifier: Apache-2.0
#include "cuda_accumulator.h"

#include "sonotwin/base/error.h"
#include "voxels_cuda.h"

namespace sonotwin::reconstruct {
namespace {
class CudaAccumulator final : public Accumulator {
 public:
  CudaAccumulator(const SplatJob& job, int index, int threads)
      : job_(job), threads_(threads), voxels_(job, index) {}

  void add(std::span<const SplatFrame> frames, const Progress& progress) override {
    progress.throwIfCancelled();
    translated([&] { voxels_.add(frames.data(), frames.size()); });
  }

  void drain() override {
    if (job_.keep != Keep::kMean) return;
    std::vector<std::uint64_t> cells = download();
    drained_.drain(cells, threads_);
    translated([&] { voxels_.setCells(cells.data()); });
  }

  void read(std::span<std::uint8_t> grey, std::span<std::uint8_t> observed) override {
    readCells(job_, download(), drained_, threads_, grey, observed);
  }

 private:
  std::vector<std::uint64_t> download() {
    std::vector<std::uint64_t> cells(job_.voxelCount());
    translated([&] { voxels_.copyCells(cells.data()); });
    return cells;
  }

  template <class Work>
  static void translated(const Work& work) {
    try {
      work();
    } catch (const CudaFailure& failure) {
      throw Error(ErrorKind::kDevice,
                  "The GPU failed while reconstructing: " + std::string(failure.what()) +
                      ". Try again, or choose the device cpu.");
    }
  }

  SplatJob job_;
  int threads_;
  CudaVoxels voxels_;
  DrainedSums drained_;
};
}  // namespace

std::string gpuName(int index) {
  try {
    return cudaDeviceName(index);
  } catch (const CudaFailure& failure) {
    throw CudaUnavailable(failure.what());
  }
}

ChosenDevice makeCudaAccumulator(const SplatJob& job, int index, int threads) {
  try {
    return {std::make_unique<CudaAccumulator>(job, index, threads), gpuName(index)};
  } catch (const CudaFailure& failure) {
    throw CudaUnavailable(failure.what());
  }
}

}  // namespace sonotwin::reconstruct
