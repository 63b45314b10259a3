// SPDX-License-Identifier: Apache-2.0
#include "contrast.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "rows.h"

namespace sonotwin::enhance {
namespace {
constexpr float kWhite = 255.0F;
constexpr double kLean = 0.25;  // weight of the whole sector's histogram, in full tiles

using Histogram = std::array<double, kBins>;

/// @param curve  kCurvePoints output levels
void equalizingCurve(Histogram histogram, double clip_limit, float* curve) {
  double total = 0.0;
  for (const double count : histogram) total += count;
  const double limit = clip_limit * total / kBins;
  double excess = 0.0;
  for (double& count : histogram) {
    excess += std::max(count - limit, 0.0);
    count = std::min(count, limit);
  }
  curve[0] = 0.0F;
  double sum = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    sum += histogram[bin] + excess / kBins;
    curve[bin + 1] = static_cast<float>(kWhite * sum / total);
  }
}

std::vector<std::uint32_t> countsOf(const Patch& patch, const TileGrid& grid) {
  std::vector<std::uint32_t> counts(static_cast<std::size_t>(grid.count * grid.count * kBins));
  std::size_t index = 0;
  for (int row = 0; row < patch.rows(); ++row) {
    for (int col = 0; col < patch.cols(); ++col, ++index) {
      if (patch.map->inside[index] == 0) continue;
      ++counts[static_cast<std::size_t>(tileAt(grid, row, col) * kBins +
                                        binOf(patch.levels[index]))];
    }
  }
  return counts;
}

/// Level below which `percent` of the values lie; reorders them.
float percentile(std::vector<float>& values, double percent) {
  const auto rank = static_cast<std::ptrdiff_t>(
      std::lround(percent / 100.0 * static_cast<double>(values.size() - 1)));
  std::ranges::nth_element(values, values.begin() + rank);
  return values[static_cast<std::size_t>(rank)];
}
}  // namespace

std::vector<float> equalizingCurves(const std::vector<std::uint32_t>& counts, const TileGrid& grid,
                                    double clip_limit) {
  const std::size_t tiles = counts.size() / kBins;
  Histogram whole{};
  for (std::size_t i = 0; i < counts.size(); ++i) whole[i % kBins] += counts[i];
  double total = 0.0;
  for (const double count : whole) total += count;
  const double share = kLean * static_cast<double>(grid.height * grid.width) / total;
  std::vector<float> curves(tiles * kCurvePoints);
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    Histogram histogram{};
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      histogram[bin] = counts[tile * kBins + bin] + share * whole[bin];
    }
    equalizingCurve(histogram, clip_limit, curves.data() + tile * kCurvePoints);
  }
  return curves;
}

void clahe(Patch& patch, const LocalContrast& settings) {
  const TileGrid grid = tileGrid(patch.rows(), patch.cols(), settings.tiles);
  const std::vector<float> curves =
      equalizingCurves(countsOf(patch, grid), grid, settings.clip_limit);
  const auto weight = static_cast<float>(settings.strength);
  forEachRow(patch, [&](int row, float* levels) {
    const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(patch.cols());
    for (int col = 0; col < patch.cols(); ++col) {
      if (patch.map->inside[first + static_cast<std::size_t>(col)] == 0) continue;
      const float full = equalized(grid, curves.data(), row, col, levels[col]);
      levels[col] = blend(levels[col], full, weight);
    }
  });
}

void applyGamma(Patch& patch, double gamma) {
  const auto exponent = static_cast<float>(gamma);
  for (float& level : patch.levels) {
    level = kWhite * std::pow(std::clamp(level, 0.0F, kWhite) / kWhite, exponent);
  }
}

void percentileStretch(Patch& patch, double low_percent, double high_percent) {
  std::vector<float> values = insideLevels(patch);
  const float low = percentile(values, low_percent);
  const float high = percentile(values, high_percent);
  if (!(high > low)) return;
  for (float& level : patch.levels) {
    level = std::clamp((level - low) / (high - low) * kWhite, 0.0F, kWhite);
  }
}

}  // namespace sonotwin::enhance
