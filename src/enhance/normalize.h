// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sector_map.h"

namespace sonotwin::enhance {

/// The sector's least level becomes 0, its greatest 255; a sector of one level stays as it is.
void minMax(Patch& patch);

/// Zero mean and unit variance (of the population) inside the sector; all 0 where nothing varies.
void zScore(Patch& patch);

}  // namespace sonotwin::enhance
