// SPDX-License-Identifier: Apache-2.0
#include "separable.h"

#include <algorithm>
#include <cmath>

#include "sonotwin/base/parallel.h"

namespace sonotwin::reconstruct {
namespace {
constexpr std::size_t kChunk = 2048;  // samples a pass works on at once: they stay in the cache

/// Replaces every sample by `combine` over its neighbours along one axis, offsets -reach to reach.
/// Works on runs of neighbouring lines so that the inner loop is contiguous on every axis but x,
/// where the runs are of one line's samples.
template <class Combine>
void alongAxis(FloatGrid& grid, std::size_t axis, int reach, float neutral, int threads,
               const Combine& combine) {
  const auto nx = static_cast<std::size_t>(grid.dims[0]);
  const auto ny = static_cast<std::size_t>(grid.dims[1]);
  const auto nz = static_cast<std::size_t>(grid.dims[2]);
  const std::size_t stride = axis == 0 ? 1 : axis == 1 ? nx : nx * ny;
  const std::size_t length = axis == 0 ? nx : axis == 1 ? ny : nz;
  const std::size_t width = axis == 0 ? 1 : std::min(axis == 1 ? nx : nx * ny, kChunk);
  const std::size_t inner = axis == 2 ? nx * ny : axis == 1 ? nx : 1;
  const std::size_t chunks = (inner + width - 1) / width;
  const std::size_t outer = grid.values.size() / (inner * length);
  const std::size_t margin = static_cast<std::size_t>(reach) * width;

  parallelFor(outer * chunks, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<float> line(length * width + 2 * margin, neutral);
    std::vector<float> result(length * width);
    for (std::size_t part = begin; part < end; ++part) {
      const std::size_t first = part % chunks * width;
      const std::size_t count = std::min(width, inner - first);
      float* samples = grid.values.data() + part / chunks * inner * length + first;
      for (std::size_t i = 0; i < length; ++i) {
        std::copy_n(samples + i * stride, count, line.data() + margin + i * width);
      }
      std::ranges::fill(result, neutral);
      for (int offset = -reach; offset <= reach; ++offset) {
        const float* shifted = line.data() + margin + offset * static_cast<std::ptrdiff_t>(width);
        for (std::size_t i = 0; i < result.size(); ++i) {
          result[i] = combine(result[i], shifted[i], offset);
        }
      }
      for (std::size_t i = 0; i < length; ++i) {
        std::copy_n(result.data() + i * width, count, samples + i * stride);
      }
    }
  });
}
}  // namespace

void smooth(FloatGrid& grid, const std::array<double, 3>& sigma, int threads) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (sigma[axis] <= 0.0) continue;
    const int reach = static_cast<int>(std::ceil(3.0 * sigma[axis]));
    std::vector<float> kernel(static_cast<std::size_t>(reach) + 1);
    double total = 0.0;
    for (int i = 0; i <= reach; ++i) {
      const double value = std::exp(-0.5 * i * i / (sigma[axis] * sigma[axis]));
      kernel[static_cast<std::size_t>(i)] = static_cast<float>(value);
      total += i == 0 ? value : 2.0 * value;
    }
    for (float& value : kernel) value = static_cast<float>(value / total);
    alongAxis(grid, axis, reach, 0.0F, threads, [&kernel](float sum, float sample, int offset) {
      return sum + kernel[static_cast<std::size_t>(std::abs(offset))] * sample;
    });
  }
}

void spreadDistance(FloatGrid& grid, const std::array<double, 3>& spacing_mm, double radius_mm,
                    int threads) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const int reach = static_cast<int>(std::floor(radius_mm / spacing_mm[axis] + 1e-9));
    const auto step_mm = static_cast<float>(spacing_mm[axis]);
    alongAxis(grid, axis, reach, kFarAway_mm2, threads,
              [step_mm](float nearest, float sample, int offset) {
                const float away_mm = step_mm * static_cast<float>(offset);
                const float distance_mm2 = sample + away_mm * away_mm;
                return distance_mm2 < nearest ? distance_mm2 : nearest;
              });
  }
}

}  // namespace sonotwin::reconstruct
