// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "presenters/session.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::workstation {

/// A surface with what the store knows of it.
struct ShownSurface {
  store::SurfaceRow row;
  std::shared_ptr<const media::Surface> surface;
  int label = 0;  ///< its value in the masks, else its place in the list
  std::array<std::uint8_t, 3> colour = {0, 0, 0};
  std::optional<double> voxels_ml;               ///< the label's volume by counting voxels
  std::array<double, 3> extents_mm = {0, 0, 0};  ///< along its principal axes, longest first
};

/// What was made of the selected clip in space: the newest surface of each label and the newest
/// B-mode volume. Read in the background once a workspace wants it.
class SpaceContent : public QObject {
  Q_OBJECT

 public:
  explicit SpaceContent(Session& session, QObject* parent = nullptr);

  /// Reads what the selected clip has, unless it is there or on its way.
  void want();
  [[nodiscard]] bool loading() const { return loading_; }
  [[nodiscard]] const std::vector<ShownSurface>& surfaces() const { return surfaces_; }
  /// Null where there is none.
  [[nodiscard]] const std::shared_ptr<const media::Volume>& volume() const { return volume_; }
  [[nodiscard]] const std::optional<store::VolumeRow>& volumeRow() const { return volume_row_; }

 Q_SIGNALS:
  /// Other things, or none while they are read.
  void changed();
  void failed(const QString& error);

 private:
  void forget();

  Session& session_;
  std::vector<ShownSurface> surfaces_;
  std::shared_ptr<const media::Volume> volume_;
  std::optional<store::VolumeRow> volume_row_;
  std::uint64_t generation_ = 0;
  bool loading_ = false;
  bool fresh_ = false;  ///< what is here is of the selected clip as it is now
};

}  // namespace sonotwin::workstation
