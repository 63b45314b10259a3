// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sonotwin/media/surface.h"

namespace sonotwin::reconstruct {

/// Integral of the sum of the principal curvatures over a closed surface: the sum over its edges of
/// length times angle between their triangles; 8 pi r for a ball. A wall moved out by d encloses
/// area * d + this * d^2 / 2 + ... more. Source: Steiner's formula.
[[nodiscard]] double totalCurvature_mm(const media::Surface& surface);

/// Moves every vertex along its normal so that the volume grows by `growth_mm3`, to first order.
/// @returns false, and moves nothing, where that would take more than `most_mm`.
bool grow(media::Surface& surface, double growth_mm3, double most_mm);

}  // namespace sonotwin::reconstruct
