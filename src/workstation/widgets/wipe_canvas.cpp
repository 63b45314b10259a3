// SPDX-License-Identifier: Apache-2.0
#include "widgets/wipe_canvas.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr double kGrab = 8.0;  ///< widget points to each side of the divider
constexpr double kHandle = 13.0;
constexpr double kArrow = 4.5;
constexpr double kLabelTop = 38.0;  ///< below the corner texts
constexpr double kLabelGap = 12.0;
constexpr double kLabelHeight = 22.0;
constexpr double kLabelPadding = 10.0;
constexpr int kLabelOpacity = 210;
}  // namespace

void WipeCanvas::setOriginal(const Picture& original) {
  if (original == original_) return;
  original_ = original;
  original_image_ = original ? toQImage(*original, window()) : QImage();
  update();
}

void WipeCanvas::setWindow(const Window& window) {
  ImageCanvas::setWindow(window);
  if (original_) original_image_ = toQImage(*original_, window);
}

void WipeCanvas::setWiped(bool wiped) {
  if (wiped == wiped_) return;
  wiped_ = wiped;
  unsetCursor();
  update();
}

void WipeCanvas::moveDivider(double by) {
  setPart(part_ + by);
}

void WipeCanvas::setPart(double part) {
  part_ = std::clamp(part, 0.0, 1.0);
  update();
}

QRectF WipeCanvas::seenPicture() const {
  return view().pictureRect() & QRectF(rect());
}

int WipeCanvas::dividerX() const {
  const QRectF seen = seenPicture();
  return static_cast<int>(std::lround(seen.left() + part_ * seen.width()));
}

bool WipeCanvas::onDivider(QPointF widget_point) const {
  return comparing() && std::abs(widget_point.x() - dividerX()) <= kGrab;
}

void WipeCanvas::paintPicture(QPainter& painter) const {
  if (!comparing()) return ImageCanvas::paintPicture(painter);
  const QTransform widget_from_picture = painter.transform();
  const auto clipTo = [&](const QRect& side) {
    painter.resetTransform();
    painter.setClipRect(side);
    painter.setTransform(widget_from_picture);
  };
  const int x = dividerX();
  painter.save();
  clipTo(QRect(x, 0, width() - x, height()));
  ImageCanvas::paintPicture(painter);
  clipTo(QRect(0, 0, x, height()));
  painter.drawImage(QPointF(-0.5, -0.5), original_image_);
  painter.restore();
}

void WipeCanvas::paintTools(QPainter& painter) {
  if (!comparing()) return;
  const QRectF seen = seenPicture();
  const QPointF middle(dividerX(), seen.center().y());
  for (const auto& [colour, width] :
       {std::pair(QColor(0, 0, 0, 160), 3.0), std::pair(tokens::colour(tokens::kText), 1.0)}) {
    painter.setPen(QPen(colour, width));
    painter.drawLine(QPointF(middle.x(), seen.top()), QPointF(middle.x(), seen.bottom()));
  }
  painter.setBrush(tokens::colour(tokens::kControl));
  painter.drawEllipse(middle, kHandle, kHandle);
  painter.setPen(QPen(tokens::colour(tokens::kText), 1.5, Qt::SolidLine, Qt::RoundCap));
  painter.setBrush(Qt::NoBrush);
  for (const double side : {-1.0, 1.0}) {
    const QPointF tip = middle + QPointF(side * (kArrow + 3.0), 0.0);
    painter.drawPolyline(QPolygonF(
        {tip + QPointF(-side * kArrow, -kArrow), tip, tip + QPointF(-side * kArrow, kArrow)}));
  }
  const double y = std::max(kLabelTop, seen.top() + kLabelGap);
  paintLabel(painter, QPointF(middle.x() - kLabelGap, y), tr("Original"), true);
  paintLabel(painter, QPointF(middle.x() + kLabelGap, y), tr("Enhanced"), false);
}

void WipeCanvas::paintLabel(QPainter& painter, QPointF at, const QString& text,
                            bool ends_there) const {
  painter.setFont(theme::font(12, QFont::DemiBold));
  const double width = painter.fontMetrics().horizontalAdvance(text) + 2.0 * kLabelPadding;
  const QRectF pill(ends_there ? at.x() - width : at.x(), at.y(), width, kLabelHeight);
  QColor ground = tokens::colour(tokens::kGround);
  ground.setAlpha(kLabelOpacity);
  painter.setPen(Qt::NoPen);
  painter.setBrush(ground);
  painter.drawRoundedRect(pill, kLabelHeight / 2.0, kLabelHeight / 2.0);
  painter.setPen(tokens::colour(tokens::kText));
  painter.drawText(pill, Qt::AlignCenter, text);
}

void WipeCanvas::mousePressEvent(QMouseEvent* event) {
  ImageCanvas::mousePressEvent(event);
  dividing_ = event->button() == Qt::LeftButton && onDivider(event->position()) &&
              !takesPress(event->position());
}

void WipeCanvas::mouseMoveEvent(QMouseEvent* event) {
  ImageCanvas::mouseMoveEvent(event);
  if (dividing_) {
    const QRectF seen = seenPicture();
    if (seen.width() > 0.0) setPart((event->position().x() - seen.left()) / seen.width());
  } else if (comparing() && event->buttons() == Qt::NoButton && !takesPress(event->position())) {
    setCursor(onDivider(event->position()) ? Qt::SplitHCursor : Qt::ArrowCursor);
  }
}

void WipeCanvas::mouseReleaseEvent(QMouseEvent* event) {
  ImageCanvas::mouseReleaseEvent(event);
  if (event->button() == Qt::LeftButton) dividing_ = false;
}

}  // namespace sonotwin::workstation
