// SPDX-License-Identifier: Apache-2.0
#include "soft_mask.h"

#include <algorithm>
#include <cmath>

#include "separable.h"

namespace sonotwin::reconstruct {
namespace {
/// Pixels [x0, x1) x [y0, y1), which may reach beyond the picture.
struct Region {
  int x0, y0, x1, y1;
  [[nodiscard]] int width() const { return x1 - x0; }
  [[nodiscard]] int height() const { return y1 - y0; }
};

using Membership = std::array<bool, 256>;

Region around(const media::FrameMask& mask, const Membership& inside) {
  Region region{mask.cols, mask.rows, 0, 0};
  for (int row = 0; row < mask.rows; ++row) {
    for (int col = 0; col < mask.cols; ++col) {
      if (!inside[mask.labels[static_cast<std::size_t>(row * mask.cols + col)]]) continue;
      region = {std::min(region.x0, col), std::min(region.y0, row), std::max(region.x1, col + 1),
                std::max(region.y1, row + 1)};
    }
  }
  return region;
}

bool isInside(const media::FrameMask& mask, const Membership& inside, int col, int row) {
  return col >= 0 && row >= 0 && col < mask.cols && row < mask.rows &&
         inside[mask.labels[static_cast<std::size_t>(row * mask.cols + col)]];
}
/// Distances of a region's pixels to the nearest one inside, and to the nearest one outside.
struct Distances {
  FloatGrid to_inside;
  FloatGrid to_outside;
};

Distances distances(const media::FrameMask& mask, const Membership& inside, const Region& region,
                    const std::array<double, 2>& pixel_mm, double reach_mm) {
  const FloatGrid zero({region.width(), region.height(), 1});
  Distances result{zero, zero};
  for (int row = region.y0; row < region.y1; ++row) {
    for (int col = region.x0; col < region.x1; ++col) {
      const std::size_t at = zero.index(col - region.x0, row - region.y0, 0);
      FloatGrid& other = isInside(mask, inside, col, row) ? result.to_outside : result.to_inside;
      other.values[at] = kFarAway_mm2;
    }
  }
  const std::array spacing_mm = {pixel_mm[0], pixel_mm[1], 1.0};
  spreadDistance(result.to_inside, spacing_mm, reach_mm, 1);
  spreadDistance(result.to_outside, spacing_mm, reach_mm, 1);
  return result;
}
}  // namespace

media::Image softMask(const media::FrameMask& mask, const std::function<bool(int label)>& inside,
                      const std::array<double, 2>& pixel_mm, double reach_mm) {
  media::Image image(mask.rows, mask.cols);
  Membership member{};
  for (int label = 0; label < 256; ++label) member[static_cast<std::size_t>(label)] = inside(label);
  Region region = around(mask, member);
  if (region.width() <= 0) return image;
  // A distance is measured between pixel centres; the outline lies half a pixel short of it.
  const double half_mm = 0.25 * (pixel_mm[0] + pixel_mm[1]);
  const int room_x = static_cast<int>(std::ceil((reach_mm + half_mm) / pixel_mm[0])) + 1;
  const int room_y = static_cast<int>(std::ceil((reach_mm + half_mm) / pixel_mm[1])) + 1;
  region = {region.x0 - room_x, region.y0 - room_y, region.x1 + room_x, region.y1 + room_y};
  const Distances field = distances(mask, member, region, pixel_mm, reach_mm + half_mm);

  const auto samples = image.samples<std::uint8_t>();
  for (int row = std::max(region.y0, 0); row < std::min(region.y1, mask.rows); ++row) {
    for (int col = std::max(region.x0, 0); col < std::min(region.x1, mask.cols); ++col) {
      const std::size_t at = field.to_inside.index(col - region.x0, row - region.y0, 0);
      const double outside_mm = std::sqrt(static_cast<double>(field.to_inside.values[at]));
      const double inside_mm = std::sqrt(static_cast<double>(field.to_outside.values[at]));
      const double depth_mm = inside_mm > 0.0 ? inside_mm - half_mm : half_mm - outside_mm;
      const double level = 127.5 + 127.5 * std::clamp(depth_mm / reach_mm, -1.0, 1.0);
      samples[static_cast<std::size_t>(row * mask.cols + col)] =
          static_cast<std::uint8_t>(std::lround(level));
    }
  }
  return image;
}

}  // namespace sonotwin::reconstruct
