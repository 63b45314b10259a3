// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sector_spans.h"
#include "soft_mask.h"
#include "sonotwin/base/error.h"
#include "sonotwin/reconstruct/sweep.h"
#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {
namespace {
constexpr double kReach_voxels = 2.0;
constexpr double kReach_px = 2.0;

/// Masks of one clip on their way into voxels.
class MaskedSweep {
 public:
  MaskedSweep(const media::Clip& clip, const media::ClipMask& mask, const VoxelOptions& options)
      : clip_(clip), options_(options) {
    for (const media::FrameMask& frame : mask.frames) {
      if (frame.rows != clip.info.rows || frame.cols != clip.info.cols) {
        throwBadInput(fmt::format("The mask of frame {} is of {} x {} pixels, the clip of {} x {}.",
                                  frame.frame_index, frame.cols, frame.rows, clip.info.cols,
                                  clip.info.rows));
      }
      masks_[frame.frame_index] = &frame;
    }
    for (PlacedFrame frame :
         smoothedPath(placedFrames(clip), clip.info.rows, clip.info.cols, options.smooth_frames)) {
      const auto mask_of_frame = masks_.find(frame.index);
      if (mask_of_frame == masks_.end()) continue;
      frame.confidence =
          std::clamp(static_cast<double>(mask_of_frame->second->confidence), 0.0, 1.0);
      frames_.push_back(frame);
    }
    if (frames_.empty()) {
      throwBadInput("No frame has both a mask and a valid pose: segment the clip first.");
    }
    const Eigen::Matrix3d mm_per_px = frames_.front().world_from_image.linear();
    pixel_mm_ = {mm_per_px.col(0).norm(), mm_per_px.col(1).norm()};
    sector_ = sectorFor(clip, options);
    options_.grid = gridFor(frames_, clip.info.rows, clip.info.cols, sector_, options);
    const Eigen::Matrix3d mm_per_voxel = options_.grid->world_from_voxel.linear();
    reach_mm_ = std::max(kReach_px * std::max(pixel_mm_[0], pixel_mm_[1]),
                         kReach_voxels * mm_per_voxel.colwise().norm().maxCoeff());
  }

  /// Soft volume of the labels that `inside` accepts.
  [[nodiscard]] VoxelResult occupancy(const std::function<bool(int)>& inside,
                                      const Progress& progress) const {
    const auto pixels = [&](int index) {
      return softMask(*masks_.at(index), inside, pixel_mm_, reach_mm_);
    };
    VoxelResult result = reconstructVoxels(frames_, clip_.info.rows, clip_.info.cols, sector_,
                                           pixels, options_, progress);
    result.volume.world = clip_.info.world;
    result.frames_skipped = static_cast<int>(masks_.size() - frames_.size());
    return result;
  }

 private:
  const media::Clip& clip_;
  VoxelOptions options_;
  std::map<int, const media::FrameMask*> masks_;
  std::vector<PlacedFrame> frames_;
  media::ScanSector sector_;
  std::array<double, 2> pixel_mm_ = {1.0, 1.0};
  double reach_mm_ = 1.0;
};
}  // namespace

VoxelResult reconstructOccupancy(const media::Clip& clip, const media::ClipMask& mask, int label,
                                 const VoxelOptions& options, const Progress& progress) {
  if (!std::ranges::count(mask.labels, label, &media::Label::value)) {
    throwBadInput(fmt::format("The mask has no label {}.", label));
  }
  return MaskedSweep(clip, mask, options)
      .occupancy([label](int value) { return value == label; }, progress);
}

VoxelResult reconstructLabels(const media::Clip& clip, const media::ClipMask& mask,
                              const VoxelOptions& options, const Progress& progress) {
  if (mask.labels.empty()) throwBadInput("The mask names no label.");
  const MaskedSweep sweep(clip, mask, options);
  const bool several = mask.labels.size() > 1;
  const double passes = several ? static_cast<double>(mask.labels.size()) + 1.0 : 1.0;
  const auto named = [&](int value) {
    return std::ranges::count(mask.labels, value, &media::Label::value) > 0;
  };
  // Whether a voxel is any label is decided first, so that no gap opens where two labels touch.
  VoxelResult result = sweep.occupancy(named, progress.part(0.0, 1.0 / passes));
  result.volume.labels = mask.labels;
  const auto labels = result.volume.samples<std::uint8_t>();
  for (std::uint8_t& voxel : labels) {
    voxel = voxel > 127 ? static_cast<std::uint8_t>(mask.labels[0].value) : 0;
  }
  std::vector<std::uint8_t> greatest(several ? labels.size() : 0, 0);
  for (std::size_t i = 0; i < mask.labels.size() && several; ++i) {
    const int label = mask.labels[i].value;
    const double begin = (static_cast<double>(i) + 1.0) / passes;
    const VoxelResult one = sweep.occupancy([label](int value) { return value == label; },
                                            progress.part(begin, begin + 1.0 / passes));
    const auto occupancy = one.volume.samples<std::uint8_t>();
    for (std::size_t v = 0; v < labels.size(); ++v) {
      if (labels[v] == 0 || occupancy[v] <= greatest[v]) continue;
      greatest[v] = occupancy[v];
      labels[v] = static_cast<std::uint8_t>(label);
    }
  }
  return result;
}

}  // namespace sonotwin::reconstruct
