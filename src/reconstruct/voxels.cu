// SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime.h>

#include <utility>

#include "voxels_cuda.h"

namespace sonotwin::reconstruct {
namespace {
using Word = unsigned long long;
static_assert(sizeof(Word) == sizeof(std::uint64_t), "CUDA's atomics take unsigned long long");
constexpr int kThreads = 128;

void require(cudaError_t status, const char* what) {
  if (status != cudaSuccess) {
    cudaGetLastError();  // forgets it, or the next kernel would seem to have failed
    throw CudaFailure(std::string(what) + " (" + cudaGetErrorString(status) + ")");
  }
}

template <class T>
class DeviceArray {
 public:
  DeviceArray() = default;
  explicit DeviceArray(std::size_t count) { reserve(count); }
  ~DeviceArray() { cudaFree(data_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  /// Room for `count` elements, zeroed; what was there is lost where it grows.
  void reserve(std::size_t count) {
    if (count <= count_) return;
    cudaFree(std::exchange(data_, nullptr));
    count_ = 0;
    require(cudaMalloc(&data_, count * sizeof(T)), "too little memory on the GPU");
    require(cudaMemset(data_, 0, count * sizeof(T)), "cannot clear the GPU's memory");
    count_ = count;
  }
  void upload(const T* source, std::size_t count, std::size_t at = 0) {
    require(cudaMemcpy(data_ + at, source, count * sizeof(T), cudaMemcpyHostToDevice),
            "cannot copy to the GPU");
  }
  void download(T* target, std::size_t count) const {
    require(cudaMemcpy(target, data_, count * sizeof(T), cudaMemcpyDeviceToHost),
            "cannot copy from the GPU");
  }
  T* data() const { return data_; }

 private:
  T* data_ = nullptr;
  std::size_t count_ = 0;
};

/// What a kernel needs of the job.
struct Shape {
  int dims[3];
  int rows;
  int cols;
  Keep keep;
  bool rich;
  const std::uint8_t* weights;  ///< of pixels; none: all count 1
};

__device__ bool inGrid(const Shape& shape, int i, int j, int k) {
  return i >= 0 && j >= 0 && k >= 0 && i < shape.dims[0] && j < shape.dims[1] && k < shape.dims[2];
}

/// Adds a pixel to the mean of voxel `index`. @param share  the voxel's, of the pixel
__device__ void addTo(const Shape& shape, Word* words, std::size_t index, std::uint32_t share,
                      const SplatFrame& frame, std::uint32_t pixel, std::uint8_t grey) {
  if (!shape.rich) {
    atomicAdd(words + index, static_cast<Word>(weighted(share, grey)));
    return;
  }
  const std::uint32_t own =
      shape.weights != nullptr ? pixelWeight(shape.weights[pixel], frame.weight) : 1;
  const RichCell amount = richlyWeighted(share * own, grey);
  atomicAdd(words + 2 * index, static_cast<Word>(amount.sums));
  atomicAdd(words + 2 * index + 1, static_cast<Word>(amount.squares));
}

/// One block a span and frame.
__global__ void placeNearest(Shape shape, const RowSpan* spans, const SplatFrame* frames,
                             const std::uint8_t* pixels, Word* cells) {
  const RowSpan span = spans[blockIdx.x];
  const SplatFrame& frame = frames[blockIdx.y];
  const std::size_t frame_size = static_cast<std::size_t>(shape.rows) * shape.cols;
  const auto place = static_cast<std::uint32_t>(span.row) * static_cast<std::uint32_t>(shape.cols);
  for (int col = span.begin + threadIdx.x; col < span.end; col += kThreads) {
    const int i = voxelOf(positionAt(frame.pose, 0, col, span.row));
    const int j = voxelOf(positionAt(frame.pose, 1, col, span.row));
    const int k = voxelOf(positionAt(frame.pose, 2, col, span.row));
    if (!inGrid(shape, i, j, k)) continue;
    const std::uint32_t pixel = place + static_cast<std::uint32_t>(col);
    const std::uint8_t grey = pixels[frame_size * blockIdx.y + pixel];
    const std::size_t index = cellIndex(shape.dims, i, j, k);
    if (shape.keep == Keep::kMean) {
      addTo(shape, cells, index, 1, frame, pixel, grey);
    } else {
      atomicMax(cells + index, static_cast<Word>(keyOf(shape.keep, frame.order, pixel, grey)));
    }
  }
}

__global__ void addLinear(Shape shape, const RowSpan* spans, const SplatFrame* frames,
                          const std::uint8_t* pixels, Word* cells) {
  const RowSpan span = spans[blockIdx.x];
  const SplatFrame& frame = frames[blockIdx.y];
  const std::size_t frame_size = static_cast<std::size_t>(shape.rows) * shape.cols;
  const auto place = static_cast<std::uint32_t>(span.row) * static_cast<std::uint32_t>(shape.cols);
  for (int col = span.begin + threadIdx.x; col < span.end; col += kThreads) {
    std::int64_t at[3];
    for (int axis = 0; axis < 3; ++axis) at[axis] = positionAt(frame.pose, axis, col, span.row);
    std::uint32_t weights[8];
    const std::uint32_t pixel = place + static_cast<std::uint32_t>(col);
    const std::uint8_t grey = pixels[frame_size * blockIdx.y + pixel];
    trilinearWeights(fractionOf(at[0]), fractionOf(at[1]), fractionOf(at[2]), weights);
    for (int corner = 0; corner < 8; ++corner) {
      const int i = voxelOf(at[0]) + (corner & 1);
      const int j = voxelOf(at[1]) + (corner >> 1 & 1);
      const int k = voxelOf(at[2]) + (corner >> 2);
      if (weights[corner] == 0 || !inGrid(shape, i, j, k)) continue;
      addTo(shape, cells, cellIndex(shape.dims, i, j, k), weights[corner], frame, pixel, grey);
    }
  }
}

/// Lets every voxel that one frame touched keep the right one of its means, and clears the sums.
__global__ void keepFrameMeans(Shape shape, std::uint32_t order, std::size_t count, Word* sums,
                               Word* cells) {
  const std::size_t step = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
       i += step) {
    if (sums[i] == 0) continue;
    const std::uint8_t mean = roundedRatio(sumOf(sums[i]), weightOf(sums[i]));
    const Word key = keyOf(shape.keep, order, 0, mean);
    if (key > cells[i]) cells[i] = key;
    sums[i] = 0;
  }
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

struct CudaVoxels::Device {
  SplatJob job;
  int index;
  DeviceArray<RowSpan> spans;
  DeviceArray<Word> cells;
  DeviceArray<Word> frame_sums;
  DeviceArray<SplatFrame> frames;
  DeviceArray<std::uint8_t> pixels;
  DeviceArray<std::uint8_t> weights;

  Device(const SplatJob& job, int index) : job(job), index(index) {
    require(cudaSetDevice(index), "the GPU does not answer");
    spans.reserve(job.spans.size());
    spans.upload(job.spans.data(), job.spans.size());
    cells.reserve(job.wordCount());
    weights.reserve(job.pixel_weights.size());
    weights.upload(job.pixel_weights.data(), job.pixel_weights.size());
    if (job.keepsFrameMeans()) frame_sums.reserve(job.voxelCount());
  }

  Shape shape() const {
    return {{job.dims[0], job.dims[1], job.dims[2]},
            job.rows,
            job.cols,
            job.keep,
            job.rich(),
            weights.data()};
  }
  dim3 blocks(std::size_t frame_count) const {
    return {static_cast<unsigned>(job.spans.size()), static_cast<unsigned>(frame_count)};
  }

  void foldFrame(std::size_t i, std::uint32_t order) const {
    addLinear<<<blocks(1), kThreads>>>(shape(), spans.data(), frames.data() + i,
                                       pixels.data() + i * job.pixelCount(), frame_sums.data());
    keepFrameMeans<<<4096, kThreads>>>(shape(), order, job.voxelCount(), frame_sums.data(),
                                       cells.data());
  }
};

CudaVoxels::CudaVoxels(const SplatJob& job, int device)
    : device_(std::make_unique<Device>(job, device)) {}
CudaVoxels::~CudaVoxels() = default;

void CudaVoxels::add(const SplatFrame* frames, std::size_t count) {
  Device& gpu = *device_;
  if (count == 0 || gpu.job.spans.empty()) return;
  require(cudaSetDevice(gpu.index), "the GPU does not answer");
  gpu.frames.reserve(count);
  gpu.frames.upload(frames, count);
  gpu.pixels.reserve(count * gpu.job.pixelCount());
  for (std::size_t i = 0; i < count; ++i) {
    gpu.pixels.upload(frames[i].pixels, gpu.job.pixelCount(), i * gpu.job.pixelCount());
  }
  if (gpu.job.keepsFrameMeans()) {
    for (std::size_t i = 0; i < count; ++i) gpu.foldFrame(i, frames[i].order);
  } else {
    const auto place = gpu.job.linear ? addLinear : placeNearest;
    place<<<gpu.blocks(count), kThreads>>>(gpu.shape(), gpu.spans.data(), gpu.frames.data(),
                                           gpu.pixels.data(), gpu.cells.data());
  }
  require(cudaGetLastError(), "a kernel could not start");
  require(cudaDeviceSynchronize(), "a kernel failed");
}

void CudaVoxels::copyWords(std::uint64_t* words) const {
  require(cudaSetDevice(device_->index), "the GPU does not answer");
  device_->cells.download(reinterpret_cast<Word*>(words), device_->job.wordCount());
}

void CudaVoxels::setWords(const std::uint64_t* words) {
  require(cudaSetDevice(device_->index), "the GPU does not answer");
  device_->cells.upload(reinterpret_cast<const Word*>(words), device_->job.wordCount());
}

}  // namespace sonotwin::reconstruct
