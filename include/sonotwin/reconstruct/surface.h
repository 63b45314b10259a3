// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::reconstruct {

struct SurfaceOptions {
  int smoothing_iterations = 20;      ///< windowed sinc; 0: none
  double smoothing_pass_band = 0.1;   ///< (0, 2]; smaller is smoother
  double prefilter_mm = 0.7;          ///< Gaussian sigma on the occupancy before the isosurface
  bool largest_part_only = true;
};

/// Closed, outward-oriented surface of one label of a label volume (or of an 8-bit occupancy
/// volume where `label` is 0: the 127.5 level): flying edges, windowed-sinc smoothing.
/// @throws Error(kBadInput) if the label is not in the volume.
/// Source: Schroeder, Maynard & Geveci 2015 (flying edges); Taubin 1996 (windowed sinc).
[[nodiscard]] media::Surface extractSurface(const media::Volume& volume, int label,
                                            const SurfaceOptions& options,
                                            const Progress& progress);

}  // namespace sonotwin::reconstruct
