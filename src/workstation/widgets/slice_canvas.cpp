// SPDX-License-Identifier: Apache-2.0
#include "widgets/slice_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include "theme/tokens.h"

namespace sonotwin::workstation {

SliceCanvas::SliceCanvas(Slices& slices, int slice, QWidget* parent)
    : ImageCanvas(parent), slices_(slices), slice_(slice) {
  keepTopFree();
  connect(&slices, &Slices::changed, this, &SliceCanvas::takeSlice);
  takeSlice();
}

void SliceCanvas::takeSlice() {
  setAccessibleName(slices_.name(slice_));
  setCorners({slices_.name(slice_), {}, {}, {}});
  setPicture(slices_.picture(slice_), std::array{slices_.pixel_mm(), slices_.pixel_mm()});
}

void SliceCanvas::mousePressEvent(QMouseEvent* event) {
  ImageCanvas::mousePressEvent(event);
  if (event->button() == Qt::LeftButton)
    slices_.pointAt(slice_, view().toPicture(event->position()));
}

void SliceCanvas::mouseMoveEvent(QMouseEvent* event) {
  ImageCanvas::mouseMoveEvent(event);
  if (event->buttons() & Qt::LeftButton) {
    slices_.pointAt(slice_, view().toPicture(event->position()));
  }
}

void SliceCanvas::wheelEvent(QWheelEvent* event) {
  if (event->modifiers() & Qt::ControlModifier) {
    slices_.step(slice_, event->angleDelta().y() > 0 ? 1 : -1);
    event->accept();
  } else {
    ImageCanvas::wheelEvent(event);
  }
}

void SliceCanvas::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown) {
    slices_.step(slice_, event->key() == Qt::Key_PageUp ? 1 : -1);
  } else {
    ImageCanvas::keyPressEvent(event);
  }
}

void SliceCanvas::paintTools(QPainter& painter) {
  const QPointF cross = view().toWidget(slices_.cross(slice_));
  const QRectF picture = view().pictureRect();
  QColor level = tokens::colour(tokens::kLook), upright = tokens::colour(tokens::kAccent);
  level.setAlpha(130);
  upright.setAlpha(130);
  painter.setPen(QPen(level, 1));
  painter.drawLine(QPointF(picture.left(), cross.y()), QPointF(picture.right(), cross.y()));
  painter.setPen(QPen(upright, 1));
  painter.drawLine(QPointF(cross.x(), picture.top()), QPointF(cross.x(), picture.bottom()));
}

}  // namespace sonotwin::workstation
