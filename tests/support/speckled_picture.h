// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "sonotwin/media/image.h"

namespace sonotwin::test {

inline constexpr double kLevelsPerDb = 255.0 / 60.0;  ///< of a picture of 60 dB

/// Gaussian noise, smoothed to a resolution cell of about 3 pixels across and 2 down.
inline std::vector<double> smoothNoise(int rows, int cols, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  std::vector<double> field(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
  for (double& value : field) value = normal(random);
  const auto smooth = [&](std::ptrdiff_t step) {
    std::vector<double> next = field;
    for (auto i = static_cast<std::ptrdiff_t>(cols) + 1;
         i < static_cast<std::ptrdiff_t>(field.size()) - cols - 1; ++i) {
      const auto at = [&](std::ptrdiff_t j) { return field[static_cast<std::size_t>(j)]; };
      next[static_cast<std::size_t>(i)] = (at(i - step) + 2 * at(i) + at(i + step)) / 4.0;
    }
    field = next;
  };
  smooth(1);
  smooth(1);
  smooth(cols);
  return field;
}

/// Fully developed speckle: `truth` (levels of the mean echo in dB) plus the log-compressed
/// amplitude of complex Gaussian echoes, its mean (Euler's constant) taken off. Not cut to [0,
/// 255].
inline media::Image speckled(const media::Image& truth, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::vector<double> real = smoothNoise(truth.rows, truth.cols, random);
  const std::vector<double> imaginary = smoothNoise(truth.rows, truth.cols, random);
  double power = 0.0;
  for (std::size_t i = 0; i < real.size(); ++i) {
    power += (real[i] * real[i] + imaginary[i] * imaginary[i]) / static_cast<double>(real.size());
  }
  media::Image frame = truth;
  for (std::size_t i = 0; i < real.size(); ++i) {
    const double echo = (real[i] * real[i] + imaginary[i] * imaginary[i]) / power;
    const double speckle_db = 10.0 * std::log10(echo) + 10.0 * 0.57722 / std::log(10.0);
    frame.samples<float>()[i] += static_cast<float>(kLevelsPerDb * speckle_db);
  }
  return frame;
}

}  // namespace sonotwin::test
