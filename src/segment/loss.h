// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "torch_support.h"

namespace sonotwin::segment {

/// Cross-entropy plus soft Dice at every level of a deeply supervised network, in single precision.
///
/// Dice is over the batch as a whole and without background, smooth 1e-5; level i weighs 1/2^i,
/// all together 1. Source: Isensee et al., Nature Methods 18 (2021).
/// @param logits  finest first, each half the size of the one before
/// @param truth   [n x rows x cols] int64 classes, of the finest level
[[nodiscard]] at::Tensor segmentationLoss(const std::vector<at::Tensor>& logits,
                                          const at::Tensor& truth);

}  // namespace sonotwin::segment
