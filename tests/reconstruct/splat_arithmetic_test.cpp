// SPDX-License-Identifier: Apache-2.0
#include "splat_arithmetic.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <set>

#include "accumulator.h"
#include "add_corners.h"
#include "frame_slab.h"
#include "row_walk.h"

namespace sonotwin::reconstruct {
namespace {
TEST(TrilinearWeights, AddUpAndLieWithinAStepOfTheProduct) {
  for (std::uint32_t fx = 0; fx < 256; fx += 5) {
    for (std::uint32_t fy = 0; fy < 256; fy += 3) {
      for (const std::uint32_t fz : {0U, 1U, 77U, 128U, 254U, 255U}) {
        std::array<std::uint32_t, 8> weights{};
        trilinearWeights(fx, fy, fz, weights.data());
        EXPECT_EQ(std::accumulate(weights.begin(), weights.end(), 0U), 256U);
        for (std::uint32_t corner = 0; corner < 8; ++corner) {
          const double exact = 256.0 * (corner & 1 ? fx / 256.0 : 1.0 - fx / 256.0) *
                               (corner & 2 ? fy / 256.0 : 1.0 - fy / 256.0) *
                               (corner & 4 ? fz / 256.0 : 1.0 - fz / 256.0);
          ASSERT_NEAR(weights[corner], exact, 1.01);
        }
      }
    }
  }
}

TEST(AddCorners, IsThePlainArithmeticInVectorLanes) {
  std::mt19937 random(7);
  std::array<std::uint64_t, 27> fast{}, plain{};
  for (int i = 0; i < 100000; ++i) {
    const std::uint32_t bits = random();
    const auto grey = static_cast<std::uint8_t>(bits >> 24);
    const CellStrides strides{3, 9};
    const std::size_t cell = random() % 2 + random() % 2 * 3 + random() % 2 * 9;
    addCorners(fast.data() + cell, strides, bits & 255, bits >> 8 & 255, bits >> 16 & 255, grey);
    addCornersPlain(plain.data() + cell, strides, bits & 255, bits >> 8 & 255, bits >> 16 & 255,
                    grey);
  }
  EXPECT_EQ(fast, plain);
}

TEST(AddCornersRich, IsThePlainArithmeticInVectorLanes) {
  std::mt19937 random(8);
  std::array<RichCell, 27> fast{}, plain{};
  for (int i = 0; i < 100000; ++i) {
    const std::uint32_t bits = random();
    const auto grey = static_cast<std::uint8_t>(bits >> 24);
    const std::uint32_t weight = 1 + random() % kFullPixelWeight;
    const CellStrides strides{3, 9};
    const std::size_t cell = random() % 2 + random() % 2 * 3 + random() % 2 * 9;
    addCornersRich(fast.data() + cell, strides, bits & 255, bits >> 8 & 255, bits >> 16 & 255,
                   weight, grey);
    addCornersRichPlain(plain.data() + cell, strides, bits & 255, bits >> 8 & 255, bits >> 16 & 255,
                        weight, grey);
  }
  for (std::size_t i = 0; i < fast.size(); ++i) {
    EXPECT_EQ(fast[i].sums, plain[i].sums);
    EXPECT_EQ(fast[i].squares, plain[i].squares);
  }
}

// Oracle: the cells that a pixel's corners reach, one by one, for frames in any position.
TEST(FrameSlab, HoldsEveryVoxelTheFrameTouches) {
  std::mt19937_64 random(5);
  const auto between = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
  };
  SplatJob job;
  std::ranges::copy(std::array{19, 17, 15}, job.dims);
  job.rows = 14, job.cols = 18;
  for (int row = 0; row < job.rows; ++row) job.spans.push_back({row, 2, 16});
  std::size_t visited = 0;
  for (int trial = 0; trial < 300; ++trial) {
    GridPose pose{};
    for (int axis = 0; axis < 3; ++axis) {
      const auto fixed = [](double voxels) { return std::llround(std::ldexp(voxels, 32)); };
      pose.origin[axis] = fixed(between(-6.0, 14.0));
      pose.per_col[axis] = fixed(between(-0.9, 0.9));
      pose.per_row[axis] = trial % 10 == 0 ? 2 * pose.per_col[axis] : fixed(between(-0.9, 0.9));
    }
    const Box box{{1, 0, 2}, {17, 16, 15}};
    std::set<std::size_t> slab;
    FrameSlab(job, pose, box).forEach([&](std::size_t index, const std::array<int, 3>& voxel) {
      EXPECT_EQ(index, cellIndex(job.dims, voxel[0], voxel[1], voxel[2]));
      EXPECT_TRUE(slab.insert(index).second) << "visited twice";
    });
    visited += slab.size();
    for (int n = 0; n < job.rows * job.cols * 8; ++n) {
      const int row = n / 8 / job.cols, col = n / 8 % job.cols;
      if (col < 2 || col >= 16) continue;
      const int i = voxelOf(positionAt(pose, 0, col, row)) + (n & 1);
      const int j = voxelOf(positionAt(pose, 1, col, row)) + (n >> 1 & 1);
      const int k = voxelOf(positionAt(pose, 2, col, row)) + (n >> 2 & 1);
      if (!contains(box, i, j, k)) continue;
      ASSERT_TRUE(slab.contains(cellIndex(job.dims, i, j, k))) << "trial " << trial;
    }
  }
  EXPECT_LT(visited, 300U * 16 * 16 * 13 / 4);  // a slab, not the grid
}

TEST(RowWalk, ClipsToExactlyThePixelsInTheBox) {
  std::mt19937_64 random(3);
  const Box box{{2, 0, -1}, {9, 5, 4}};
  int cut = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    GridPose pose{};
    for (int axis = 0; axis < 3; ++axis) {
      pose.origin[axis] = static_cast<std::int64_t>(random() >> 28);
      pose.per_col[axis] = static_cast<std::int64_t>(random() >> 32) - (1LL << 31);
      if (random() % 4 == 0) pose.per_col[axis] = 0;
    }
    const RowWalk walk(pose, 0);
    const ColumnRange run = walk.clipped({3, 40}, box);
    for (int col = 3; col < 40; ++col) {
      const bool inside = contains(box, voxelOf(walk.at(0, col)), voxelOf(walk.at(1, col)),
                                   voxelOf(walk.at(2, col)));
      ASSERT_EQ(inside, col >= run.begin && col < run.end) << "trial " << trial;
    }
    cut += run.begin < run.end && run.end - run.begin < 37;
  }
  EXPECT_GT(cut, 100);
}

