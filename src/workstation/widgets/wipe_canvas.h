// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/image_canvas.h"

namespace sonotwin::workstation {

/// A canvas that compares two pictures of one frame: left of a divider the original, right of it
/// the enhanced one. The divider is dragged, and stays in sight however far the picture is zoomed.
class WipeCanvas : public ImageCanvas {
  Q_OBJECT

 public:
  using ImageCanvas::ImageCanvas;

  /// Null: nothing to compare with.
  void setOriginal(const Picture& original);
  void setWindow(const Window& window) override;
  void setWiped(bool wiped);
  /// Two pictures are in sight.
  [[nodiscard]] bool comparing() const { return wiped_ && !original_image_.isNull(); }
  /// Moves the divider by a share of the seen picture's width.
  void moveDivider(double by);
  /// Where the divider stands, in whole widget points: everything left of it is the original.
  [[nodiscard]] int dividerX() const;

 protected:
  void paintPicture(QPainter& painter) const override;
  void paintTools(QPainter& painter) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

  /// Something else takes a press there, even on the divider.
  [[nodiscard]] virtual bool takesPress(QPointF) const { return false; }
  [[nodiscard]] bool dividing() const { return dividing_; }

 private:
  /// @param ends_there  `at` is the label's upper right corner, not its upper left one
  void paintLabel(QPainter& painter, QPointF at, const QString& text, bool ends_there) const;
  [[nodiscard]] QRectF seenPicture() const;
  [[nodiscard]] bool onDivider(QPointF widget_point) const;
  void setPart(double part);

  Picture original_;
  QImage original_image_;
  bool wiped_ = false;
  bool dividing_ = false;
  double part_ = 0.5;  ///< of the seen picture's width that is the original
};

}  // namespace sonotwin::workstation
