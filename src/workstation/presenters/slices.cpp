// SPDX-License-Identifier: Apache-2.0
#include "presenters/slices.h"

#include <utility>

namespace sonotwin::workstation {
namespace {
/// Axes of columns, rows and the way through each slice: 0 across, 1 along, 2 depth.
constexpr std::array<std::array<int, 3>, Slices::kCount> kDirections = {
    {{0, 2, 1}, {1, 2, 0}, {1, 0, 2}}};

Eigen::Vector3d centre(const media::Volume& volume) {
  return volume.world_from_voxel(Eigen::Vector3d(
      (volume.dims[0] - 1) / 2.0, (volume.dims[1] - 1) / 2.0, (volume.dims[2] - 1) / 2.0));
}

bool inside(const media::Volume& volume, const Eigen::Vector3d& world_mm) {
  const Eigen::Vector3d voxel = volume.world_from_voxel.inverse()(world_mm);
  const Eigen::Vector3d last(volume.dims[0] - 1, volume.dims[1] - 1, volume.dims[2] - 1);
  return (voxel.array() >= -0.5).all() && (voxel.array() <= last.array() + 0.5).all();
}
}  // namespace

void Slices::setVolume(std::shared_ptr<const media::Volume> volume,
                       const std::optional<scene::SweepAxes>& axes) {
  volume_ = std::move(volume);
  follows_sweep_ = axes.has_value();
  axes_ = axes ? std::array{axes->across, axes->along, axes->depth}
               : std::array<Eigen::Vector3d, 3>{Eigen::Vector3d::UnitX(), Eigen::Vector3d::UnitY(),
                                                Eigen::Vector3d::UnitZ()};
  pictures_ = {};
  if (volume_) {
    point_mm_ = centre(*volume_);
    pixel_mm_ = volume_->spacing_mm().minCoeff();
    cut();
  }
  Q_EMIT changed();
}

QString Slices::name(int slice) const {
  static const std::array<QString, kCount> kSweep = {QStringLiteral("Across the sweep"),
                                                     QStringLiteral("Along the sweep"),
                                                     QStringLiteral("Depth")};
  static const std::array<QString, kCount> kWorld = {
      QStringLiteral("Plane x–z"), QStringLiteral("Plane y–z"), QStringLiteral("Plane x–y")};
  return (follows_sweep_ ? kSweep : kWorld)[static_cast<std::size_t>(slice)];
}

QPointF Slices::cross(int slice) const {
  const Eigen::Vector2d pixel = planes_[static_cast<std::size_t>(slice)].toPixel(point_mm_);
  return {pixel.x(), pixel.y()};
}

void Slices::setPoint(const Eigen::Vector3d& world_mm) {
  if (!volume_ || !inside(*volume_, world_mm)) return;
  point_mm_ = world_mm;
  cut();
  Q_EMIT changed();
}

void Slices::pointAt(int slice, QPointF pixel) {
  if (volume_) setPoint(planes_[static_cast<std::size_t>(slice)].toWorld(pixel.x(), pixel.y()));
}

void Slices::step(int slice, int pixels) {
  const int through = kDirections[static_cast<std::size_t>(slice)][2];
  setPoint(point_mm_ + pixels * pixel_mm_ * axes_[static_cast<std::size_t>(through)]);
}

void Slices::cut() {
  for (std::size_t i = 0; i < kCount; ++i) {
    const auto& [cols, rows, through] = kDirections[i];
    planes_[i] = scene::planeThrough(*volume_, point_mm_, axes_[std::size_t(cols)],
                                     axes_[std::size_t(rows)], pixel_mm_);
    pictures_[i] = std::make_shared<const media::Image>(scene::sliceImage(*volume_, planes_[i]));
  }
}

}  // namespace sonotwin::workstation
