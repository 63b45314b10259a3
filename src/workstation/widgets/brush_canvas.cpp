// SPDX-License-Identifier: Apache-2.0
#include "widgets/brush_canvas.h"

#include <QMouseEvent>
#include <QPainter>

#include "theme/tokens.h"

namespace sonotwin::workstation {

BrushCanvas::BrushCanvas(Annotation& annotation, QWidget* parent)
    : ImageCanvas(parent), annotation_(annotation) {
  setCursor(Qt::CrossCursor);
  connect(&annotation, &Annotation::settingsChanged, this, qOverload<>(&QWidget::update));
}

void BrushCanvas::mousePressEvent(QMouseEvent* event) {
  ImageCanvas::mousePressEvent(event);
  if (event->button() == Qt::LeftButton) {
    annotation_.beginStroke(view().toPicture(event->position()));
  }
}

void BrushCanvas::mouseMoveEvent(QMouseEvent* event) {
  ImageCanvas::mouseMoveEvent(event);
  pointer_ = event->position();
  annotation_.moveStroke(view().toPicture(event->position()));
  update();
}

void BrushCanvas::mouseReleaseEvent(QMouseEvent* event) {
  ImageCanvas::mouseReleaseEvent(event);
  if (event->button() == Qt::LeftButton) annotation_.endStroke();
}

void BrushCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  mousePressEvent(event);  // two quick dabs are two strokes here; 0 fits
}

void BrushCanvas::leaveEvent(QEvent*) {
  pointer_.reset();
  update();
}

void BrushCanvas::paintTools(QPainter& painter) {
  if (!pointer_) return;
  const double radius = annotation_.size_px() / 2.0 * view().scale();
  painter.setBrush(Qt::NoBrush);
  for (const auto& [colour, width] :
       {std::pair(QColor(0, 0, 0, 150), 3.0), std::pair(tokens::colour(tokens::kText), 1.25)}) {
    painter.setPen(
        QPen(colour, width, annotation_.tool() == Tool::kBrush ? Qt::SolidLine : Qt::DashLine));
    painter.drawEllipse(*pointer_, radius, radius * view().aspect());
  }
}

}  // namespace sonotwin::workstation
