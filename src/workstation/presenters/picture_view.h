// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <QTransform>

namespace sonotwin::workstation {

/// Where a picture lies in a widget: zoom and place, kept so that the picture cannot be lost.
/// Picture coordinates are pixels with centres at integers; a pixel may be taller than wide.
class PictureView {
 public:
  /// @param aspect  height of a pixel over its width
  void setPicture(QSizeF size_px, double aspect);
  /// Keeps a fitted picture fitted, else the middle of the view in its place.
  void setWidget(QSizeF size);
  /// Widget points above a fitted picture that are kept for a title, and below it for the border.
  void setRoom(double above, double below);

  void fit();
  /// Scales about a point of the widget, which keeps its place in the picture.
  void zoomAt(QPointF widget_point, double factor);
  void pan(QPointF widget_delta);

  [[nodiscard]] bool fitted() const { return fitted_; }
  /// Widget points a picture column.
  [[nodiscard]] double scale() const { return scale_; }
  [[nodiscard]] double aspect() const { return aspect_; }
  [[nodiscard]] QTransform widgetFromPicture() const;
  [[nodiscard]] QPointF toWidget(QPointF picture) const;
  [[nodiscard]] QPointF toPicture(QPointF widget) const;
  /// The whole picture's place in the widget.
  [[nodiscard]] QRectF pictureRect() const;

 private:
  [[nodiscard]] double fitScale() const;
  void keepInSight();

  QSizeF picture_;
  QSizeF widget_;
  double room_above_ = 0.0, room_below_ = 0.0;
  double aspect_ = 1.0;
  double scale_ = 1.0;
  QPointF origin_;  ///< widget point of the picture's upper left corner
  bool fitted_ = true;
};

}  // namespace sonotwin::workstation
