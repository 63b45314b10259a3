// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"
#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {

struct SurfaceOptions {
  int smoothing_iterations = 20;     ///< windowed sinc; 0: none
  double smoothing_pass_band = 0.1;  ///< (0, 2]; smaller is smoother
  double prefilter_mm = 0.7;         ///< Gaussian sigma on the occupancy; 0: none
  double decimation_mm = 0.0;        ///< farthest the surface may move for fewer triangles; 0: none
  bool largest_part_only = true;
};

/// Closed, outward-oriented surface of one label of a label volume (or of an 8-bit occupancy
/// volume where `label` is 0: the 127.5 level): flying edges, windowed-sinc smoothing.
///
/// Smoothing does not shrink it: the prefilter has no second moment (2 G f - G G f), and every
/// vertex is moved along its normal by one small step so that the surface encloses what it did
/// before smoothing; of an occupancy, also what reading it off a grid of frames' sums takes
/// (a level set that was blurred by variance s^2 encloses s^2/2 times its total curvature less).
/// Labelled balls of 3 to 18 mm in 0.5 mm voxels: volume within 0.4 %, surface 0.03 mm off on
/// average. Vertices are in the volume's world, in mm; where the volume ends inside the label, the
/// surface closes half a voxel beyond its last voxels.
/// The target is sonotwin::surface, which needs VTK. Deterministic; any thread.
/// @throws Error(kBadInput) if the label is not in the volume or its voxels are not 8-bit, or for
///         an option out of range, Error(kCancelled)
/// Source: Schroeder, Maynard & Geveci 2015 (flying edges); Taubin, Zhang & Golub 1996 (windowed
/// sinc); Tukey 1977 (twicing).
[[nodiscard]] media::Surface extractSurface(const media::Volume& volume, int label,
                                            const SurfaceOptions& options,
                                            const Progress& progress);

/// The same from a tracked clip's masks without a label volume between: the signed distance of each
/// frame's outline, exact to fractions of a pixel, averaged and interpolated between frames.
///
/// Frames that tremble blur their average, which would shrink it. How far the frames' outlines lie
/// from the surface (outlineSpread_mm) says how much, and that is put back.
/// @param voxels  its grid is where the surface is read off; none: around the sweep. Frames are
///                averaged linearly and sharpened, whatever it says.
/// @returns an empty surface where the label nowhere fills half of a voxel
/// @throws as extractSurface and reconstructOccupancy
[[nodiscard]] media::Surface surfaceOfMasks(const media::Clip& clip, const media::ClipMask& mask,
                                            int label, const VoxelOptions& voxels,
                                            const SurfaceOptions& options,
                                            const Progress& progress);

/// Fewer triangles for the same shape. The Hausdorff distance to the surface given, vertices to
/// triangles both ways, is measured: at most `most_mm`, or the surface stays as it was. The
/// volume stays, too, and a closed surface closed.
/// @throws Error(kBadInput) unless `most_mm` is positive
/// Source: Hoppe 1999 (quadrics).
[[nodiscard]] media::Surface decimate(const media::Surface& surface, double most_mm);

}  // namespace sonotwin::reconstruct
