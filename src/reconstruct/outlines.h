// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sonotwin/media/clip.h"
#include "sonotwin/media/mask.h"
#include "sonotwin/media/surface.h"

namespace sonotwin::reconstruct {

/// How one frame's outline of a label lies against the label's surface.
struct FrameOffset {
  int frame_index = 0;
  double length_mm = 0.0;   ///< of the outline
  double mean_mm = 0.0;     ///< outwards
  double square_mm2 = 0.0;  ///< mean of the squared distances
};

/// Offsets of all placed frames whose mask shows the label. An outline's points lie midway between
/// a pixel that is the label and a neighbour that is not; those at the picture's or sector's edge
/// are left out, since there the picture ends and not the organ.
/// @param surface  closed, in the clip's world
[[nodiscard]] std::vector<FrameOffset> outlineOffsets(const media::Clip& clip,
                                                      const media::ClipMask& mask, int label,
                                                      const media::Surface& surface);

/// Standard deviation of the outlines' distances from the surface, less what the pixels' size alone
/// makes; robust against single frames that are far off: the median over frames.
[[nodiscard]] double outlineSpread_mm(const std::vector<FrameOffset>& offsets, double pixel_mm);

}  // namespace sonotwin::reconstruct
