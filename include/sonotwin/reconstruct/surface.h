// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::reconstruct {

struct SurfaceOptions {
  int smoothing_iterations = 20;     ///< windowed sinc; 0: none
  double smoothing_pass_band = 0.1;  ///< (0, 2]; smaller is smoother
  double prefilter_mm = 0.7;         ///< Gaussian sigma on the occupancy; 0: none
  bool largest_part_only = true;
};

/// Closed, outward-oriented surface of one label of a label volume (or of an 8-bit occupancy
/// volume where `label` is 0: the 127.5 level): flying edges, windowed-sinc smoothing.
///
/// Smoothing does not shrink it: the prefilter has no second moment (2 G f - G G f), and every
/// vertex is moved along its normal by one small step so that the surface encloses what it did
/// before smoothing. Labelled balls of 3 to 18 mm in 0.5 mm voxels: volume within 0.4 %, surface
/// 0.03 mm off on average. Vertices are in the volume's world, in mm; where the volume ends
/// inside the label, the surface closes half a voxel beyond its last voxels.
/// The target is sonotwin::surface, which needs VTK. Deterministic; any thread.
/// @throws Error(kBadInput) if the label is not in the volume or its voxels are not 8-bit,
///         Error(kCancelled)
/// Source: Schroeder, Maynard & Geveci 2015 (flying edges); Taubin, Zhang & Golub 1996 (windowed
/// sinc); Tukey 1977 (twicing).
[[nodiscard]] media::Surface extractSurface(const media::Volume& volume, int label,
                                            const SurfaceOptions& options,
                                            const Progress& progress);

}  // namespace sonotwin::reconstruct
