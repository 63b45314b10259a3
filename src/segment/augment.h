// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "random.h"
#include "recipe.h"
#include "torch_support.h"

namespace sonotwin::segment {

/// Images ready for the network and their classes.
struct Batch {
  at::Tensor image;  ///< [n x 1 x rows x cols], normalized
  at::Tensor truth;  ///< [n x rows x cols], int64
};

/// Grey levels [n x 1 x rows x cols] in [0, 255] to mean 0 and standard deviation 1 over each
/// image's pixels that are not black: the scan sector, without its surroundings.
[[nodiscard]] at::Tensor normalize(const at::Tensor& gray);

/// Random changes of a whole batch, on its device. Everything drawn comes from `random`, in an
/// order that does not depend on the device.
/// @param gray   [n x 1 x rows x cols] uint8
/// @param truth  [n x rows x cols] uint8 classes
[[nodiscard]] Batch augment(const at::Tensor& gray, const at::Tensor& truth, int classes,
                            const AugmentationRecipe& recipe, Random& random);

}  // namespace sonotwin::segment
