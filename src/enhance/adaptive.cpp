// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "envelope.h"
#include "local_statistics.h"
#include "rows.h"
#include "speckle.h"

namespace sonotwin::enhance {
namespace {
/// Statistics of a patch's amplitudes, and of its speckle alone.
struct Measured {
  LocalStatistics local;
  float speckle = 0.0F;  ///< squared coefficient of variation
};

/// Calls `filter(patch of amplitudes, statistics)` between expansion and compression.
template <class Filter>
void onAmplitudes(Patch& patch, const Adaptive& adaptive, const Filter& filter) {
  fillOutside(patch);
  expandToAmplitude(patch, adaptive.dynamic_range_db);
  Measured measured{localStatistics(patch, adaptive.radius_px), 0.0F};
  measured.speckle = speckleVariation(patch, measured.local.squared_variation);
  filter(patch, measured);
  compressToLevels(patch, adaptive.dynamic_range_db);
}

/// mean + weight (level - mean); `weight(squared variation)` is the share of the pixel itself.
template <class Weight>
void blendWithMean(Patch& patch, const Measured& measured, const Weight& weight) {
  forEachRow(patch, [&](int row, float* levels) {
    const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(patch.cols());
    for (std::size_t col = 0; col < static_cast<std::size_t>(patch.cols()); ++col) {
      const float mean = measured.local.mean[first + col];
      const float share = weight(measured.local.squared_variation[first + col]);
      levels[col] = mean + std::clamp(share, 0.0F, 1.0F) * (levels[col] - mean);
    }
  });
}

/// Neighbours at one distance from a pixel.
struct Ring {
  float distance = 0.0F;
  std::vector<std::array<int, 2>> offsets;  ///< rows, columns
};

std::vector<Ring> ringsOf(int radius) {
  std::vector<Ring> rings;
  for (int dr = -radius; dr <= radius; ++dr) {
    for (int dc = -radius; dc <= radius; ++dc) {
      const auto distance = std::hypot(static_cast<float>(dr), static_cast<float>(dc));
      auto ring = std::ranges::find(rings, distance, &Ring::distance);
      if (ring == rings.end()) ring = rings.insert(rings.end(), {distance, {}});
      ring->offsets.push_back({dr, dc});
    }
  }
  return rings;
}

float ringMean(const Patch& patch, const std::vector<Ring>& rings, int row, int col, float rate) {
  float sum = 0.0F, weights = 0.0F;
  for (const Ring& ring : rings) {
    const float weight = std::exp(-rate * ring.distance);
    for (const auto& [dr, dc] : ring.offsets) {
      const int r = std::clamp(row + dr, 0, patch.rows() - 1);
      const int c = std::clamp(col + dc, 0, patch.cols() - 1);
      sum += weight * patch.levels[static_cast<std::size_t>(r * patch.cols() + c)];
      weights += weight;
    }
  }
  return sum / weights;
}
}  // namespace

void lee(Patch& patch, const Adaptive& adaptive) {
  onAmplitudes(patch, adaptive, [](Patch& amplitudes, const Measured& measured) {
    blendWithMean(amplitudes, measured, [&](float variation) {
      return 1.0F - measured.speckle / std::max(variation, 1e-12F);
    });
  });
}

void kuan(Patch& patch, const Adaptive& adaptive) {
  onAmplitudes(patch, adaptive, [](Patch& amplitudes, const Measured& measured) {
    blendWithMean(amplitudes, measured, [&](float variation) {
      return (1.0F - measured.speckle / std::max(variation, 1e-12F)) / (1.0F + measured.speckle);
    });
  });
}

void frost(Patch& patch, const Adaptive& adaptive, double damping) {
  const std::vector<Ring> rings = ringsOf(adaptive.radius_px);
  onAmplitudes(patch, adaptive, [&](Patch& amplitudes, const Measured& measured) {
    const Patch before = amplitudes;
    forEachRow(amplitudes, [&](int row, float* levels) {
      const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(before.cols());
      for (int col = 0; col < before.cols(); ++col) {
        const float variation =
            measured.local.squared_variation[first + static_cast<std::size_t>(col)];
        levels[col] = ringMean(before, rings, row, col, static_cast<float>(damping) * variation);
      }
    });
  });
}

}  // namespace sonotwin::enhance
