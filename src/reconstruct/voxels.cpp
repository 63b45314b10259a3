// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/voxels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>

#include "backward.h"
#include "beam_weights.h"
#include "fill.h"
#include "grid.h"
#include "sector_spans.h"

namespace sonotwin::reconstruct {
namespace {
constexpr std::size_t kBatchFrames = 16;
constexpr std::size_t kBatchBytes = 64U << 20;

Keep keepFor(Compounding compounding) {
  switch (compounding) {
    case Compounding::kLatest:
      return Keep::kLatest;
    case Compounding::kFirst:
      return Keep::kFirst;
    case Compounding::kMaximum:
      return Keep::kMaximum;
    case Compounding::kMean:
    case Compounding::kConfidence:
    case Compounding::kBeam:
      break;
  }
  return Keep::kMean;
}

/// Places the frames batch by batch: a batch is decoded, then all threads place it.
class Placement {
 public:
  Placement(const SplatJob& job, const std::vector<PlacedFrame>& frames, const Grid& grid,
            const std::function<media::Image(int)>& pixels, bool by_confidence, Accumulator& voxels)
      : job_(job),
        frames_(frames),
        pixels_(pixels),
        by_confidence_(by_confidence),
        voxels_(voxels),
        safe_weight_(job.weightCapacity() / 2.0) {
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
      if (weight + largest > safe_weight_ && !batch.empty()) break;
      weight += largest;
      images.push_back(image(frames_[next_].index, largest));
      const auto order = static_cast<std::uint32_t>(next_) + 1;
      batch.push_back({poses_[next_], images.back().samples<std::uint8_t>().data(), order,
                       frameWeight(frames_[next_])});
      ++next_;
    }
    if (undrained_ + weight > safe_weight_) {
      voxels_.drain();
      undrained_ = 0.0;
    }
    voxels_.add(batch, progress);
    undrained_ += weight;
  }

  [[nodiscard]] std::uint8_t frameWeight(const PlacedFrame& frame) const {
    if (!by_confidence_) return kFullPixelWeight;
    if (!(frame.confidence >= 0.0 && frame.confidence <= 1.0)) {
      throwBadInput(fmt::format("The confidence of frame {} is not between 0 and 1.", frame.index));
    }
    return static_cast<std::uint8_t>(std::lround(frame.confidence * kFullPixelWeight));
  }

