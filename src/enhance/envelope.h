// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sector_map.h"

namespace sonotwin::enhance {

/// Natural logarithm of the amplitude a level.
[[nodiscard]] double amplitudeRate(double dynamic_range_db);

/// B-mode shows the logarithm of the echo's amplitude; speckle is multiplicative only before it.
/// Level 255 is taken to be `dynamic_range_db` above level 0, whose amplitude is 1.
void expandToAmplitude(Patch& patch, double dynamic_range_db);
/// Back to levels.
void compressToLevels(Patch& patch, double dynamic_range_db);

}  // namespace sonotwin::enhance
