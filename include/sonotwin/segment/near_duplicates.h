// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/segment/dataset.h"

namespace sonotwin::segment {

struct NearDuplicateOptions {
  /// Least correlation of two pictures that count as one, in (0, 1].
  double least_likeness = 0.5;
  int threads = 0;  ///< 0: all
};

/// Two cases that show nearly the same: `first` < `second`, indices.
struct NearDuplicate {
  std::size_t first = 0, second = 0;
  double likeness = 0.0;  ///< in [-1, 1]; 1: byte for byte the same
};

/// Finds pictures that show nearly the same: a picture exported again, neighbouring frames of one
/// sweep, shifted, rescaled or brightened a little. Pairs that are in one group already are left
/// out.
///
/// The scan sector of each picture becomes 128 x 128 points, each less the mean and over the
/// deviation of its surroundings, so that gain and contrast drop out. Likeness is the correlation
/// of two of those over the sector they share, at the shift (to 18 % of the sector's side) and the
/// widths and heights (to 20 % of each other) that make it largest; it is sought from 16 x 16
/// points upwards. Pictures under 16 pixels a side are compared byte for byte. Turned, mirrored or
/// largely cropped copies are not found.
/// @returns by `first`, then `second`; the same on any number of threads. Time grows with the square
///          of the number of cases.
/// @throws Error(kCancelled)
[[nodiscard]] std::vector<NearDuplicate> findNearDuplicates(const std::vector<Case>& cases,
                                                            const NearDuplicateOptions& options,
                                                            const Progress& progress);

/// Puts near-duplicates, and all that is in a group with one of them, into one group, which is
/// named as the first of its groups in alphabetical order. Groups are joined, never split.
NearDuplicateSummary joinNearDuplicates(std::vector<Case>& cases,
                                        const NearDuplicateOptions& options,
                                        const Progress& progress);

}  // namespace sonotwin::segment
