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
    job_.rich() ? drainCells<RichCell>() : drainCells<std::uint64_t>();
  }

  void read(const VoxelBytes& out) override {
    if (job_.keep != Keep::kMean) return readKeys(download<std::uint64_t>(), threads_, out);
    job_.rich() ? readCells<RichCell>(out) : readCells<std::uint64_t>(out);
  }

 private:
  template <class Cell>
  std::vector<Cell> download() {
    std::vector<Cell> cells(job_.voxelCount());
    translated([&] { voxels_.copyWords(reinterpret_cast<std::uint64_t*>(cells.data())); });
    return cells;
  }

  template <class Cell>
  void drainCells() {
    std::vector<Cell> cells = download<Cell>();
    drained_.drain(std::span<Cell>(cells), threads_);
    translated([&] { voxels_.setWords(reinterpret_cast<const std::uint64_t*>(cells.data())); });
  }

  template <class Cell>
  void readCells(const VoxelBytes& out) {
    const std::vector<Cell> cells = download<Cell>();
    readMeans(job_, std::span<const Cell>(cells), drained_, threads_, out);
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
