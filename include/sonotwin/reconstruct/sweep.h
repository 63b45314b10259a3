// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <vector>

#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {

/// A frame that shows a place, and where in its picture.
struct FrameAt {
  int index = 0;  ///< of the frame in its clip
  double col = 0.0;
  double row = 0.0;
  double distance_mm = 0.0;  ///< of the place from the picture's plane
};

/// The frames whose scan sector shows a point in the world, out of plane by at most `within_mm`:
/// the nearest first, of equals the earlier.
[[nodiscard]] std::vector<FrameAt> framesAt(const std::vector<PlacedFrame>& frames, int rows,
                                            int cols, const media::ScanSector& sector,
                                            const Eigen::Vector3d& world_mm, double within_mm);

/// A stretch that no frame saw.
struct SweepGap {
  int from = 0;  ///< frame before it, index in the clip
  int to = 0;    ///< frame after it
  double width_mm = 0.0;
};

/// How a sweep went. Motion is that of the picture's corners, of which the farthest counts.
struct SweepFacts {
  int frames = 0;
  int invalid = 0;             ///< pose marked invalid by the tracker
  int missing = 0;             ///< no pose at all
  int stationary = 0;          ///< moved less than 0.01 mm since the last frame that moved
  int turns = 0;               ///< how often the probe turned back, by 2 mm at least
  double path_mm = 0.0;        ///< way of the picture's middle
  double spacing_mm = 0.0;     ///< median motion from frame to frame, the stationary left out
  std::vector<SweepGap> gaps;  ///< wider than `gap_mm`, in the order of the frames
};

/// @throws Error(kBadInput) where no frame can be placed, as placedFrames
[[nodiscard]] SweepFacts sweepFacts(const media::Clip& clip, double gap_mm);

/// The same frames on a smoother path: each pose becomes the value at its own frame of parabolas
/// fitted to those of up to `half_width` frames to each side (by index in the clip), to the
/// picture's middle and to the rotation vectors relative to it. Frames beyond a jump of the probe
/// (over 5 mm) are not looked at.
///
/// Takes jitter of the tracker out of a steady hand's motion: independent errors shrink by
/// sqrt(9/4 / (2 half_width + 1)); tremor faster than the window goes, too. 0: as they are.
/// Source: Savitzky & Golay 1964.
[[nodiscard]] std::vector<PlacedFrame> smoothedPath(const std::vector<PlacedFrame>& frames,
                                                    int rows, int cols, int half_width);

}  // namespace sonotwin::reconstruct
