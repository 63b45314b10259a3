// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/voxels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>

#include "fill.h"
#include "grid.h"
#include "sector_spans.h"

namespace sonotwin::reconstruct {
namespace {
constexpr std::size_t kBatchFrames = 16;
constexpr std::size_t kBatchBytes = 64U << 20;
constexpr double kSafeWeight = kWeightCapacity / 2;

Keep keepFor(Compounding compounding) {
  switch (compounding) {
    case Compounding::kLatest:
      return Keep::kLatest;
    case Compounding::kFirst:
      return Keep::kFirst;
    case Compounding::kMaximum:
      return Keep::kMaximum;
    case Compounding::kMean:
      break;
  }
  return Keep::kMean;
}

/// Places the frames batch by batch: a batch is decoded, then all threads place it.
class Placement {
 public:
  Placement(const SplatJob& job, const std::vector<PlacedFrame>& frames, const Grid& grid,
            const std::function<media::Image(int)>& pixels, Accumulator& voxels)
      : job_(job), frames_(frames), pixels_(pixels), voxels_(voxels) {
    const auto voxel_from_world = grid.world_from_voxel.inverse();
    for (const PlacedFrame& frame : frames) {
      poses_.push_back(gridPose(voxel_from_world * frame.world_from_image, job, frame.index));
    }
  }

  void run(const Progress& progress) {
    while (next_ < frames_.size()) {
      progress.report(static_cast<double>(next_) / static_cast<double>(frames_.size()),
                      "Placing frames");
      addBatch(progress);
    }
    progress.report(1.0, "Placing frames");
  }

 private:
  void addBatch(const Progress& progress) {
    std::vector<media::Image> images;
    std::vector<SplatFrame> batch;
    double weight = 0.0;
    while (next_ < frames_.size() && batch.size() < kBatchFrames &&
           (batch.empty() || (batch.size() + 1) * job_.pixelCount() <= kBatchBytes)) {
      const double largest = largestWeight(poses_[next_], job_);
      if (weight + largest > kSafeWeight && !batch.empty()) break;
      weight += largest;
      images.push_back(image(frames_[next_].index, largest));
      const auto order = static_cast<std::uint32_t>(next_) + 1;
      batch.push_back({poses_[next_], images.back().samples<std::uint8_t>().data(), order});
      ++next_;
    }
    if (undrained_ + weight > kSafeWeight) {
      voxels_.drain();
      undrained_ = 0.0;
    }
    voxels_.add(batch, progress);
    undrained_ += weight;
  }

  [[nodiscard]] media::Image image(int index, double largest_weight) const {
    if (largest_weight > kSafeWeight) {
      throwBadInput("The voxels are too large for the pixels: choose a smaller spacing.");
    }
    media::Image image = pixels_(index);
    if (image.rows != job_.rows || image.cols != job_.cols || image.channels != 1 ||
        image.type != media::PixelType::kUint8) {
      throwBadInput(fmt::format("Frame {} is not an 8-bit grey picture of {} x {} pixels.", index,
                                job_.cols, job_.rows));
    }
    return image;
  }

  const SplatJob& job_;
  const std::vector<PlacedFrame>& frames_;
  const std::function<media::Image(int)>& pixels_;
  Accumulator& voxels_;
  std::vector<GridPose> poses_;
  std::size_t next_ = 0;
  double undrained_ = 0.0;  ///< no cell's weight exceeds kSafeWeight by more than this
};

SplatJob makeJob(const Grid& grid, int rows, int cols, const media::ScanSector& sector,
                 const VoxelOptions& options) {
  SplatJob job;
  std::ranges::copy(grid.dims, job.dims);
  job.rows = rows;
  job.cols = cols;
  job.linear = options.interpolation == Interpolation::kLinear;
  job.keep = keepFor(options.compounding);
  job.spans = sectorSpans(sector, rows, cols);
  return job;
}

/// The frames' voxels before holes are filled.
VoxelResult placed(const SplatJob& job, const std::vector<PlacedFrame>& frames, const Grid& grid,
                   const std::function<media::Image(int)>& pixels, const VoxelOptions& options,
                   const Progress& progress) {
  VoxelResult result;
  result.volume = media::Volume(grid.dims, media::PixelType::kUint8, grid.world_from_voxel);
  result.state.resize(result.volume.voxelCount());
  const ChosenDevice device = chooseDevice(job, options.device, options.threads);
  Placement(job, frames, grid, pixels, *device.voxels).run(progress);
  device.voxels->read(result.volume.samples<std::uint8_t>(), result.state);
  result.device_used = device.name;
  result.frames_used = static_cast<int>(frames.size());
  return result;
}

void countStates(VoxelResult& result) {
  const auto observed = std::ranges::count(result.state, kObserved);
  const auto interpolated = std::ranges::count(result.state, kInterpolated);
  if (observed == 0) {
    throwBadInput("No pixel of any frame lies in the grid: check the calibration and the grid.");
  }
  result.observed_fraction =
      static_cast<double>(observed) / static_cast<double>(observed + interpolated);
}
}  // namespace

VoxelResult reconstructVoxels(const std::vector<PlacedFrame>& frames, int rows, int cols,
                              const media::ScanSector& sector,
                              const std::function<media::Image(int)>& pixels,
                              const VoxelOptions& options, const Progress& progress) {
  if (!std::isfinite(options.fill_radius_mm) || options.fill_radius_mm < 0.0) {
    throwBadInput("The fill radius must be zero or a positive number of millimetres.");
  }
  const Grid grid =
      options.grid ? *options.grid : gridAround(frames, rows, cols, sector, options.spacing_mm);
  requireUsable(grid);
  const SplatJob job = makeJob(grid, rows, cols, sector, options);
  try {
    VoxelResult result = placed(job, frames, grid, pixels, options, progress.part(0.0, 0.8));
    if (options.fill == Fill::kNormalizedConvolution) {
      fillHoles(result.volume, result.state, options.fill_radius_mm, options.threads,
                progress.part(0.8, 1.0));
    }
    countStates(result);
    progress.report(1.0, "Placing frames");
    return result;
  } catch (const std::bad_alloc&) {
    throwBadInput(
        fmt::format("There is not enough memory for {} x {} x {} voxels: choose larger "
                    "ones.",
                    grid.dims[0], grid.dims[1], grid.dims[2]));
  }
}

}  // namespace sonotwin::reconstruct
