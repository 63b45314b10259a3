// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "predict.h"

namespace sonotwin::segment {

/// How much of each cell of the network's coarsest map lies within the picture.
/// @returns [1 x 1 x rows x cols], in [0, 1]
[[nodiscard]] at::Tensor pictureShare(const Placement& placement, const at::Tensor& map);
/// How much of each cell of the map the mask labels. @param labels  [picture.rows x picture.cols]
[[nodiscard]] at::Tensor maskShare(std::span<const std::uint8_t> labels, const GridPicture& picture,
                                   const at::Tensor& map);
/// Mean of each map [1 x maps x rows x cols], cells weighed by their share; empty where all are 0.
[[nodiscard]] std::vector<float> meanMaps(const at::Tensor& map, const at::Tensor& share);

}  // namespace sonotwin::segment
