// SPDX-License-Identifier: Apache-2.0
#include "normalize.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sonotwin::enhance {

void minMax(Patch& patch) {
  const std::vector<float> values = insideLevels(patch);
  const auto [low, high] = std::ranges::minmax(values);
  if (!(high > low)) return;
  for (float& level : patch.levels) level = (level - low) / (high - low) * 255.0F;
}

void zScore(Patch& patch) {
  const std::vector<float> values = insideLevels(patch);
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0.0;
  for (const float value : values) squares += (value - mean) * (value - mean);
  const double deviation = std::sqrt(squares / count);
  // What float arithmetic leaves of a constant picture is no signal.
  const double least = 1e-6 * std::max(1.0, std::abs(mean));
  const double scale = deviation > least ? 1.0 / deviation : 0.0;
  for (float& level : patch.levels) level = static_cast<float>((level - mean) * scale);
}

}  // namespace sonotwin::enhance
