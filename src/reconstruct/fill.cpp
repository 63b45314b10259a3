// SPDX-License-Identifier: Apache-2.0
#include "fill.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>

#include "separable.h"
#include "sonotwin/base/parallel.h"

namespace sonotwin::reconstruct {
namespace {
/// The part of the volume that can change, with room for the ball around it.
struct Window {
  std::array<int, 3> low = {0, 0, 0};  ///< voxel of the window's first sample, may be negative
  std::array<int, 3> dims = {0, 0, 0};
};

class HoleFiller {
 public:
  HoleFiller(const FilledVoxels& voxels, double radius_mm, int threads)
      : voxels_(voxels),
        volume_(voxels.volume),
        state_(voxels.state),
        radius_mm_(radius_mm),
        threads_(threads) {
    const Eigen::Vector3d spacing_mm = volume_.spacing_mm();
    for (int axis = 0; axis < 3; ++axis) {
      spacing_mm_[static_cast<std::size_t>(axis)] = spacing_mm[axis];
    }
    finest_mm_ = spacing_mm.minCoeff();
    window_ = windowAroundData();
  }

  void run(const Progress& progress) {
    if (window_.dims[0] == 0) return;
    progress.report(0.0, "Finding holes");
    FloatGrid to_data_mm2 = distanceToData();
    progress.report(0.2, "Finding holes");
    markClosing(to_data_mm2);
    const double farthest_mm = radius_mm_ * 1.001;  // a distance equal to the radius counts
    for (double within_mm = 1.5 * finest_mm_, done_mm = 0.0; done_mm < farthest_mm;
         done_mm = within_mm, within_mm *= 2.0) {
      progress.report(0.4 + 0.6 * done_mm / radius_mm_, "Filling holes");
      if (anyHoleBetween(to_data_mm2, done_mm, within_mm)) {
        fillBetween(to_data_mm2, done_mm, within_mm);
      }
    }
    progress.report(1.0, "Filling holes");
  }

 private:
  template <class Visit>
  void forEachVoxel(const Visit& visit) const {
    const auto planes = static_cast<std::size_t>(window_.dims[2]);
    parallelFor(planes, threads_, [&](std::size_t begin, std::size_t end) {
      for (int k = static_cast<int>(begin); k < static_cast<int>(end); ++k) {
        for (int j = 0; j < window_.dims[1]; ++j) visitRow(j, k, visit);
      }
    });
  }

  template <class Visit>
  void visitRow(int j, int k, const Visit& visit) const {
    const int y = j + window_.low[1], z = k + window_.low[2];
    if (y < 0 || z < 0 || y >= volume_.dims[1] || z >= volume_.dims[2]) return;
    const int begin = std::max(0, -window_.low[0]);
    const int end = std::min(window_.dims[0], volume_.dims[0] - window_.low[0]);
    const std::size_t row = volume_.index(0, y, z);
    for (int i = begin; i < end; ++i) {
      visit((static_cast<std::size_t>(k) * static_cast<std::size_t>(window_.dims[1]) +
             static_cast<std::size_t>(j)) *
                    static_cast<std::size_t>(window_.dims[0]) +
                static_cast<std::size_t>(i),
            row + static_cast<std::size_t>(i + window_.low[0]));
    }
  }

  [[nodiscard]] Window windowAroundData() const {
    std::array<int, 3> low = volume_.dims, high = {-1, -1, -1};
    for (int k = 0; k < volume_.dims[2]; ++k) {
      for (int j = 0; j < volume_.dims[1]; ++j) {
        const auto row =
            state_.subspan(volume_.index(0, j, k), static_cast<std::size_t>(volume_.dims[0]));
        const auto first = std::ranges::find(row, kObserved);
        if (first == row.end()) continue;
        const auto last = std::find(row.rbegin(), row.rend(), kObserved).base() - 1;
        low = {std::min(low[0], static_cast<int>(first - row.begin())), std::min(low[1], j),
               std::min(low[2], k)};
        high = {std::max(high[0], static_cast<int>(last - row.begin())), std::max(high[1], j),
                std::max(high[2], k)};
      }
    }
    Window window;
    for (std::size_t axis = 0; axis < 3 && high[0] >= 0; ++axis) {
      const int room = static_cast<int>(std::ceil(radius_mm_ / spacing_mm_[axis])) + 1;
      window.low[axis] = low[axis] - room;
      window.dims[axis] = high[axis] - low[axis] + 1 + 2 * room;
    }
    return window;
  }

  [[nodiscard]] FloatGrid distanceToData() const {
    FloatGrid distance_mm2(window_.dims, kFarAway_mm2);
    forEachVoxel([&](std::size_t sample, std::size_t voxel) {
      if (state_[voxel] == kObserved) distance_mm2.values[sample] = 0.0F;
    });
    spreadDistance(distance_mm2, spacing_mm_, radius_mm_, threads_);
    return distance_mm2;
  }

