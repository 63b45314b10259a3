// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu_filters.h"
#include "sonotwin/enhance/recipe.h"

namespace sonotwin::enhance {

/// As `apply`; filters that `gpu` has run there. @param gpu  null: all on the CPU
[[nodiscard]] media::Image runRecipe(const Recipe& recipe, const media::Image& frame,
                                     const media::ScanSector& sector, GpuFilters* gpu);

}  // namespace sonotwin::enhance
