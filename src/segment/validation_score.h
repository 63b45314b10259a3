// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sonotwin::segment {

/// How well a network does on the validation split, whole images in their own size.
struct ValidationScore {
  double case_dice = 0.0;    ///< mean over labels and cases
  double pooled_dice = 0.0;  ///< of all pixels together, mean over labels

  /// What weights are chosen by. The mean over cases alone swings with images that show a few
  /// pixels of an organ; the pooled one alone forgets small patients.
  [[nodiscard]] double selection() const { return 0.5 * (case_dice + pooled_dice); }
};

}  // namespace sonotwin::segment
