// SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime.h>

#include <utility>

#include "filter_kernels.h"
#include "filters_cuda.h"

namespace sonotwin::enhance {
namespace {
constexpr int kThreads = 128;

void require(cudaError_t status, const char* what) {
  if (status != cudaSuccess) {
    cudaGetLastError();  // forgets it, or the next kernel would seem to have failed
    throw CudaFailure(std::string(what) + " (" + cudaGetErrorString(status) + ")");
  }
}

/// Memory that grows, and is kept from picture to picture.
template <class T>
class DeviceArray {
 public:
  DeviceArray() = default;
  ~DeviceArray() { cudaFree(data_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  void reserve(std::size_t count) {
    if (count <= count_) return;
    cudaFree(std::exchange(data_, nullptr));
    count_ = 0;
    require(cudaMalloc(&data_, count * sizeof(T)), "too little memory on the GPU");
    count_ = count;
  }
  void upload(const T* source, std::size_t count) {
    reserve(count);
    require(cudaMemcpy(data_, source, count * sizeof(T), cudaMemcpyHostToDevice),
            "cannot copy to the GPU");
  }
  void download(T* target, std::size_t count) const {
    require(cudaMemcpy(target, data_, count * sizeof(T), cudaMemcpyDeviceToHost),
            "cannot copy from the GPU");
  }
  void clear(std::size_t count) {
    reserve(count);
    require(cudaMemset(data_, 0, count * sizeof(T)), "cannot clear the GPU's memory");
  }
  T* data() const { return data_; }
  void swap(DeviceArray& other) {
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
  }

 private:
  T* data_ = nullptr;
  std::size_t count_ = 0;
};

/// Number of this thread's pixel or block.
__device__ int number() {
  return static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
}

__global__ void expandLevels(float* levels, int count, float rate) {
  const int i = number();
  if (i < count) levels[i] = exponential(rate * levels[i]);
}

__global__ void compressLevels(float* levels, int count, float scale) {
  const int i = number();
  if (i < count) levels[i] = scale * logarithm(levels[i]);
}

__global__ void findVariations(PictureView image, float* squared) {
  const int i = number();
  if (i >= image.rows * image.cols) return;
  const Variation q = variationAt(image, i / image.cols, i % image.cols);
  squared[i] = q.over / q.under;
}

__global__ void findCoefficients(PictureView image, SradScale scale, float* coefficient) {
  const int i = number();
  if (i >= image.rows * image.cols) return;
  coefficient[i] = sradCoefficient(variationAt(image, i / image.cols, i % image.cols), scale);
}

__global__ void diffuseLevels(PictureView image, PictureView coefficient, float quarter_step,
                              float* result) {
  const int i = number();
  if (i >= image.rows * image.cols) return;
  result[i] = diffusedAt(image, coefficient, i / image.cols, i % image.cols, quarter_step);
}

__global__ void findMeans(PictureView image, int reach, float* means) {
  const int i = number();
  if (i >= image.rows * image.cols) return;
  means[i] = patchMeanAt(image, i / image.cols, i % image.cols, reach);
}

__global__ void restoreBlocks(BlockJob job, float* blocks) {
  const int i = number();
  if (i >= job.blockRows() * job.blockCols()) return;
  const std::size_t size = static_cast<std::size_t>(job.side()) * job.side();
  restoreBlock(job, i / job.blockCols() * kBlockStep, i % job.blockCols() * kBlockStep,
               blocks + i * size);
}

__global__ void joinBlocks(BlockJob job, const float* blocks, float* result) {
  const int i = number();
  if (i >= job.image.rows * job.image.cols) return;
  result[i] = meanOfBlocks(job, blocks, i / job.image.cols, i % job.image.cols);
}

__global__ void countBins(PictureView image, TileGrid grid, const std::uint8_t* inside,
                          unsigned* counts) {
  const int i = number();
  if (i >= image.rows * image.cols || inside[i] == 0) return;
  const int tile = tileAt(grid, i / image.cols, i % image.cols);
  atomicAdd(counts + tile * kBins + binOf(image.levels[i]), 1U);
}

__global__ void equalizeLevels(float* levels, int rows, int cols, TileGrid grid,
                               const std::uint8_t* inside, const float* curves, float strength) {
  const int i = number();
  if (i >= rows * cols || inside[i] == 0) return;
  const float full = equalized(grid, curves, i / cols, i % cols, levels[i]);
  levels[i] = blend(levels[i], full, strength);
}
}  // namespace

std::string cudaDeviceName(int index) {
  int count = 0;
  require(cudaGetDeviceCount(&count), "no usable GPU or driver");
  if (index >= count) throw CudaFailure("there is no GPU number " + std::to_string(index));
  cudaDeviceProp properties;
  require(cudaGetDeviceProperties(&properties, index), "the GPU does not answer");
  return properties.name;
}

struct CudaPictures::Memory {
  explicit Memory(int device) : device(device) {}

