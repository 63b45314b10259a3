// SPDX-License-Identifier: Apache-2.0
#include "splat_arithmetic.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>
#include <random>

#include "accumulator.h"
#include "add_corners.h"
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
    drained.drain(cells, 2);
    EXPECT_EQ(cells[0], 0U);
  }
  EXPECT_TRUE(drained.holds(0));
  EXPECT_FALSE(drained.holds(1));
  EXPECT_EQ(drained.mean(0, cells[0]), 120);
  EXPECT_EQ(drained.mean(0, weighted(1U << 23, 200)), 140);
  EXPECT_EQ(drained.mean(1, cells[1]), 9);
}
}  // namespace
}  // namespace sonotwin::reconstruct
