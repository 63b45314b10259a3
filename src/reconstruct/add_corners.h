// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "splat_arithmetic.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sonotwin::reconstruct {

/// Cells from one to its upper neighbour in y and in z.
struct CellStrides {
  std::int64_t line;
  std::int64_t plane;
};

/// Adds a pixel to the 8 cells around it, of which `cell` is the lowest.
inline void addCornersPlain(std::uint64_t* cell, CellStrides strides, std::uint32_t fx,
                            std::uint32_t fy, std::uint32_t fz, std::uint8_t grey) {
  std::uint32_t weights[8];
  trilinearWeights(fx, fy, fz, weights);
  for (int corner = 0; corner < 8; corner += 2) {
    std::uint64_t* pair = cell + (corner & 2 ? strides.line : 0) + (corner & 4 ? strides.plane : 0);
    pair[0] += weighted(weights[corner], grey);
    pair[1] += weighted(weights[corner + 1], grey);
  }
}

/// The same of a pixel of weight `weight`, with its square.
inline void addCornersRichPlain(RichCell* cell, CellStrides strides, std::uint32_t fx,
                                std::uint32_t fy, std::uint32_t fz, std::uint32_t weight,
                                std::uint8_t grey) {
  std::uint32_t weights[8];
  trilinearWeights(fx, fy, fz, weights);
  for (int corner = 0; corner < 8; ++corner) {
    RichCell& target =
        cell[(corner & 1) + (corner & 2 ? strides.line : 0) + (corner & 4 ? strides.plane : 0)];
    const RichCell amount = richlyWeighted(weights[corner] * weight, grey);
    target.sums += amount.sums;
    target.squares += amount.squares;
  }
}

#ifdef __SSE2__
/// trilinearWeights in 16-bit lanes: of the 4 corners of the lower plane, and of the upper.
struct CornerWeights {
  __m128i lower, upper;

  CornerWeights(std::uint32_t fx, std::uint32_t fy, std::uint32_t fz) {
    const std::uint32_t both = (fx * fy + kFullWeight / 2) >> kWeightBits;
    const std::uint32_t near_line = (kFullWeight - fx - fy + both) | (fx - both) << 16;
    const std::uint32_t far_line = (fy - both) | both << 16;
    const std::uint64_t lanes = near_line | static_cast<std::uint64_t>(far_line) << 32;
    const __m128i plane = _mm_cvtsi64_si128(static_cast<std::int64_t>(lanes));
    const __m128i share = _mm_shufflelo_epi16(_mm_cvtsi32_si128(static_cast<int>(fz)), 0);
    const __m128i half = _mm_set1_epi16(kFullWeight / 2);
    upper = _mm_srli_epi16(_mm_add_epi16(_mm_mullo_epi16(plane, share), half), kWeightBits);
    lower = _mm_sub_epi16(plane, upper);
  }
};

/// The same integers, four corners at a time: 16-bit lanes hold the weights, and a pair of cells
/// is four 32-bit lanes of sum, weight, sum, weight.
inline void addCorners(std::uint64_t* cell, CellStrides strides, std::uint32_t fx, std::uint32_t fy,
                       std::uint32_t fz, std::uint8_t grey) {
  const CornerWeights weights(fx, fy, fz);
  const __m128i grey_and_one =
      _mm_or_si128(_mm_shuffle_epi32(_mm_cvtsi32_si128(grey), _MM_SHUFFLE(1, 0, 1, 0)),
                   _mm_set_epi32(1, 0, 1, 0));
  const auto addPair = [&](std::uint64_t* pair, __m128i shares) {
    auto* const target = reinterpret_cast<__m128i*>(pair);
    const __m128i amount = _mm_madd_epi16(shares, grey_and_one);
    _mm_storeu_si128(target, _mm_add_epi32(_mm_loadu_si128(target), amount));
  };
  const auto addPlane = [&](std::uint64_t* corner, __m128i shares) {
    const __m128i wide = _mm_unpacklo_epi16(shares, _mm_setzero_si128());
    addPair(corner, _mm_unpacklo_epi32(wide, wide));
    addPair(corner + strides.line, _mm_unpackhi_epi32(wide, wide));
  };
  addPlane(cell, weights.lower);
  addPlane(cell + strides.plane, weights.upper);
}

/// The same integers, a cell at a time: its two 64-bit lanes are the two words of a RichCell.
inline void addCornersRich(RichCell* cell, CellStrides strides, std::uint32_t fx, std::uint32_t fy,
                           std::uint32_t fz, std::uint32_t weight, std::uint8_t grey) {
  const CornerWeights weights(fx, fy, fz);
  const __m128i factor = _mm_set1_epi16(static_cast<std::int16_t>(weight));
  const __m128i grey_and_square = _mm_set_epi32(0, grey * grey, 0, grey);
  const __m128i only_first = _mm_set_epi32(0, 0, 0, -1);
  const auto addCell = [&](RichCell* target_cell, __m128i share) {
    auto* const target = reinterpret_cast<__m128i*>(target_cell);
    const __m128i above = _mm_slli_epi64(_mm_and_si128(share, only_first), kRichSumBits);
    const __m128i amount = _mm_add_epi64(_mm_mul_epu32(share, grey_and_square), above);
    _mm_storeu_si128(target, _mm_add_epi64(_mm_loadu_si128(target), amount));
  };
  const auto addPlane = [&](RichCell* corner, __m128i shares) {
    const __m128i wide = _mm_unpacklo_epi16(_mm_mullo_epi16(shares, factor), _mm_setzero_si128());
    addCell(corner, _mm_shuffle_epi32(wide, _MM_SHUFFLE(0, 0, 0, 0)));
    addCell(corner + 1, _mm_shuffle_epi32(wide, _MM_SHUFFLE(1, 1, 1, 1)));
    addCell(corner + strides.line, _mm_shuffle_epi32(wide, _MM_SHUFFLE(2, 2, 2, 2)));
    addCell(corner + strides.line + 1, _mm_shuffle_epi32(wide, _MM_SHUFFLE(3, 3, 3, 3)));
  };
  addPlane(cell, weights.lower);
  addPlane(cell + strides.plane, weights.upper);
}
#else
inline void addCorners(std::uint64_t* cell, CellStrides strides, std::uint32_t fx, std::uint32_t fy,
                       std::uint32_t fz, std::uint8_t grey) {
  addCornersPlain(cell, strides, fx, fy, fz, grey);
}
inline void addCornersRich(RichCell* cell, CellStrides strides, std::uint32_t fx, std::uint32_t fy,
                           std::uint32_t fz, std::uint32_t weight, std::uint8_t grey) {
  addCornersRichPlain(cell, strides, fx, fy, fz, weight, grey);
}
#endif

}  // namespace sonotwin::reconstruct
