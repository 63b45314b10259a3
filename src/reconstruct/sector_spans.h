// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sonotwin/media/clip.h"
#include "splat_job.h"

namespace sonotwin::reconstruct {

/// The pixels of a scan sector as runs, in raster order: worked out once, so that placing a frame
/// needs no test per pixel.
[[nodiscard]] std::vector<RowSpan> sectorSpans(const media::ScanSector& sector, int rows, int cols);

}  // namespace sonotwin::reconstruct
