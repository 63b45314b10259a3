// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/clip.h"

#include <algorithm>
#include <cmath>

#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
constexpr int kCentimetres = 3;  // PS3.3 C.8.5.5.1.15

bool inside(const Fan& fan, double col, double row) {
  const double x = col - fan.apex_x_px;
  const double y = (row - fan.apex_y_px) * fan.rows_per_col;
  const double radius = std::hypot(x, y);
  const double angle = std::atan2(x, y);
  return radius >= fan.start_radius_px && radius <= fan.end_radius_px && angle >= fan.left_rad &&
         angle <= fan.right_rad;
}
}  // namespace

bool ScanSector::contains(double col, double row) const {
  if (rectangle && (col < rectangle->x0 || col >= rectangle->x1 || row < rectangle->y0 ||
                    row >= rectangle->y1)) {
    return false;
  }
  return !fan || inside(*fan, col, row);
}

std::optional<std::array<double, 2>> UltrasoundRegion::spacing_mm() const {
  const bool metric = units_x == kCentimetres && units_y == kCentimetres;
  if (!metric || delta_x == 0.0 || delta_y == 0.0) return std::nullopt;
  return std::array{std::abs(delta_x) * 10.0, std::abs(delta_y) * 10.0};
}

Image MemoryFrames::frame(int index) const {
  if (index < 0 || index >= static_cast<int>(frames_.size())) {
    throwNotFound("The clip has no frame " + std::to_string(index) + ".");
  }
  return frames_[static_cast<std::size_t>(index)];
}

std::optional<WorldFromImage> Clip::worldFromImage(int index) const {
  const FrameInfo& frame = frames.at(static_cast<std::size_t>(index));
  if (frame.pose_status != PoseStatus::kValid || !info.probe_from_image) return std::nullopt;
  return frame.world_from_probe * *info.probe_from_image;
}

int Clip::placedFrameCount() const {
  if (!info.probe_from_image) return 0;
  return static_cast<int>(std::ranges::count(frames, PoseStatus::kValid, &FrameInfo::pose_status));
}

}  // namespace sonotwin::media
