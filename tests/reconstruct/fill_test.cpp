// SPDX-License-Identifier: Apache-2.0
#include "fill.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sonotwin/base/error.h"
#include "sweeps.h"

namespace sonotwin::reconstruct {
namespace {
struct Filled {
  media::Volume volume;
  std::vector<std::uint8_t> state;
  std::vector<std::uint8_t> distance;
  std::vector<std::uint8_t> uncertainty;
  [[nodiscard]] int stateAt(int i, int j, int k) const { return state[volume.index(i, j, k)]; }
  [[nodiscard]] int greyAt(int i, int j, int k) const {
    return volume.samples<std::uint8_t>()[volume.index(i, j, k)];
  }
};

/// Observed where `level` gives one (>= 0), then filled.
Filled filled(const std::array<int, 3>& dims, double radius_mm,
              const std::function<int(int, int, int)>& level, int threads = 2) {
  const Grid grid = gridAt({0.0, 0.0, 0.0}, 0.5, dims);
  Filled result{media::Volume(dims, media::PixelType::kUint8, grid.world_from_voxel), {}, {}, {}};
  for (auto* map : {&result.state, &result.distance}) map->resize(result.volume.voxelCount());
  for (int k = 0; k < dims[2]; ++k) {
    for (int j = 0; j < dims[1]; ++j) {
      for (int i = 0; i < dims[0]; ++i) {
        if (level(i, j, k) < 0) continue;
        const std::size_t v = result.volume.index(i, j, k);
        result.state[v] = kObserved;
        result.volume.samples<std::uint8_t>()[v] = static_cast<std::uint8_t>(level(i, j, k));
      }
    }
  }
  fillHoles({result.volume, result.state, result.distance, result.uncertainty}, radius_mm, threads,
            Progress());
  return result;
}

bool inFrame(int i, int j) {
  return i >= 4 && i < 36 && j >= 4 && j < 36;
}

// Parallel frames 4 voxels (2 mm) apart: the gaps close, nothing grows beyond the first and last.
TEST(FillHoles, ClosesGapsBetweenFramesAndStaysInTheSweep) {
  const auto frames = [](int i, int j, int k) {
    return inFrame(i, j) && k >= 6 && k <= 26 && k % 4 == 2 ? 9 * k : -1;
  };
  const Filled result = filled({40, 40, 34}, 3.0, frames);
  for (int k = 0; k < 34; ++k) {
    for (int j = 0; j < 40; ++j) {
      for (int i = 0; i < 40; ++i) {
        const int state = result.stateAt(i, j, k);
        if (frames(i, j, k) >= 0) {
          ASSERT_EQ(state, kObserved);
          ASSERT_EQ(result.greyAt(i, j, k), 9 * k);
        } else if (!inFrame(i, j) || k < 6 || k > 26) {
          ASSERT_EQ(state, kEmpty) << i << ' ' << j << ' ' << k;
          ASSERT_EQ(result.greyAt(i, j, k), 0);
        } else if (i >= 7 && i < 33 && j >= 7 && j < 33) {
          ASSERT_EQ(state, kInterpolated) << i << ' ' << j << ' ' << k;
          ASSERT_NEAR(result.greyAt(i, j, k), 9 * k, k % 4 == 0 ? 1 : 9);
        }
      }
    }
  }
}

// Every voxel of a gap of 13 lies within 6 voxels (3 mm) of a sheet; the middle of 14 does not.
TEST(FillHoles, LeavesOpenWhatIsFartherFromDataThanTheRadius) {
  const auto sheets = [](int apart) {
    return [apart](int i, int j, int k) {
      return inFrame(i, j) && (k == 8 || k == 8 + apart) ? 50 : -1;
    };
  };
  EXPECT_EQ(filled({40, 40, 40}, 3.0, sheets(13)).stateAt(20, 20, 14), kInterpolated);
  EXPECT_EQ(filled({40, 40, 40}, 3.0, sheets(14)).stateAt(20, 20, 15), kEmpty);
  EXPECT_EQ(filled({40, 40, 40}, 3.5, sheets(14)).stateAt(20, 20, 15), kInterpolated);
}

// Between two sheets 4 mm apart of levels 40 and 80 that are certain: the deviation is that of the
// mixture of the two, 20 in the middle, and the distance that to the nearer sheet.
TEST(FillHoles, SaysHowFarAndHowSure) {
  const auto sheets = [](int i, int j, int k) {
    return inFrame(i, j) && (k == 8 || k == 16) ? 5 * k : -1;
  };
  Filled result = filled({40, 40, 24}, 3.0, sheets);
  std::ranges::fill(result.distance, 0);
  result.uncertainty.assign(result.state.size(), 0);
  for (std::size_t v = 0; v < result.state.size(); ++v) {
    if (result.state[v] == kInterpolated) result.state[v] = kEmpty;
  }
  fillHoles({result.volume, result.state, result.distance, result.uncertainty}, 3.0, 2, Progress());
  for (int k = 9; k < 16; ++k) {
    const std::size_t v = result.volume.index(20, 20, k);
    EXPECT_EQ(result.distance[v], 5 * std::min(k - 8, 16 - k));
    EXPECT_LE(result.uncertainty[v], 40);
  }
  EXPECT_EQ(result.uncertainty[result.volume.index(20, 20, 12)], 40);
  EXPECT_LT(result.uncertainty[result.volume.index(20, 20, 9)], 10);
}

TEST(FillHoles, DoesNotBridgeTheNotchOfAnL) {
  const auto corner = [](int i, int j, int k) {
    const bool arms = (i < 24 && j < 6) || (i < 6 && j < 24);
    return arms && k < 6 ? 80 : -1;
  };
  const Filled result = filled({30, 30, 8}, 2.0, corner);
  EXPECT_EQ(result.stateAt(15, 15, 3), kEmpty);  // inside the convex hull, far from data
  EXPECT_EQ(result.stateAt(28, 3, 3), kEmpty);
}

TEST(FillHoles, FillsALinearFieldSymmetrically) {
  const auto level = [](int i, int j, int k) {
    const bool hole = i >= 10 && i < 15 && j >= 10 && j < 15 && k >= 10 && k < 15;
    return hole ? -1 : 2 * i + 3 * j + 4 * k;
  };
  const Filled result = filled({25, 25, 25}, 3.0, level);
  EXPECT_EQ(result.greyAt(12, 12, 12), 2 * 12 + 3 * 12 + 4 * 12);
  for (int k = 10; k < 15; ++k) {
    EXPECT_NEAR(result.greyAt(12, 12, k), 60 + 4 * k, 4);
    EXPECT_EQ(result.stateAt(12, 12, k), kInterpolated);
  }
}

TEST(FillHoles, GivesTheSameBytesOnAnyNumberOfThreads) {
  const auto scattered = [](int i, int j, int k) {
    const int hash = (i * 7919 + j * 104729 + k * 1299709) % 17;
    return hash == 0 ? (i * j + k) % 256 : -1;
  };
  const Filled one = filled({31, 29, 27}, 3.0, scattered, 1);
  for (const int threads : {2, 5}) {
    const Filled many = filled({31, 29, 27}, 3.0, scattered, threads);
    EXPECT_EQ(one.volume.data, many.volume.data);
    EXPECT_EQ(one.state, many.state);
  }
}

TEST(FillHoles, LeavesAnEmptyVolumeAndAZeroRadiusAlone) {
  const Filled empty = filled({5, 5, 5}, 3.0, [](int, int, int) { return -1; });
  EXPECT_EQ(std::ranges::count(empty.state, kEmpty), 125);
  const Filled open = filled({5, 5, 5}, 0.0, [](int, int, int k) { return k == 2 ? -1 : 9; });
  EXPECT_EQ(std::ranges::count(open.state, kEmpty), 25);
}
}  // namespace
}  // namespace sonotwin::reconstruct
