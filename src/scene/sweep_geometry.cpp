// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/scene/sweep_geometry.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sonotwin::scene {
namespace {
constexpr int kArcSteps = 32;
constexpr double kStillMm = 1.0;  // less than this across the depth is no sweep

using Outline = std::vector<Eigen::Vector2d>;

Outline fanOutline(const media::Fan& fan) {
  Outline outline;
  const auto arc = [&](double radius, double from, double to) {
    for (int step = 0; step <= kArcSteps; ++step) {
      const double angle = from + (to - from) * step / kArcSteps;
      outline.emplace_back(fan.apex_x_px + radius * std::sin(angle),
                           fan.apex_y_px + radius * std::cos(angle) / fan.rows_per_col);
    }
  };
  arc(fan.start_radius_px, fan.left_rad, fan.right_rad);
  arc(fan.end_radius_px, fan.right_rad, fan.left_rad);
  return outline;
}

Outline rectangleOutline(double x0, double y0, double x1, double y1) {
  return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

/// Keeps the part of a polygon where `normal . point <= limit` (Sutherland and Hodgman).
Outline clipped(const Outline& outline, const Eigen::Vector2d& normal, double limit) {
  Outline kept;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const Eigen::Vector2d& a = outline[i];
    const Eigen::Vector2d& b = outline[(i + 1) % outline.size()];
    const double over_a = normal.dot(a) - limit;
    const double over_b = normal.dot(b) - limit;
    if (over_a <= 0.0) kept.push_back(a);
    if ((over_a < 0.0 && over_b > 0.0) || (over_a > 0.0 && over_b < 0.0)) {
      kept.emplace_back(a + (b - a) * over_a / (over_a - over_b));
    }
  }
  return kept;
}

Eigen::Vector3d perpendicularPart(const Eigen::Vector3d& vector, const Eigen::Vector3d& unit) {
  return vector - vector.dot(unit) * unit;
}
}  // namespace

std::vector<media::WorldFromImage> placedPoses(const media::Clip& clip) {
  std::vector<media::WorldFromImage> poses;
  for (int index = 0; index < static_cast<int>(clip.frames.size()); ++index) {
    if (const auto pose = clip.worldFromImage(index)) poses.push_back(*pose);
  }
  return poses;
}

std::vector<Eigen::Vector2d> sectorOutline(const media::ScanSector& sector, int rows, int cols) {
  double x0 = -0.5, y0 = -0.5, x1 = cols - 0.5, y1 = rows - 0.5;
  if (sector.rectangle) {
    x0 = std::max(x0, sector.rectangle->x0 - 0.5);
    y0 = std::max(y0, sector.rectangle->y0 - 0.5);
    x1 = std::min(x1, sector.rectangle->x1 - 0.5);
    y1 = std::min(y1, sector.rectangle->y1 - 0.5);
  }
  if (x0 >= x1 || y0 >= y1) return {};
  Outline outline = sector.fan ? fanOutline(*sector.fan) : rectangleOutline(x0, y0, x1, y1);
  outline = clipped(outline, {-1.0, 0.0}, -x0);
  outline = clipped(outline, {1.0, 0.0}, x1);
  outline = clipped(outline, {0.0, -1.0}, -y0);
  return clipped(outline, {0.0, 1.0}, y1);
}

Eigen::Vector2d probeFace(const media::ScanSector& sector, int cols) {
  if (sector.fan) {
    const media::Fan& fan = *sector.fan;
    return {fan.apex_x_px, fan.apex_y_px + fan.start_radius_px / fan.rows_per_col};
  }
  if (sector.rectangle) {
    return {(sector.rectangle->x0 + sector.rectangle->x1 - 1) / 2.0,
            static_cast<double>(sector.rectangle->y0)};
  }
  return {(cols - 1) / 2.0, 0.0};
}

std::optional<SweepAxes> sweepAxes(const media::Clip& clip) {
  const std::vector<media::WorldFromImage> poses = placedPoses(clip);
  if (poses.empty()) return std::nullopt;
  const Outline outline = sectorOutline(clip.info.sector, clip.info.rows, clip.info.cols);
  Eigen::Vector2d centre_px((clip.info.cols - 1) / 2.0, (clip.info.rows - 1) / 2.0);
  if (!outline.empty()) {
    Eigen::AlignedBox2d box;
    for (const Eigen::Vector2d& point : outline) box.extend(point);
    centre_px = box.center();
  }
  SweepAxes axes;
  axes.centre_mm = axes.depth = Eigen::Vector3d::Zero();
  Eigen::Vector3d right = Eigen::Vector3d::Zero();
  for (const media::WorldFromImage& pose : poses) {
    axes.centre_mm += pose({centre_px.x(), centre_px.y(), 0.0}) / static_cast<double>(poses.size());
    axes.depth += pose.linear().col(1).normalized();
    right += pose.linear().col(0).normalized();
  }
  axes.depth = axes.depth.normalized();
  right = perpendicularPart(right, axes.depth).normalized();
  const Eigen::Vector2d face = probeFace(clip.info.sector, clip.info.cols);
  const Eigen::Vector3d face_px(face.x(), face.y(), 0.0);
  const Eigen::Vector3d way =
      perpendicularPart(poses.back()(face_px) - poses.front()(face_px), axes.depth);
  axes.along = way.norm() > kStillMm ? way.normalized() : right.cross(axes.depth).normalized();
  axes.across = axes.depth.cross(axes.along);
  if (axes.across.dot(right) < 0.0) axes.across = -axes.across;
  return axes;
}

std::optional<int> nearestFrame(const media::Clip& clip, const Eigen::Vector3d& world_mm) {
  std::optional<int> nearest;
  double least_mm = std::numeric_limits<double>::infinity();
  for (int index = 0; index < static_cast<int>(clip.frames.size()); ++index) {
    const auto pose = clip.worldFromImage(index);
    if (!pose) continue;
    Eigen::Matrix3d basis = pose->linear();
    basis.col(2) = basis.col(0).cross(basis.col(1)).normalized();
    const Eigen::Vector3d foot = basis.inverse() * (world_mm - pose->translation());
    const bool in_image = foot.x() >= -0.5 && foot.y() >= -0.5 &&
                          foot.x() <= clip.info.cols - 0.5 && foot.y() <= clip.info.rows - 0.5;
    if (!in_image || !clip.info.sector.contains(foot.x(), foot.y())) continue;
    if (std::abs(foot.z()) < least_mm) {
      least_mm = std::abs(foot.z());
      nearest = index;
    }
  }
  return nearest;
}

}  // namespace sonotwin::scene
