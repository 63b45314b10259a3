// SPDX-License-Identifier: Apache-2.0
#include "distance.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sonotwin::segment {
namespace {
constexpr double kFar = std::numeric_limits<double>::infinity();

/// Lower envelope of the parabolas of one line: the squared distance along it, added to `squared`.
class Line {
 public:
  explicit Line(std::size_t longest) : apex_(longest), from_(longest + 1), result_(longest) {}

  const std::vector<double>& transform(const std::vector<double>& squared, std::size_t length,
                                       double step) {
    std::size_t count = 0;
    for (std::size_t q = 0; q < length; ++q) {
      if (squared[q] == kFar) continue;
      double start = -kFar;
      while (count > 0) {
        start = crossing(squared, apex_[count - 1], q, step);
        if (start > from_[count - 1]) break;
        --count;
      }
      if (count == 0) start = -kFar;
      apex_[count] = q;
      from_[count] = start;
      ++count;
    }
    std::size_t k = 0;
    for (std::size_t q = 0; q < length; ++q) {
      const double x = static_cast<double>(q) * step;
      while (k + 1 < count && from_[k + 1] < x) ++k;
      const double away = count == 0 ? kFar : x - static_cast<double>(apex_[k]) * step;
      result_[q] = count == 0 ? kFar : away * away + squared[apex_[k]];
    }
    return result_;
  }

 private:
  static double crossing(const std::vector<double>& squared, std::size_t p, std::size_t q,
                         double step) {
    const double a = static_cast<double>(p) * step, b = static_cast<double>(q) * step;
    return (squared[q] + b * b - squared[p] - a * a) / (2.0 * (b - a));
  }

  std::vector<std::size_t> apex_;
  std::vector<double> from_;
  std::vector<double> result_;
};
}  // namespace

std::vector<double> distanceTransform(std::span<const std::uint8_t> sites, int rows, int cols,
                                      std::array<double, 2> spacing) {
  const auto height = static_cast<std::size_t>(rows), width = static_cast<std::size_t>(cols);
  std::vector<double> squared(height * width);
  for (std::size_t i = 0; i < squared.size(); ++i) squared[i] = sites[i] != 0 ? 0.0 : kFar;
  Line line(std::max(height, width));
  std::vector<double> values(std::max(height, width));
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t y = 0; y < height; ++y) values[y] = squared[y * width + x];
    const std::vector<double>& done = line.transform(values, height, spacing[1]);
    for (std::size_t y = 0; y < height; ++y) squared[y * width + x] = done[y];
  }
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) values[x] = squared[y * width + x];
    const std::vector<double>& done = line.transform(values, width, spacing[0]);
    for (std::size_t x = 0; x < width; ++x) squared[y * width + x] = std::sqrt(done[x]);
  }
  return squared;
}

}  // namespace sonotwin::segment
