// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "contrast.h"
#include "rows.h"

namespace sonotwin::enhance {
namespace {
constexpr int kLeastPixels = 20;  // of a depth, for its median to count

float medianOf(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Mean of the known values within `reach`, weights falling linearly.
std::vector<double> smoothed(const std::vector<double>& values, const std::vector<bool>& known,
                             double reach) {
  std::vector<double> result(values.size());
  const auto count = static_cast<int>(values.size());
  for (int i = 0; i < count; ++i) {
    // Where nothing is known near, look as far as it takes.
    double sum = 0.0, weights = 0.0;
    for (double wide = reach; weights == 0.0 && wide < 4.0 * count; wide *= 2.0) {
      const int first = std::max(0, static_cast<int>(i - wide));
      const int last = std::min(count - 1, static_cast<int>(i + wide));
      for (int j = first; j <= last; ++j) {
        if (!known[static_cast<std::size_t>(j)]) continue;
        const double weight = 1.0 - std::abs(i - j) / (wide + 1.0);
        sum += weight * values[static_cast<std::size_t>(j)];
        weights += weight;
      }
    }
    result[static_cast<std::size_t>(i)] = weights > 0.0 ? sum / weights : 0.0;
  }
  return result;
}

/// Pixels from the probe's face: along the beams of a fan, else down the rows.
std::size_t depthOf(const SectorMap& map, int row, int col) {
  if (!map.sector.fan) return static_cast<std::size_t>(row);
  const media::Fan& fan = *map.sector.fan;
  const double x = col + map.box.x0 - fan.apex_x_px;
  const double y = (row + map.box.y0 - fan.apex_y_px) * fan.rows_per_col;
  return static_cast<std::size_t>(std::max(std::hypot(x, y) - fan.start_radius_px, 0.0));
}

/// Smoothed median level of each depth.
std::vector<double> depthProfile(const Patch& patch, double reach_share) {
  std::vector<std::vector<float>> levels;
  std::size_t index = 0;
  for (int row = 0; row < patch.rows(); ++row) {
    for (int col = 0; col < patch.cols(); ++col, ++index) {
      if (patch.map->inside[index] == 0) continue;
      const std::size_t depth = depthOf(*patch.map, row, col);
      if (levels.size() <= depth) levels.resize(depth + 1);
      levels[depth].push_back(patch.levels[index]);
    }
  }
  std::vector<double> medians(levels.size());
  std::vector<bool> known(levels.size());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    known[i] = levels[i].size() >= kLeastPixels;
    if (known[i]) medians[i] = medianOf(levels[i]);
  }
  const double reach = std::max(1.0, reach_share * static_cast<double>(levels.size()));
  return smoothed(medians, known, reach);
}
}  // namespace

void compensateDepthGain(Patch& patch, double strength, double reach_share) {
  const std::vector<double> along = depthProfile(patch, reach_share);
  std::vector<float> all = insideLevels(patch);
  const double whole = medianOf(all);
  forEachRow(patch, [&](int row, float* line) {
    for (int col = 0; col < patch.cols(); ++col) {
      const auto depth = std::min(depthOf(*patch.map, row, col), along.size() - 1);
      // Black stays black: there is no echo that a gain could lift.
      if (line[col] <= 0.0F) continue;
      line[col] += static_cast<float>(strength * (whole - along[depth]));
    }
  });
}

}  // namespace sonotwin::enhance
