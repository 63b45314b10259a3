// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shape.h"
#include "sonotwin/media/surface.h"

namespace sonotwin::phantom {

/// Closed mesh of a shape's wall: one vertex in each grid cell that the wall crosses, moved onto
/// the wall by Newton's method; a quad, cut along its shorter diagonal, for each crossed grid edge.
/// The shape must be thicker than two cells everywhere. Source: Gibson, MICCAI 1998.
[[nodiscard]] media::Surface surfaceNets(const Shape& shape, double spacing_mm);

}  // namespace sonotwin::phantom
