// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "presenters/box_editor.h"
#include "widgets/image_canvas.h"

namespace sonotwin::workstation {

/// A canvas on which boxes are drawn, moved and resized by the left button. Those where text was
/// found have whole outlines, a person's dashed ones; the selected one has handles and its
/// number. With Shift a drag draws a box whatever lies under the pointer.
class BoxCanvas : public ImageCanvas {
  Q_OBJECT

 public:
  /// @param found  whether a box is one of those where text was found
  BoxCanvas(BoxEditor& boxes, std::function<bool(const media::PixelRectangle&)> found,
            QWidget* parent = nullptr);

  /// The picture as it will be in the store: the boxes black, without outlines.
  void setBlanked(bool blanked);
  [[nodiscard]] bool blanked() const { return blanked_; }
  /// Where a box lies in the widget.
  [[nodiscard]] QRectF placeOf(const media::PixelRectangle& box) const;

 protected:
  void paintTools(QPainter& painter) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;

 private:
  [[nodiscard]] QSizeF reach() const;
  void updateCursor(QPointF widget_point, bool draw);
  void paintBox(QPainter& painter, int index) const;
  void paintSelected(QPainter& painter, int index) const;

  BoxEditor& boxes_;
  std::function<bool(const media::PixelRectangle&)> found_;
  bool blanked_ = false;
};

}  // namespace sonotwin::workstation
