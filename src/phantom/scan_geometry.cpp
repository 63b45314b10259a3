// SPDX-License-Identifier: Apache-2.0
#include "scan_geometry.h"

#include <algorithm>
#include <cmath>

#include "sonotwin/base/error.h"

namespace sonotwin::phantom {
namespace {
constexpr double kSamplePitch_mm = 0.15;
constexpr double kBeamPitch_mm = 0.2;  // at the face of a curved array
constexpr double kLinearBeamPitch_mm = 0.3;
constexpr double kBorder_px = 1.0;  // black pixels kept around the fan
constexpr double kLargestHalfAngle_rad = 0.6;

/// Widest half angle of a fan that fits the picture: the fan's depth depends on it through the
/// sagitta of the face, hence the iteration.
double fittingHalfAngle(double half_width_mm, double height_mm) {
  double angle_rad = 0.3;
  for (int i = 0; i < 50; ++i) {
    const double end_mm = height_mm + kFaceRadius_mm * std::cos(angle_rad);
    angle_rad = std::asin(std::min(half_width_mm / end_mm, std::sin(kLargestHalfAngle_rad)));
  }
  return angle_rad;
}

void validate(const ScanOptions& options) {
  const double pixel_mm = options.pixel_mm;
  const bool sized = options.rows >= 32 && options.cols >= 32 && options.rows <= 4096 &&
                     options.cols <= 4096 && std::isfinite(pixel_mm) && pixel_mm > 0.0;
  if (!sized || std::min(options.rows, options.cols) * pixel_mm < 20.0 ||
      std::max(options.rows, options.cols) * pixel_mm > 400.0) {
    throwBadInput("A simulated picture needs 32 to 4096 rows and columns and 20 to 400 mm a side.");
  }
}

void setCurved(ScanGeometry& g, double half_width_mm, double height_mm) {
  const double angle_rad = fittingHalfAngle(half_width_mm, height_mm);
  const double sagitta_mm = kFaceRadius_mm * (1.0 - std::cos(angle_rad));
  const double px = 1.0 / g.pixels.spacing_mm;
  g.depth_mm = height_mm - sagitta_mm;
  g.beams.face_radius_mm = kFaceRadius_mm;
  g.beams.half_width = angle_rad;
  g.pixels.face_row = kBorder_px + sagitta_mm * px;
  g.beams.beam_count =
      static_cast<std::size_t>(std::ceil(2.0 * angle_rad * kFaceRadius_mm / kBeamPitch_mm)) + 1;
  g.sector.fan = media::Fan{.apex_x_px = g.pixels.face_col,
                            .apex_y_px = g.pixels.face_row - kFaceRadius_mm * px,
                            .start_radius_px = kFaceRadius_mm * px,
                            .end_radius_px = (kFaceRadius_mm + g.depth_mm) * px,
                            .left_rad = -angle_rad,
                            .right_rad = angle_rad};
}

void setLinear(ScanGeometry& g, double half_width_mm, double height_mm) {
  g.depth_mm = height_mm;
  g.beams.half_width = half_width_mm;
  g.pixels.face_row = kBorder_px;
  g.beams.beam_count =
      static_cast<std::size_t>(std::ceil(2.0 * half_width_mm / kLinearBeamPitch_mm)) + 1;
  const int border = static_cast<int>(kBorder_px);
  g.sector.rectangle =
      media::PixelRectangle{border, border, static_cast<int>(g.pixels.cols) - border,
                            static_cast<int>(g.pixels.rows) - border};
}
}  // namespace

bool ScanGeometry::contains(double x_mm, double y_mm, double margin_mm) const {
  const double range_mm = beams.face_radius_mm > 0.0
                              ? std::hypot(x_mm, y_mm + beams.face_radius_mm) - beams.face_radius_mm
                              : y_mm;
  const double half_width_mm = beams.face_radius_mm > 0.0
                                   ? (y_mm + beams.face_radius_mm) * std::tan(beams.half_width)
                                   : beams.half_width;
  return range_mm >= margin_mm && range_mm <= depth_mm - margin_mm &&
         std::abs(x_mm) <= half_width_mm - margin_mm;
}

ScanGeometry scanGeometry(const ScanOptions& options) {
  validate(options);
  ScanGeometry g;
  g.pixels = {.rows = static_cast<std::size_t>(options.rows),
              .cols = static_cast<std::size_t>(options.cols),
              .spacing_mm = options.pixel_mm,
              .face_col = 0.5 * (options.cols - 1)};
  const double half_width_mm = (g.pixels.face_col - kBorder_px) * options.pixel_mm;
  const double height_mm = (options.rows - 1 - 2.0 * kBorder_px) * options.pixel_mm;
  options.curvilinear ? setCurved(g, half_width_mm, height_mm)
                      : setLinear(g, half_width_mm, height_mm);
  g.beams.sample_pitch_mm = kSamplePitch_mm;
  g.beams.sample_count = static_cast<std::size_t>(std::ceil(g.depth_mm / kSamplePitch_mm)) + 1;

  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity() * options.pixel_mm;
  matrix(3, 3) = 1.0;
  matrix(0, 3) = -g.pixels.face_col * options.pixel_mm;
  matrix(1, 3) = -g.pixels.face_row * options.pixel_mm;
  g.plane_from_image = PlaneFromImage(matrix);
  g.inside.reserve(g.pixels.rows * g.pixels.cols);
  for (int row = 0; row < options.rows; ++row) {
    for (int col = 0; col < options.cols; ++col) g.inside.push_back(g.sector.contains(col, row));
  }
  return g;
}

}  // namespace sonotwin::phantom
