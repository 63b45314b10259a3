// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sonotwin::segment {

/// How a network's answers are put together; what its card says under "inference".
struct InferenceSettings {
  bool flip_averaging = false;  ///< with the answer for the mirrored picture
  double temperature = 1.0;     ///< logits are divided by it, so that chances come out honest
  /// Above 0: pictures are looked at once more around what was found, with so much of its sides
  /// around it; small things are then as large as the network saw them in training.
  double second_look = 0.0;
  std::vector<int> ellipses;  ///< values of labels that are ellipses: see imposeEllipse

  bool operator==(const InferenceSettings&) const = default;
};

/// Replaces a label's pixels by the ellipse of the largest connected piece of them. Other labels'
/// pixels stay. A head whose far wall is dark is still round.
void imposeEllipse(std::span<std::uint8_t> mask, int rows, int cols, int label);

}  // namespace sonotwin::segment
