// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QPointF>
#include <QString>
#include <array>
#include <memory>
#include <optional>

#include "presenters/frame_loader.h"
#include "sonotwin/media/volume.h"
#include "sonotwin/scene/slices.h"
#include "sonotwin/scene/sweep_geometry.h"

namespace sonotwin::workstation {

/// Three planes of a volume through one point, perpendicular to each other and turned as the sweep
/// was, so that the first looks like the frames themselves.
class Slices : public QObject {
  Q_OBJECT

 public:
  static constexpr int kCount = 3;

  using QObject::QObject;
  /// Null volume: nothing to show. Without axes the planes follow those of the world.
  void setVolume(std::shared_ptr<const media::Volume> volume,
                 const std::optional<scene::SweepAxes>& axes);
  [[nodiscard]] bool empty() const { return volume_ == nullptr; }

  [[nodiscard]] QString name(int slice) const;
  [[nodiscard]] Picture picture(int slice) const { return pictures_[std::size_t(slice)]; }
  [[nodiscard]] double pixel_mm() const { return pixel_mm_; }
  /// Where the point lies in a slice, in its pixels.
  [[nodiscard]] QPointF cross(int slice) const;
  [[nodiscard]] const Eigen::Vector3d& point_mm() const { return point_mm_; }

  void setPoint(const Eigen::Vector3d& world_mm);
  /// Moves the point to a pixel of a slice.
  void pointAt(int slice, QPointF pixel);
  /// Moves the point so many pixels through a slice.
  void step(int slice, int pixels);

 Q_SIGNALS:
  void changed();

 private:
  void cut();

  std::shared_ptr<const media::Volume> volume_;
  bool follows_sweep_ = false;
  std::array<Eigen::Vector3d, 3> axes_;  ///< across, along, depth
  Eigen::Vector3d point_mm_ = Eigen::Vector3d::Zero();
  double pixel_mm_ = 1.0;
  std::array<scene::SlicePlane, kCount> planes_;
  std::array<Picture, kCount> pictures_;
};

}  // namespace sonotwin::workstation
