// SPDX-License-Identifier: Apache-2.0
#include "envelope.h"

#include <algorithm>
#include <numbers>

#include "filter_arithmetic.h"
#include "rows.h"

namespace sonotwin::enhance {

double amplitudeRate(double dynamic_range_db) {
  constexpr double kWhite = 255.0;
  return dynamic_range_db / 20.0 * std::numbers::ln10 / kWhite;
}

void expandToAmplitude(Patch& patch, double dynamic_range_db) {
  const auto rate = static_cast<float>(amplitudeRate(dynamic_range_db));
  forEachRow(patch, [&](int /*row*/, float* levels) {
    std::transform(levels, levels + patch.cols(), levels,
                   [rate](float level) { return exponential(rate * level); });
  });
}

void compressToLevels(Patch& patch, double dynamic_range_db) {
  const auto scale = static_cast<float>(1.0 / amplitudeRate(dynamic_range_db));
  forEachRow(patch, [&](int /*row*/, float* levels) {
    std::transform(levels, levels + patch.cols(), levels,
                   [scale](float amplitude) { return scale * logarithm(amplitude); });
  });
}

}  // namespace sonotwin::enhance
