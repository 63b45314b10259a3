// SPDX-License-Identifier: Apache-2.0
#include "envelope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rows.h"

namespace sonotwin::enhance {
namespace {
constexpr double kWhite = 255.0;

/// Natural logarithm of the amplitude a level.
double perLevel(double dynamic_range_db) {
  return dynamic_range_db / 20.0 * std::numbers::ln10 / kWhite;
}
}  // namespace

void expandToAmplitude(Patch& patch, double dynamic_range_db) {
  const auto rate = static_cast<float>(perLevel(dynamic_range_db));
  forEachRow(patch, [&](int /*row*/, float* levels) {
    std::transform(levels, levels + patch.cols(), levels,
                   [rate](float level) { return std::exp(rate * level); });
  });
}

void compressToLevels(Patch& patch, double dynamic_range_db) {
  const auto scale = static_cast<float>(1.0 / perLevel(dynamic_range_db));
  forEachRow(patch, [&](int /*row*/, float* levels) {
    std::transform(levels, levels + patch.cols(), levels,
                   [scale](float amplitude) { return scale * std::log(amplitude); });
  });
}

}  // namespace sonotwin::enhance