TEST(KeyOf, OrdersByFrameThenPixelThenGrey) {
  EXPECT_LT(keyOf(Keep::kLatest, 1, 900, 255), keyOf(Keep::kLatest, 2, 0, 0));
  EXPECT_LT(keyOf(Keep::kLatest, 2, 7, 255), keyOf(Keep::kLatest, 2, 8, 0));
  EXPECT_GT(keyOf(Keep::kFirst, 1, 900, 0), keyOf(Keep::kFirst, 2, 0, 255));
  EXPECT_GT(keyOf(Keep::kFirst, 2, 7, 0), keyOf(Keep::kFirst, 2, 8, 255));
  EXPECT_LT(keyOf(Keep::kMaximum, 9, 9, 4), keyOf(Keep::kMaximum, 1, 1, 5));
  EXPECT_NE(keyOf(Keep::kMaximum, 1, 0, 0), 0U);
}

TEST(DrainedSums, KeepTheMeanWhereACellIsEmptied) {
  std::array<std::uint64_t, 2> cells = {0, 0};
  DrainedSums drained;
  for (int i = 0; i < 3; ++i) {
    cells[0] += weighted(1U << 23, static_cast<std::uint8_t>(60 * (i + 1)));
    cells[1] += weighted(5, 9);
    drained.drain(std::span<std::uint64_t>(cells), 2);
    EXPECT_EQ(cells[0], 0U);
  }
  EXPECT_TRUE(drained.holds(0));
  EXPECT_FALSE(drained.holds(1));
  const auto mean = [&](std::size_t index, std::uint64_t cell) {
    const VoxelSums sums = drained.total(index, cell);
    return roundedRatio(sums.sum, sums.weight);
  };
  EXPECT_EQ(mean(0, cells[0]), 120);
  EXPECT_EQ(mean(0, weighted(1U << 23, 200)), 140);
  EXPECT_EQ(mean(1, cells[1]), 9);
}
}  // namespace
}  // namespace sonotwin::reconstruct
