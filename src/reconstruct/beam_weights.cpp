// SPDX-License-Identifier: Apache-2.0
#include "beam_weights.h"

#include <algorithm>
#include <cmath>

#include "sonotwin/base/error.h"
#include "splat_arithmetic.h"

namespace sonotwin::reconstruct {
namespace {
/// Depths of pixels below the probe.
class Depths {
 public:
  Depths(const media::ScanSector& sector, int rows, const std::array<double, 2>& pixel_mm)
      : fan_(sector.fan), pixel_mm_(pixel_mm) {
    if (sector.rectangle) top_ = sector.rectangle->y0, rows = sector.rectangle->y1;
    deepest_mm_ = fan_ ? (fan_->end_radius_px - fan_->start_radius_px) * pixel_mm[0]
                       : (rows - top_) * pixel_mm[1];
  }

  [[nodiscard]] double at_mm(int col, int row) const {
    if (!fan_) return (row - top_) * pixel_mm_[1];
    const double below_apex_px = (row - fan_->apex_y_px) * fan_->rows_per_col;
    return (std::hypot(col - fan_->apex_x_px, below_apex_px) - fan_->start_radius_px) *
           pixel_mm_[0];
  }
  [[nodiscard]] double deepest_mm() const { return deepest_mm_; }

 private:
  std::optional<media::Fan> fan_;
  std::array<double, 2> pixel_mm_;
  int top_ = 0;
  double deepest_mm_ = 0.0;
};
}  // namespace

std::vector<std::uint8_t> beamWeights(const media::ScanSector& sector, int rows, int cols,
                                      const std::array<double, 2>& pixel_mm,
                                      const BeamShape& beam) {
  if (!(beam.focal_zone_mm > 0.0) || !(beam.focus_mm >= 0.0)) {
    throwBadInput("The focal zone must be longer than 0 mm, and the focus not above the probe.");
  }
  const Depths depths(sector, rows, pixel_mm);
  const double focus_mm = beam.focus_mm > 0.0 ? beam.focus_mm : depths.deepest_mm() / 2.0;
  std::vector<std::uint8_t> weights;
  weights.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      const double zones = (depths.at_mm(col, row) - focus_mm) / (beam.focal_zone_mm / 2.0);
      const long weight = std::lround(kFullPixelWeight / (1.0 + zones * zones));
      weights.push_back(static_cast<std::uint8_t>(std::max(1L, weight)));
    }
  }
  return weights;
}

}  // namespace sonotwin::reconstruct
