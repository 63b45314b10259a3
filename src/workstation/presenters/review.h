// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "presenters/calipers.h"
#include "presenters/clip_player.h"
#include "presenters/picture.h"

namespace sonotwin::workstation {

/// An area of the shown frame's mask, in words.
struct LabelArea {
  int label = 0;
  QString name;
  QString area;  ///< "24.1 cm²", or pixels where the clip is not calibrated
};

/// What Review shows beside the frame itself: window, overlay, distances and the corner texts.
class Review : public QObject {
  Q_OBJECT

 public:
  explicit Review(ClipPlayer& player, QObject* parent = nullptr);

  [[nodiscard]] const Window& window() const { return window_; }
  void setWindow(const Window& window);
  [[nodiscard]] bool overlayShown() const { return overlay_shown_; }
  void showOverlay(bool shown);
  [[nodiscard]] double overlayOpacity() const { return overlay_opacity_; }
  void setOverlayOpacity(double opacity);

  /// Original and enhanced side by side.
  [[nodiscard]] bool comparing() const { return comparing_; }
  void compare(bool comparing);

  [[nodiscard]] Calipers& calipers() { return calipers_; }
  /// Pixel size of the clip, where it is known.
  [[nodiscard]] std::optional<std::array<double, 2>> spacing_mm() const;
  [[nodiscard]] std::vector<LabelArea> areas() const;

  /// "18 ms a frame", and that playing skips some where the clip is faster; empty as stored.
  [[nodiscard]] QString enhanceTime() const;
  [[nodiscard]] QString topLeft() const;
  [[nodiscard]] QString topRight() const;
  [[nodiscard]] QString bottomLeft() const;
  [[nodiscard]] QString bottomRight() const;

 Q_SIGNALS:
  /// Window, overlay or texts are other ones now.
  void changed();

 private:
  void keepCalipers();

  ClipPlayer& player_;
  Window window_;
  bool overlay_shown_ = true;
  double overlay_opacity_ = 0.3;
  bool comparing_ = false;
  Calipers calipers_;
  std::string calipers_clip_;
  std::map<std::string, std::vector<Caliper>> kept_calipers_;  ///< of each clip seen
};

}  // namespace sonotwin::workstation
