// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "sonotwin/media/clip.h"
#include "sonotwin/media/mask.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::reconstruct {

/// Enclosed volume of a closed surface in millilitres (divergence theorem); negative if inside out.
[[nodiscard]] double volumeMl(const media::Surface& surface);
[[nodiscard]] double areaMm2(const media::Surface& surface);
/// Every edge shared by exactly two triangles, in opposite directions.
[[nodiscard]] bool isClosed(const media::Surface& surface);
/// Volume of one label by counting voxels, in millilitres.
[[nodiscard]] double labelVolumeMl(const media::Volume& labels, int label);
/// Volume of one label by planimetry, in millilitres: areas and centroids of its outlines in the
/// placed frames, no voxels between: the sum of (A n + A' n') / 2 * (c' - c) over neighbours, A n
/// the area along its frame's normal, c its centroid. Frames are taken in the order in which they
/// lie along the sweep, so that one that goes back and forth counts once; it must pass the organ
/// whole.
/// @returns 0 where fewer than two placed frames show the label
/// Source: Watanabe 1982; Treece et al. 1999.
[[nodiscard]] double planimetryMl(const media::Clip& clip, const media::ClipMask& mask, int label);

/// Standard deviation of the volume that a surface of masks encloses, in millilitres, from how the
/// frames disagree: each frame's outline lies on average somewhat outside or inside of the surface,
/// which stands for that much on the frame's strip of it; and each frame lies somewhat before or
/// behind where it is said to be, which counts where its area differs from its neighbours'. Frames
/// add up as independent errors. It covers trembling poses and masks that are drawn larger here and
/// smaller there. What all frames have in common (the calibration's scale, a network that draws all
/// too large) cannot be seen in them and is not in it. docs/accuracy.md says how often 1.96 of it
/// held the truth.
/// @param surface  closed, of `label`, in the clip's world
/// @returns 0 where no placed frame shows the label
[[nodiscard]] double volumeDeviationMl(const media::Clip& clip, const media::ClipMask& mask,
                                       int label, const media::Surface& surface);

/// Axis lengths of the box along the principal axes, longest first, in mm.
[[nodiscard]] std::array<double, 3> principalExtents_mm(const media::Surface& surface);

/// How far two surfaces lie apart, in mm: from each vertex to the nearest point of the other
/// surface's triangles, exactly, both ways. A vertex counts by the area around it, so unevenly cut
/// meshes compare fairly.
struct SurfaceDistance {
  double mean_mm = 0.0;  ///< over both surfaces
  double hd95_mm = 0.0;  ///< the greater of the two 95th percentiles
  double max_mm = 0.0;
};
/// @throws Error(kBadInput) if a surface has no area or names a vertex it does not have.
[[nodiscard]] SurfaceDistance surfaceDistance(const media::Surface& a, const media::Surface& b);

}  // namespace sonotwin::reconstruct