  [[nodiscard]] media::Image image(int index, double largest_weight) const {
    if (largest_weight > safe_weight_) {
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
  bool by_confidence_;
  Accumulator& voxels_;
  double safe_weight_;  ///< no cell may gain more between two drains
  std::vector<GridPose> poses_;
  std::size_t next_ = 0;
  double undrained_ = 0.0;  ///< no cell's weight exceeds safe_weight_ by more than this
};

SplatJob makeJob(const Grid& grid, const std::vector<PlacedFrame>& frames, int rows, int cols,
                 const media::ScanSector& sector, const VoxelOptions& options) {
  SplatJob job;
  std::ranges::copy(grid.dims, job.dims);
  job.rows = rows;
  job.cols = cols;
  job.linear = options.interpolation != Interpolation::kNearest;
  job.backward = isBackward(options.interpolation);
  job.keep = keepFor(options.compounding);
  job.spread = options.uncertainty;
  job.sharpen = job.linear && !job.backward && options.sharpen;
  job.spans = sectorSpans(sector, rows, cols, options.pixel_mask.get());
  if (options.compounding == Compounding::kBeam && !frames.empty()) {
    const Eigen::Matrix3d mm_per_px = frames.front().world_from_image.linear();
    job.pixel_weights = beamWeights(
        sector, rows, cols, {mm_per_px.col(0).norm(), mm_per_px.col(1).norm()}, options.beam);
  } else if (options.compounding == Compounding::kConfidence) {
    job.pixel_weights.assign(job.pixelCount(), kFullPixelWeight);
  }
  return job;
}

ChosenDevice deviceFor(const SplatJob& job, const Grid& grid, const VoxelOptions& options) {
  if (!isBackward(options.interpolation)) {
    return chooseDevice(job, options.device, options.threads);
  }
  if (options.device != "auto" && options.device != "cpu") {
    throwBadInput("Backward methods run on the CPU: choose the device auto or cpu.");
  }
  const double reach_mm = options.fill == Fill::kNone ? 0.0 : options.fill_radius_mm;
  return {makeBackwardAccumulator(job, options.interpolation, grid.world_from_voxel.linear(),
                                  reach_mm, options.threads),
          describeDevice("cpu", options.threads)};
}

/// The frames' voxels before holes are filled.
VoxelResult placed(const SplatJob& job, const std::vector<PlacedFrame>& frames, const Grid& grid,
                   const std::function<media::Image(int)>& pixels, const VoxelOptions& options,
                   const Progress& progress) {
  VoxelResult result;
  result.volume = media::Volume(grid.dims, media::PixelType::kUint8, grid.world_from_voxel);
  result.state.resize(result.volume.voxelCount());
  const ChosenDevice device = deviceFor(job, grid, options);
  Placement(job, frames, grid, pixels, options.compounding == Compounding::kConfidence,
            *device.voxels)
      .run(progress);
  if (job.spread) result.uncertainty.resize(result.state.size());
  device.voxels->read({result.volume.samples<std::uint8_t>(), result.state, result.uncertainty});
  result.device_used = device.name;
  result.frames_used = static_cast<int>(frames.size());
  return result;
}

/// Marks holes and fills them. What a backward method interpolated itself is kept where filling
/// may, and dropped elsewhere.
void fill(VoxelResult& result, const VoxelOptions& options, const Progress& progress) {
  const auto levels = result.volume.samples<std::uint8_t>();
  std::vector<std::uint8_t> reached, own, own_uncertainty;
  if (isBackward(options.interpolation)) {
    reached = result.state;
    own.assign(levels.begin(), levels.end());
    own_uncertainty = result.uncertainty;
    std::ranges::replace(result.state, kInterpolated, kEmpty);
  }
  result.distance.resize(result.state.size());
  std::ranges::transform(result.state, result.distance.begin(),
                         [](std::uint8_t state) { return state == kObserved ? 0 : kNoData; });
  if (options.fill == Fill::kNormalizedConvolution) {
    fillHoles({result.volume, result.state, result.distance, result.uncertainty},
              options.fill_radius_mm, options.threads, progress);
  }
  for (std::size_t v = 0; v < own.size(); ++v) {
    if (reached[v] != kInterpolated) continue;
    const bool kept = result.state[v] == kInterpolated;
    levels[v] = kept ? own[v] : 0;
    if (!own_uncertainty.empty()) result.uncertainty[v] = kept ? own_uncertainty[v] : 0;
  }
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

void requireUsable(const VoxelOptions& options) {
  if (!std::isfinite(options.fill_radius_mm) || options.fill_radius_mm < 0.0) {
    throwBadInput("The fill radius must be zero or a positive number of millimetres.");
  }
  if (isBackward(options.interpolation) && options.compounding != Compounding::kMean) {
    throwBadInput(
        "Backward methods average by themselves: choose the compounding mean, or the method "
        "linear or nearest.");
  }
  if (options.uncertainty && options.interpolation == Interpolation::kNearestFrame) {
    throwBadInput(
        "A voxel of one pixel has no deviation: choose another method than the nearest "
        "frame's.");
  }
  if (options.uncertainty && keepFor(options.compounding) != Keep::kMean) {
    throwBadInput(
        "Uncertainty is worked out for means: choose the compounding mean, confidence or beam.");
  }
}
}  // namespace

VoxelResult reconstructVoxels(const std::vector<PlacedFrame>& frames, int rows, int cols,
                              const media::ScanSector& sector,
                              const std::function<media::Image(int)>& pixels,
                              const VoxelOptions& options, const Progress& progress) {
  requireUsable(options);
  const Grid grid = gridFor(frames, rows, cols, sector, options);
  requireUsable(grid);
  const SplatJob job = makeJob(grid, frames, rows, cols, sector, options);
  try {
    VoxelResult result = placed(job, frames, grid, pixels, options, progress.part(0.0, 0.8));
    fill(result, options, progress.part(0.8, 1.0));
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
