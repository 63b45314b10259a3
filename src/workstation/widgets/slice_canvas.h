// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "presenters/slices.h"
#include "widgets/image_canvas.h"

namespace sonotwin::workstation {

/// One of three linked slices: a click or drag puts the point, the wheel with Ctrl (and Page up and
/// down) moves through the slices.
class SliceCanvas : public ImageCanvas {
  Q_OBJECT

 public:
  SliceCanvas(Slices& slices, int slice, QWidget* parent = nullptr);

 protected:
  void paintTools(QPainter& painter) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void takeSlice();

  Slices& slices_;
  int slice_;
};

}  // namespace sonotwin::workstation
