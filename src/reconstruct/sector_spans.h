// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sonotwin/media/clip.h"
#include "sonotwin/reconstruct/voxels.h"
#include "splat_job.h"

namespace sonotwin::reconstruct {

/// The pixels of a scan sector as runs, in raster order: worked out once, so that placing a frame
/// needs no test per pixel. @param mask  8-bit [rows x cols], 0 where left out; null: none is
/// @throws Error(kBadInput) for a mask of another size or type
[[nodiscard]] std::vector<RowSpan> sectorSpans(const media::ScanSector& sector, int rows, int cols,
                                               const media::Image* mask = nullptr);

/// The part of a clip's pictures that goes into voxels (bmode.cpp).
[[nodiscard]] media::ScanSector sectorFor(const media::Clip& clip, const VoxelOptions& options);

}  // namespace sonotwin::reconstruct
