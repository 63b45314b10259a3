// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shape.h"

namespace sonotwin::phantom {

/// Volume of a body that every ray from `centre_mm`, a point inside, leaves once: Gauss-Legendre
/// over `polar` cosines and twice as many angles around.
[[nodiscard]] double starVolume_mm3(const Shape& shape, const Eigen::Vector3d& centre_mm,
                                    int polar);

}  // namespace sonotwin::phantom
