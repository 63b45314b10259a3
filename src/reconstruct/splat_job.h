// SPDX-License-Identifier: Apache-2.0
#pragma once

// Plain C++17, like splat_arithmetic.h: the CPU's and the GPU's accumulators share these.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "splat_arithmetic.h"

namespace sonotwin::reconstruct {

/// Weight of a frame that passes through a voxel, in backward methods.
constexpr double kFullFrameShare = 4096.0;

/// Pixels [begin, end) of one row.
struct RowSpan {
  int row = 0;
  int begin = 0;
  int end = 0;
};

/// What stays the same for all frames of one reconstruction.
struct SplatJob {
  int dims[3] = {0, 0, 0};
  int rows = 0;
  int cols = 0;
  bool linear = true;
  Keep keep = Keep::kMean;
  bool spread = false;                      ///< of a mean: ΣwI² is kept too
  bool backward = false;                    ///< voxels look for frames (see backward.h)
  bool sharpen = false;                     ///< of a linear mean: less what its weights blur
  std::vector<RowSpan> spans;               ///< the scan sector
  std::vector<std::uint8_t> pixel_weights;  ///< [rows x cols], 1 to kFullPixelWeight; none: alike

  std::size_t voxelCount() const {
    return static_cast<std::size_t>(dims[0]) * static_cast<std::size_t>(dims[1]) *
           static_cast<std::size_t>(dims[2]);
  }
  std::size_t pixelCount() const {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  }
  Box wholeGrid() const { return {{0, 0, 0}, {dims[0], dims[1], dims[2]}}; }
  /// Linear weights make a mean per frame, of which the voxel keeps one: two cells a voxel.
  bool keepsFrameMeans() const { return linear && keep != Keep::kMean; }
  bool weighted() const { return !pixel_weights.empty(); }
  /// A voxel is a RichCell, of two words, instead of one word.
  bool rich() const { return spread || weighted() || backward; }
  std::size_t wordCount() const { return rich() ? 2 * voxelCount() : voxelCount(); }
  double weightCapacity() const {
    return static_cast<double>(rich() ? kRichWeightCapacity : kWeightCapacity);
  }
  double fullWeight() const {
    if (backward) return kFullFrameShare;
    return (linear ? kFullWeight : 1.0) * (weighted() ? kFullPixelWeight : 1.0);
  }
};

struct SplatFrame {
  GridPose pose;
  const std::uint8_t* pixels = nullptr;  ///< [rows x cols]
  std::uint32_t order = 1;               ///< of the frame, from 1
  std::uint8_t weight = kFullPixelWeight;
};

}  // namespace sonotwin::reconstruct