  /// Erodes what lies within the radius of data by the radius again, and marks the holes left.
  void markClosing(const FloatGrid& to_data_mm2) {
    const auto limit_mm2 = static_cast<float>(radius_mm_ * radius_mm_ * (1.0 + 1e-5));
    FloatGrid to_outside_mm2(window_.dims, kFarAway_mm2);
    for (std::size_t i = 0; i < to_outside_mm2.values.size(); ++i) {
      if (to_data_mm2.values[i] > limit_mm2) to_outside_mm2.values[i] = 0.0F;
    }
    spreadDistance(to_outside_mm2, spacing_mm_, radius_mm_, threads_);
    forEachVoxel([&](std::size_t sample, std::size_t voxel) {
      if (state_[voxel] == kEmpty && to_outside_mm2.values[sample] > limit_mm2) {
        state_[voxel] = kInterpolated;
        const double tenths = 10.0 * std::sqrt(to_data_mm2.values[sample]);
        voxels_.distance[voxel] =
            static_cast<std::uint8_t>(std::clamp(std::lround(tenths), 1L, kNoData - 1L));
      }
    });
  }

  [[nodiscard]] static bool between(float distance_mm2, double beyond_mm, double within_mm) {
    return distance_mm2 > beyond_mm * beyond_mm && distance_mm2 <= within_mm * within_mm;
  }

  [[nodiscard]] bool anyHoleBetween(const FloatGrid& to_data_mm2, double beyond_mm,
                                    double within_mm) const {
    std::atomic<bool> any = false;
    forEachVoxel([&](std::size_t sample, std::size_t voxel) {
      if (state_[voxel] == kInterpolated &&
          between(to_data_mm2.values[sample], beyond_mm, within_mm)) {
        any.store(true, std::memory_order_relaxed);
      }
    });
    return any;
  }

  void fillBetween(const FloatGrid& to_data_mm2, double beyond_mm, double within_mm) {
    const auto levels = volume_.samples<std::uint8_t>();
    const auto level = [&](std::size_t voxel) { return static_cast<float>(levels[voxel]); };
    const auto square = [&](std::size_t voxel) {
      const float deviation = 0.5F * static_cast<float>(voxels_.uncertainty[voxel]);
      return level(voxel) * level(voxel) + deviation * deviation;
    };
    const bool uncertain = !voxels_.uncertainty.empty();
    const FloatGrid weight = smoothed([](std::size_t) { return 1.0F; }, within_mm);
    const FloatGrid grey = smoothed(level, within_mm);
    const FloatGrid squares = uncertain ? smoothed(square, within_mm) : FloatGrid({0, 0, 0});
    forEachVoxel([&](std::size_t sample, std::size_t voxel) {
      if (state_[voxel] != kInterpolated ||
          !between(to_data_mm2.values[sample], beyond_mm, within_mm)) {
        return;
      }
      const float mean = grey.values[sample] / weight.values[sample];
      levels[voxel] = static_cast<std::uint8_t>(std::clamp(std::lround(mean), 0L, 255L));
      if (!uncertain) return;
      const float variance = squares.values[sample] / weight.values[sample] - mean * mean;
      voxels_.uncertainty[voxel] = static_cast<std::uint8_t>(
          std::min(255L, std::lround(2.0F * std::sqrt(std::max(0.0F, variance)))));
    });
  }

  /// Of the observed voxels, by the Gaussian for holes up to `within_mm` from data.
  template <class Value>
  [[nodiscard]] FloatGrid smoothed(const Value& value, double within_mm) const {
    FloatGrid grid(window_.dims);
    forEachVoxel([&](std::size_t sample, std::size_t voxel) {
      if (state_[voxel] == kObserved) grid.values[sample] = value(voxel);
    });
    // Half the distance: the nearest voxel counts e^-2 and lies inside the cut-off of 3 sigma.
    const double sigma_mm = within_mm / 2.0;
    smooth(grid, {sigma_mm / spacing_mm_[0], sigma_mm / spacing_mm_[1], sigma_mm / spacing_mm_[2]},
           threads_);
    return grid;
  }

  FilledVoxels voxels_;
  media::Volume& volume_;
  std::span<std::uint8_t> state_;
  double radius_mm_;
  int threads_;
  std::array<double, 3> spacing_mm_ = {1.0, 1.0, 1.0};
  double finest_mm_ = 1.0;
  Window window_;
};
}  // namespace

void fillHoles(const FilledVoxels& voxels, double radius_mm, int threads,
               const Progress& progress) {
  HoleFiller(voxels, radius_mm, threads).run(progress);
}

}  // namespace sonotwin::reconstruct
