// SPDX-License-Identifier: Apache-2.0
#pragma once

// The integer arithmetic of splatting, written once for the CPU and the GPU so that both give the
// same bytes. Plain C++17 because nvcc reads it too.

#include <cstddef>
#include <cstdint>

#ifdef __CUDACC__
#define SONOTWIN_HOST_DEVICE __host__ __device__
#else
#define SONOTWIN_HOST_DEVICE
#endif

namespace sonotwin::reconstruct {

constexpr int kPositionBits = 32;  ///< fraction bits of a position in voxels
constexpr int kWeightBits = 8;     ///< fraction bits of a position within its cell
constexpr std::uint32_t kFullWeight = 1U << kWeightBits;
/// A cell's Σw must stay below this for its ΣwI to fit beside it.
constexpr std::uint64_t kWeightCapacity = 1ULL << 24;

/// What a voxel keeps of the pixels (nearest) or of the frames' means (linear) that reach it.
enum class Keep : std::uint8_t { kLatest, kFirst, kMaximum, kMean };

/// A frame's map from pixel to voxel in fixed point: exact sums, wherever a row is entered.
struct GridPose {
  std::int64_t origin[3];
  std::int64_t per_col[3];
  std::int64_t per_row[3];
};

/// Voxels [low, high) on each axis.
struct Box {
  int low[3];
  int high[3];
};

SONOTWIN_HOST_DEVICE inline std::int64_t positionAt(const GridPose& pose, int axis, int col,
                                                    int row) {
  return pose.origin[axis] + pose.per_col[axis] * col + pose.per_row[axis] * row;
}

/// Voxel a position lies in: the origin already carries the half voxel that makes this rounding.
SONOTWIN_HOST_DEVICE inline int voxelOf(std::int64_t position) {
  return static_cast<int>(position >> kPositionBits);
}

SONOTWIN_HOST_DEVICE inline std::uint32_t fractionOf(std::int64_t position) {
  return static_cast<std::uint32_t>(position >> (kPositionBits - kWeightBits)) & (kFullWeight - 1);
}

/// Weights of a cell's 8 corners, x fastest; they add up to kFullWeight exactly. Each split takes
/// the upper corner's share rounded and leaves the rest to the lower.
SONOTWIN_HOST_DEVICE inline void trilinearWeights(std::uint32_t fx, std::uint32_t fy,
                                                  std::uint32_t fz, std::uint32_t* weights) {
  constexpr std::uint32_t kHalf = kFullWeight / 2;
  const std::uint32_t both = (fx * fy + kHalf) >> kWeightBits;
  const std::uint32_t plane[4] = {kFullWeight - fx - fy + both, fx - both, fy - both, both};
  for (int corner = 0; corner < 4; ++corner) {
    const std::uint32_t upper = (plane[corner] * fz + kHalf) >> kWeightBits;
    weights[corner] = plane[corner] - upper;
    weights[corner + 4] = upper;
  }
}

/// A cell of sums holds Σw above and ΣwI below, so that one addition (or one atomic) updates both.
SONOTWIN_HOST_DEVICE inline std::uint64_t weighted(std::uint32_t weight, std::uint8_t grey) {
  return (static_cast<std::uint64_t>(weight) << 32) + weight * grey;
}
SONOTWIN_HOST_DEVICE inline std::uint64_t weightOf(std::uint64_t cell) {
  return cell >> 32;
}
SONOTWIN_HOST_DEVICE inline std::uint64_t sumOf(std::uint64_t cell) {
  return cell & 0xFFFFFFFFU;
}

/// Bits of a pixel's own weight: beam, confidence. Full weight is 64.
constexpr int kPixelWeightBits = 6;
constexpr std::uint32_t kFullPixelWeight = 1U << kPixelWeightBits;

/// Sums for weighted means and variances: Σw above and ΣwI below (36 bits), and ΣwI².
struct RichCell {
  std::uint64_t sums;
  std::uint64_t squares;
};
constexpr int kRichSumBits = 36;
/// A rich cell's Σw must stay below this for its ΣwI to fit beside it.
constexpr std::uint64_t kRichWeightCapacity = 1ULL << (64 - kRichSumBits);

SONOTWIN_HOST_DEVICE inline RichCell richlyWeighted(std::uint32_t weight, std::uint8_t grey) {
  const std::uint32_t product = weight * grey;
  return {(static_cast<std::uint64_t>(weight) << kRichSumBits) + product,
          static_cast<std::uint64_t>(product) * grey};
}

/// Of a pixel and its frame together; never 0, so that what nothing better shows is still seen.
SONOTWIN_HOST_DEVICE inline std::uint32_t pixelWeight(std::uint8_t pixel, std::uint8_t frame) {
  const std::uint32_t weight = (pixel * frame + kFullPixelWeight / 2) >> kPixelWeightBits;
  return weight > 0 ? weight : 1;
}

SONOTWIN_HOST_DEVICE inline std::uint8_t roundedRatio(std::uint64_t sum, std::uint64_t weight) {
  return static_cast<std::uint8_t>((sum + weight / 2) / weight);
}

/// The greatest key of a voxel holds the grey level to keep, in its low byte; never 0.
/// @param order  of the frame, from 1;  @param pixel  in raster order
SONOTWIN_HOST_DEVICE inline std::uint64_t keyOf(Keep keep, std::uint32_t order, std::uint32_t pixel,
                                                std::uint8_t grey) {
  constexpr std::uint32_t kLastOrder = (1U << 24) - 1;
  if (keep == Keep::kMaximum) return 256U + grey;
  const std::uint64_t frame = keep == Keep::kFirst ? kLastOrder - order : order;
  const std::uint64_t place = keep == Keep::kFirst ? ~pixel : pixel;
  return frame << 40 | place << 8 | grey;
}

SONOTWIN_HOST_DEVICE inline std::size_t cellIndex(const int* dims, int i, int j, int k) {
  return static_cast<std::size_t>(i) +
         static_cast<std::size_t>(dims[0]) *
             (static_cast<std::size_t>(j) + static_cast<std::size_t>(dims[1]) * k);
}

}  // namespace sonotwin::reconstruct
