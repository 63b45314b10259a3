// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "presenters/annotation.h"
#include "widgets/image_canvas.h"

namespace sonotwin::workstation {

/// A canvas on which the left button draws with the annotation's tool; the circle is its true size.
class BrushCanvas : public ImageCanvas {
  Q_OBJECT

 public:
  BrushCanvas(Annotation& annotation, QWidget* parent = nullptr);

 protected:
  void paintTools(QPainter& painter) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  Annotation& annotation_;
  std::optional<QPointF> pointer_;
};

}  // namespace sonotwin::workstation
