// SPDX-License-Identifier: Apache-2.0
#include "widgets/box_canvas.h"

#include <QMouseEvent>
#include <QPainter>
#include <utility>

#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr double kReach = 7.0;          ///< widget points around an edge
constexpr double kHandle = 8.0;         ///< side of a handle
constexpr double kSmallestSide = 40.0;  ///< of a box with handles amid its edges
constexpr double kNumberHeight = 22.0;
constexpr int kFillAlpha = 46;

Qt::CursorShape cursorOf(const Hold& hold) {
  if (hold.box < 0) return Qt::CrossCursor;
  if (hold.x_side == 0 && hold.y_side == 0) return Qt::SizeAllCursor;
  if (hold.y_side == 0) return Qt::SizeHorCursor;
  if (hold.x_side == 0) return Qt::SizeVerCursor;
  return hold.x_side == hold.y_side ? Qt::SizeFDiagCursor : Qt::SizeBDiagCursor;
}
}  // namespace

BoxCanvas::BoxCanvas(BoxEditor& boxes, std::function<bool(const media::PixelRectangle&)> found,
                     QWidget* parent)
    : ImageCanvas(parent), boxes_(boxes), found_(std::move(found)) {
  // Ticks and titles would lie where machines burn names in.
  setScaleShown(false);
  setCursor(Qt::CrossCursor);
  connect(&boxes, &BoxEditor::changed, this, qOverload<>(&QWidget::update));
}

void BoxCanvas::setBlanked(bool blanked) {
  blanked_ = blanked;
  update();
}

QRectF BoxCanvas::placeOf(const media::PixelRectangle& box) const {
  return {view().toWidget({box.x0 - 0.5, box.y0 - 0.5}),
          view().toWidget({box.x1 - 0.5, box.y1 - 0.5})};
}

QSizeF BoxCanvas::reach() const {
  return {kReach / view().scale(), kReach / (view().scale() * view().aspect())};
}

void BoxCanvas::updateCursor(QPointF widget_point, bool draw) {
  setCursor(draw ? Qt::CrossCursor
                 : cursorOf(boxes_.holdAt(view().toPicture(widget_point), reach())));
}

void BoxCanvas::mousePressEvent(QMouseEvent* event) {
  ImageCanvas::mousePressEvent(event);
  if (event->button() != Qt::LeftButton || !hasPicture()) return;
  const bool draw = event->modifiers() & Qt::ShiftModifier;
  boxes_.beginDrag(view().toPicture(event->position()), reach(), draw);
  updateCursor(event->position(), draw);
}

void BoxCanvas::mouseMoveEvent(QMouseEvent* event) {
  ImageCanvas::mouseMoveEvent(event);
  if (boxes_.dragging()) {
    boxes_.moveDrag(view().toPicture(event->position()));
  } else {
    updateCursor(event->position(), event->modifiers() & Qt::ShiftModifier);
  }
}

void BoxCanvas::mouseReleaseEvent(QMouseEvent* event) {
  ImageCanvas::mouseReleaseEvent(event);
  if (event->button() != Qt::LeftButton) return;
  boxes_.endDrag();
  updateCursor(event->position(), event->modifiers() & Qt::ShiftModifier);
}

void BoxCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  mousePressEvent(event);  // two quick drags are two boxes here; 0 fits
}

void BoxCanvas::paintTools(QPainter& painter) {
  for (int i = 0; i < std::ssize(boxes_.all()); ++i) paintBox(painter, i);
  if (!blanked_ && boxes_.selected() >= 0) paintSelected(painter, boxes_.selected());
}

void BoxCanvas::paintBox(QPainter& painter, int index) const {
  const media::PixelRectangle& box = boxes_.all()[static_cast<std::size_t>(index)];
  const QRectF place = placeOf(box);
  if (blanked_) {
    painter.fillRect(place, Qt::black);
    return;
  }
  const bool found = found_(box);
  const QRgb colour = found ? tokens::kLook : tokens::kAccent;
  const double width = index == boxes_.selected() ? 2.5 : 1.5;
  QColor fill = tokens::colour(colour);
  fill.setAlpha(kFillAlpha);
  painter.setBrush(Qt::NoBrush);
  painter.fillRect(place, fill);
  painter.setPen(QPen(QColor(0, 0, 0, 160), width + 1.5));
  painter.drawRect(place);
  painter.setPen(QPen(tokens::colour(colour), width, found ? Qt::SolidLine : Qt::DashLine));
  painter.drawRect(place);
}

void BoxCanvas::paintSelected(QPainter& painter, int index) const {
  const QRectF place = placeOf(boxes_.all()[static_cast<std::size_t>(index)]);
  painter.setPen(QPen(QColor(0, 0, 0, 200), 1));
  painter.setBrush(tokens::colour(tokens::kText));
  for (const double x : {0.0, 0.5, 1.0}) {
    for (const double y : {0.0, 0.5, 1.0}) {
      const bool crowded = (x == 0.5 && place.width() < kSmallestSide) ||
                           (y == 0.5 && place.height() < kSmallestSide);
      if (crowded || (x == 0.5 && y == 0.5)) continue;
      const QPointF at(place.left() + x * place.width(), place.top() + y * place.height());
      painter.drawRect(QRectF(at.x() - kHandle / 2, at.y() - kHandle / 2, kHandle, kHandle));
    }
  }
  // Numbers of all boxes would hide text beside them that nobody has found.
  const bool room_above = place.top() >= kNumberHeight;
  const QPointF corner = room_above ? place.topLeft() - QPointF(0, kNumberHeight)
                                    : place.bottomLeft() + QPointF(0, kHandle / 2);
  painter.setFont(theme::font(tokens::kBaseSize_px, QFont::DemiBold));
  paintText(painter, QRectF(corner, QSizeF(60, kNumberHeight - kHandle / 2)),
            Qt::AlignLeft | Qt::AlignVCenter, QString::number(index + 1), tokens::kText);
}

}  // namespace sonotwin::workstation