  int device;
  int rows = 0, cols = 0;
  DeviceArray<float> image, coefficient, next, means, blocks, curves;
  DeviceArray<std::uint8_t> inside;
  DeviceArray<unsigned> counts;

  int size() const { return rows * cols; }
  PictureView view() const { return {image.data(), rows, cols}; }
  static int launches(int count) { return (count + kThreads - 1) / kThreads; }
  void select() const { require(cudaSetDevice(device), "the GPU does not answer"); }
  static void finish() {
    require(cudaGetLastError(), "a kernel could not start");
    require(cudaDeviceSynchronize(), "a kernel failed");
  }
};

CudaPictures::CudaPictures(int device) : memory_(std::make_unique<Memory>(device)) {
  memory_->select();
}
CudaPictures::~CudaPictures() = default;

void CudaPictures::upload(const float* levels, int rows, int cols) {
  memory_->select();
  memory_->rows = rows;
  memory_->cols = cols;
  memory_->image.upload(levels, static_cast<std::size_t>(memory_->size()));
}

void CudaPictures::download(float* levels) const {
  memory_->select();
  memory_->image.download(levels, static_cast<std::size_t>(memory_->size()));
}

void CudaPictures::expand(float rate) {
  Memory& gpu = *memory_;
  expandLevels<<<Memory::launches(gpu.size()), kThreads>>>(gpu.image.data(), gpu.size(), rate);
  Memory::finish();
}

void CudaPictures::compress(float scale) {
  Memory& gpu = *memory_;
  compressLevels<<<Memory::launches(gpu.size()), kThreads>>>(gpu.image.data(), gpu.size(), scale);
  Memory::finish();
}

void CudaPictures::variations(float* squared) const {
  Memory& gpu = *memory_;
  gpu.next.reserve(static_cast<std::size_t>(gpu.size()));
  findVariations<<<Memory::launches(gpu.size()), kThreads>>>(gpu.view(), gpu.next.data());
  Memory::finish();
  gpu.next.download(squared, static_cast<std::size_t>(gpu.size()));
}

void CudaPictures::diffuse(SradScale scale, float quarter_step) {
  Memory& gpu = *memory_;
  gpu.coefficient.reserve(static_cast<std::size_t>(gpu.size()));
  gpu.next.reserve(static_cast<std::size_t>(gpu.size()));
  const int launches = Memory::launches(gpu.size());
  findCoefficients<<<launches, kThreads>>>(gpu.view(), scale, gpu.coefficient.data());
  diffuseLevels<<<launches, kThreads>>>(gpu.view(), {gpu.coefficient.data(), gpu.rows, gpu.cols},
                                        quarter_step, gpu.next.data());
  require(cudaGetLastError(), "a kernel could not start");
  gpu.image.swap(gpu.next);
}

void CudaPictures::restore(int search, int reach, float falloff) {
  Memory& gpu = *memory_;
  const auto pixels = static_cast<std::size_t>(gpu.size());
  gpu.means.reserve(pixels);
  gpu.next.reserve(pixels);
  const BlockJob job{gpu.view(), gpu.means.data(), reach, search, falloff};
  const int count = job.blockRows() * job.blockCols();
  gpu.blocks.reserve(static_cast<std::size_t>(count) * job.side() * job.side());
  const int launches = Memory::launches(gpu.size());
  findMeans<<<launches, kThreads>>>(gpu.view(), reach, gpu.means.data());
  restoreBlocks<<<Memory::launches(count), kThreads>>>(job, gpu.blocks.data());
  joinBlocks<<<launches, kThreads>>>(job, gpu.blocks.data(), gpu.next.data());
  Memory::finish();
  gpu.image.swap(gpu.next);
}

void CudaPictures::count(const TileGrid& grid, const std::uint8_t* inside, std::uint32_t* counts) {
  Memory& gpu = *memory_;
  const std::size_t bins = static_cast<std::size_t>(grid.count) * grid.count * kBins;
  gpu.inside.upload(inside, static_cast<std::size_t>(gpu.size()));
  gpu.counts.clear(bins);
  countBins<<<Memory::launches(gpu.size()), kThreads>>>(gpu.view(), grid, gpu.inside.data(),
                                                        gpu.counts.data());
  Memory::finish();
  gpu.counts.download(counts, bins);
}

void CudaPictures::equalize(const TileGrid& grid, const std::vector<float>& curves,
                            float strength) {
  Memory& gpu = *memory_;
  gpu.curves.upload(curves.data(), curves.size());
  equalizeLevels<<<Memory::launches(gpu.size()), kThreads>>>(
      gpu.image.data(), gpu.rows, gpu.cols, grid, gpu.inside.data(), gpu.curves.data(), strength);
  Memory::finish();
}

}  // namespace sonotwin::enhance
