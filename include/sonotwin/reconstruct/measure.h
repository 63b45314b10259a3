// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

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
