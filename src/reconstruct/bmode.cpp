// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sector_spans.h"
#include "sonotwin/base/error.h"
#include "sonotwin/media/find_sector.h"
#include "sonotwin/reconstruct/sweep.h"
#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {
namespace {
/// One white level for the whole clip, so that a dark frame stays dark beside a bright one.
double whiteLevel(const media::Clip& clip, const std::vector<PlacedFrame>& frames,
                  const Progress& progress) {
  if (clip.info.type != media::PixelType::kUint16) return 0.0;
  float white = 1.0F;
  for (const PlacedFrame& frame : frames) {
    progress.report(
        static_cast<double>(&frame - frames.data()) / static_cast<double>(frames.size()),
        "Finding the white level");
    white = std::max(white, std::ranges::max(media::toGrayFloat(clip.pixels->frame(frame.index))));
  }
  return white;
}
}  // namespace

media::ScanSector sectorFor(const media::Clip& clip, const VoxelOptions& options) {
  if (options.sector) return *options.sector;
  return options.find_sector ? media::sectorOf(clip) : clip.info.sector;
}

std::vector<PlacedFrame> placedFrames(const media::Clip& clip) {
  if (!clip.info.tracked) throwBadInput("The clip is not tracked: its frames have no poses.");
  if (!clip.info.probe_from_image) {
    throwBadInput(
        "The clip has no calibration (image to probe): take its file in again, with the "
        "calibration of its probe (ingest PATH --calibration FILE).");
  }
  std::vector<PlacedFrame> placed;
  for (int index = 0; index < static_cast<int>(clip.frames.size()); ++index) {
    if (const auto pose = clip.worldFromImage(index)) placed.push_back({*pose, index});
  }
  if (placed.empty()) {
    throwBadInput("No frame of the clip has a valid pose.");
  }
  return placed;
}

VoxelResult reconstructBmode(const media::Clip& clip, const VoxelOptions& options,
                             const Progress& progress) {
  if (options.compounding == Compounding::kConfidence) {
    throwBadInput(
        "Only masks have a confidence: reconstruct the masks, or choose another compounding.");
  }
  const std::vector<PlacedFrame> frames =
      smoothedPath(placedFrames(clip), clip.info.rows, clip.info.cols, options.smooth_frames);
  const double share = clip.info.type == media::PixelType::kUint16 ? 0.2 : 0.0;
  const double white = whiteLevel(clip, frames, progress.part(0.0, share));
  const auto pixels = [&](int index) { return toGray8(clip.pixels->frame(index), white); };
  VoxelResult result =
      reconstructVoxels(frames, clip.info.rows, clip.info.cols, sectorFor(clip, options), pixels,
                        options, progress.part(share, 1.0));
  result.volume.world = clip.info.world;
  result.frames_skipped = static_cast<int>(clip.frames.size() - frames.size());
  return result;
}

}  // namespace sonotwin::reconstruct
