// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one GPU thread computes, for one pixel or block. The kernels in filters.cu do no more than
// find their number and call these, so that a test without a GPU runs all of this too.

#include <cstddef>

#include "filter_arithmetic.h"

namespace sonotwin::enhance {

/// A picture in one piece, its border continued by the nearest pixel.
struct PictureView {
  const float* levels;
  int rows, cols;

  SONOTWIN_HOST_DEVICE float at(int row, int col) const {
    return levels[static_cast<std::size_t>(kept(row, 0, rows - 1)) * cols + kept(col, 0, cols - 1)];
  }
};

SONOTWIN_HOST_DEVICE inline Variation variationAt(const PictureView& image, int row, int col) {
  return instantaneousVariation(image.at(row, col), image.at(row - 1, col), image.at(row + 1, col),
                                image.at(row, col - 1), image.at(row, col + 1));
}

SONOTWIN_HOST_DEVICE inline float diffusedAt(const PictureView& image,
                                             const PictureView& coefficient, int row, int col,
                                             float quarter_step) {
  return diffusedLevel(image.at(row, col), image.at(row - 1, col), image.at(row + 1, col),
                       image.at(row, col - 1), image.at(row, col + 1), coefficient.at(row, col),
                       coefficient.at(row + 1, col), coefficient.at(row, col + 1), quarter_step);
}

/// What the blocks of non-local means are made with.
struct BlockJob {
  PictureView image;   ///< levels of at least 0
  const float* means;  ///< of the patch around each pixel
  int reach;           ///< half the side of a patch
  int search;
  float falloff;

  SONOTWIN_HOST_DEVICE int side() const { return 2 * reach + 1; }
  SONOTWIN_HOST_DEVICE int blockRows() const { return (image.rows + kBlockStep - 1) / kBlockStep; }
  SONOTWIN_HOST_DEVICE int blockCols() const { return (image.cols + kBlockStep - 1) / kBlockStep; }
  SONOTWIN_HOST_DEVICE float meanAt(int row, int col) const {
    return PictureView{means, image.rows, image.cols}.at(row, col);
  }
};

SONOTWIN_HOST_DEVICE inline float patchMeanAt(const PictureView& image, int row, int col,
                                              int reach) {
  float sum = 0.0F;
  for (int r = -reach; r <= reach; ++r) {
    for (int c = -reach; c <= reach; ++c) sum += image.at(row + r, col + c);
  }
  return sum / static_cast<float>((2 * reach + 1) * (2 * reach + 1));
}

SONOTWIN_HOST_DEVICE inline float patchDistance(const BlockJob& job, int row, int col,
                                                int other_row, int other_col) {
  float sum = 0.0F;
  for (int r = -job.reach; r <= job.reach; ++r) {
    for (int c = -job.reach; c <= job.reach; ++c) {
      const float other = job.image.at(other_row + r, other_col + c);
      const float difference = job.image.at(row + r, col + c) - other;
      sum += difference * difference * inverseLevel(other);
    }
  }
  return sum;
}

/// The restored block around a pixel.
/// @param block  side x side levels
SONOTWIN_HOST_DEVICE inline void restoreBlock(const BlockJob& job, int row, int col, float* block) {
  const int side = job.side();
  for (int i = 0; i < side * side; ++i) block[i] = 0.0F;
  float weights = 0.0F;
  const float mean = job.meanAt(row, col);
  for (int dr = -job.search; dr <= job.search; ++dr) {
    for (int dc = -job.search; dc <= job.search; ++dc) {
      if (!comparable(mean, job.meanAt(row + dr, col + dc))) continue;
      const float weight = likeness(patchDistance(job, row, col, row + dr, col + dc), job.falloff);
      weights += weight;
      for (int r = 0; r < side; ++r) {
        for (int c = 0; c < side; ++c) {
          block[r * side + c] +=
              weight * job.image.at(row + dr + r - job.reach, col + dc + c - job.reach);
        }
      }
    }
  }
  for (int i = 0; i < side * side; ++i) block[i] /= weights;  // the block itself weighs 1
}

/// The mean of all blocks over a pixel, added in the order of the CPU's bands.
/// @param blocks  side x side levels of each block, blocks in row order
SONOTWIN_HOST_DEVICE inline float meanOfBlocks(const BlockJob& job, const float* blocks, int row,
                                               int col) {
  const int side = job.side();
  float total = 0.0F, of_band = 0.0F, count = 0.0F;
  int band = -1;
  const int first_row =
      kept((row - job.reach + kBlockStep - 1) / kBlockStep, 0, job.blockRows() - 1);
  for (int block_row = first_row; block_row < job.blockRows(); ++block_row) {
    const int r = row - block_row * kBlockStep + job.reach;
    if (r < 0) break;
    if (r >= side) continue;
    if (block_row / kBandBlocks != band) {
      total += of_band;
      of_band = 0.0F;
      band = block_row / kBandBlocks;
    }
    const int first = kept((col - job.reach + kBlockStep - 1) / kBlockStep, 0, job.blockCols() - 1);
    for (int block_col = first; block_col < job.blockCols(); ++block_col) {
      const int c = col - block_col * kBlockStep + job.reach;
      if (c < 0) break;
      if (c >= side) continue;
      const std::size_t block = static_cast<std::size_t>(block_row) * job.blockCols() + block_col;
      of_band += blocks[block * side * side + r * side + c];
      count += 1.0F;
    }
  }
  return (total + of_band) / count;
}

}  // namespace sonotwin::enhance
