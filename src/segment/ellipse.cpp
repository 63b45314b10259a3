// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>

#include "sonotwin/segment/metrics.h"

namespace sonotwin::segment {

std::optional<Ellipse> fitEllipse(std::span<const std::uint8_t> mask, int rows, int cols,
                                  int label) {
  double count = 0.0, x = 0.0, y = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;
  std::size_t index = 0;
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      if (mask[index++] != label) continue;
      count += 1.0;
      x += col;
      y += row;
      xx += static_cast<double>(col) * col;
      yy += static_cast<double>(row) * row;
      xy += static_cast<double>(row) * col;
    }
  }
  if (count == 0.0) return std::nullopt;
  Ellipse ellipse{.x = x / count, .y = y / count};
  const double across = xx / count - ellipse.x * ellipse.x;
  const double down = yy / count - ellipse.y * ellipse.y;
  const double mixed = xy / count - ellipse.x * ellipse.y;
  const double middle = (across + down) / 2.0;
  const double spread = std::hypot((across - down) / 2.0, mixed);
  // The variance along a semi-axis a of a filled ellipse is a²/4.
  ellipse.long_semi_axis = 2.0 * std::sqrt(middle + spread);
  ellipse.short_semi_axis = 2.0 * std::sqrt(std::max(middle - spread, 0.0));
  ellipse.angle_rad = 0.5 * std::atan2(2.0 * mixed, across - down);
  if (ellipse.short_semi_axis == 0.0) return std::nullopt;
  return ellipse;
}

double ellipsePerimeter(double semi_axis, double other_semi_axis) {
  const double sum = semi_axis + other_semi_axis;
  const double h = std::pow((semi_axis - other_semi_axis) / sum, 2);
  return std::numbers::pi * sum * (1.0 + 3.0 * h / (10.0 + std::sqrt(4.0 - 3.0 * h)));
}

}  // namespace sonotwin::segment
