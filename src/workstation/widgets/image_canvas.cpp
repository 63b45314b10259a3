// SPDX-License-Identifier: Apache-2.0
#include "widgets/image_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <cmath>
#include <numbers>

#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr double kKeyZoom = 1.25;
constexpr int kTextMargin = 14;
constexpr double kHalo = 1.4;  ///< of black around text, in points
constexpr int kHaloSteps = 12;
constexpr int kCornerHeight = 36;  ///< free of ticks, for the corner texts
constexpr int kTitleHeight = 28;   ///< of the upper corner texts with their margin
constexpr int kFootHeight = 12;    ///< so that the ruler's ticks end before the border does

/// Millimetres between ticks so that they stand at least 7 points apart.
double tickStep_mm(double points_per_mm) {
  for (const double step : {1.0, 5.0, 10.0, 50.0}) {
    if (step * points_per_mm >= 7.0) return step;
  }
  return 100.0;
}

int tickLength(double mm) {
  if (std::fmod(mm + 1e-6, 50.0) < 1e-3) return 12;
  return std::fmod(mm + 1e-6, 10.0) < 1e-3 ? 8 : 4;
}
}  // namespace

ImageCanvas::ImageCanvas(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumSize(120, 90);
  view_.setRoom(0, kFootHeight);
}

void ImageCanvas::setPicture(const Picture& picture,
                             const std::optional<std::array<double, 2>>& spacing_mm) {
  picture_ = picture;
  spacing_mm_ = spacing_mm;
  image_ = picture ? toQImage(*picture, window_) : QImage();
  if (picture) {
    const double aspect = spacing_mm ? (*spacing_mm)[1] / (*spacing_mm)[0] : 1.0;
    view_.setPicture(QSizeF(picture->cols, picture->rows), aspect);
  }
  update();
}

void ImageCanvas::setWindow(const Window& window) {
  if (window == window_) return;
  window_ = window;
  if (picture_) image_ = toQImage(*picture_, window_);
  update();
}

void ImageCanvas::setMask(const media::FrameMask* mask, double opacity) {
  mask_outlines_.clear();
  mask_fill_ = mask ? maskFill(*mask, opacity) : QImage();
  if (mask) {
    for (const auto& [label, pixels] : labelAreas_px(*mask)) {
      const auto [r, g, b] = media::labelColour(label);
      mask_outlines_.append({qRgb(r, g, b), maskOutline(*mask, label)});
    }
  }
  update();
}

void ImageCanvas::setCorners(const std::array<QString, 4>& texts) {
  if (texts == corners_) return;
  corners_ = texts;
  update();
}

void ImageCanvas::setScaleShown(bool shown) {
  scale_shown_ = shown;
  update();
}

void ImageCanvas::fit() {
  view_.fit();
  update();
}

void ImageCanvas::keepTopFree() {
  view_.setRoom(kTitleHeight, kFootHeight);
}

void ImageCanvas::zoom(double factor) {
  view_.zoomAt(QPointF(width() / 2.0, height() / 2.0), factor);
  update();
}

void ImageCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), tokens::colour(tokens::kPicture));
  if (picture_) {
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    painter.save();
    painter.setTransform(view_.widgetFromPicture());
    paintPicture(painter);
    painter.restore();
    paintMask(painter);
    if (scale_shown_) paintScale(painter);
    paintTools(painter);
  }
  paintCorners(painter);
  if (hasFocus()) {
    painter.setPen(QPen(tokens::colour(tokens::kAccent), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
  }
}

void ImageCanvas::paintPicture(QPainter& painter) const {
  painter.drawImage(QPointF(-0.5, -0.5), image_);
}

void ImageCanvas::paintMask(QPainter& painter) const {
  if (mask_fill_.isNull()) return;
  painter.save();
  painter.setTransform(view_.widgetFromPicture());
  painter.drawImage(QPointF(-0.5, -0.5), mask_fill_);
  for (const auto& [colour, lines] : mask_outlines_) {
    QPen pen(tokens::colour(colour), 1.5, Qt::SolidLine, Qt::RoundCap);
    pen.setCosmetic(true);
    painter.setPen(pen);
    painter.drawLines(lines);
  }
  painter.restore();
}

void ImageCanvas::paintText(QPainter& painter, const QRectF& place, int flags, const QString& text,
                            QRgb colour) const {
  painter.setPen(QColor(0, 0, 0, 190));
  for (int i = 0; i < kHaloSteps; ++i) {
    const double angle = 2.0 * std::numbers::pi * i / kHaloSteps;
    const QPointF offset(kHalo * std::cos(angle), kHalo * std::sin(angle));
    painter.drawText(place.translated(offset), flags, text);
  }
  painter.setPen(tokens::colour(colour));
  painter.drawText(place, flags, text);
}

void ImageCanvas::paintCorners(QPainter& painter) const {
  painter.setFont(theme::font(12, QFont::Medium));
  const bool scale = scale_shown_ && picture_ && spacing_mm_;
  const QRectF room =
      QRectF(rect()).adjusted(kTextMargin, 10, -kTextMargin, scale ? -kCornerHeight + 14 : -10);
  const std::array<int, 4> places = {Qt::AlignLeft | Qt::AlignTop, Qt::AlignRight | Qt::AlignTop,
                                     Qt::AlignLeft | Qt::AlignBottom,
                                     Qt::AlignRight | Qt::AlignBottom};
  for (std::size_t i = 0; i < places.size(); ++i) {
    const QRgb colour = i == 2 ? tokens::kAccent : tokens::kText;
    if (!corners_[i].isEmpty()) paintText(painter, room, places[i], corners_[i], colour);
  }
}

void ImageCanvas::paintScale(QPainter& painter) const {
  if (!spacing_mm_) return;
  const QRectF picture = view_.pictureRect();
  const QRectF seen = picture & QRectF(rect());
  const double points_per_mm = view_.scale() / (*spacing_mm_)[0];
  const double step = tickStep_mm(points_per_mm);
  painter.setPen(QPen(QColor(255, 255, 255, 150), 1));
  const double x = seen.left() + 0.5, y = seen.bottom() - 0.5;
  for (double mm = 0.0; mm * points_per_mm <= picture.height(); mm += step) {
    const double at = picture.top() + mm * points_per_mm;
    if (at >= std::max(seen.top(), 1.0 * kCornerHeight) &&
        at <= std::min(seen.bottom(), height() - 1.0 * kCornerHeight)) {
      painter.drawLine(QPointF(x, at), QPointF(x + tickLength(mm), at));
    }
  }
  for (double mm = 0.0; mm * points_per_mm <= picture.width(); mm += step) {
    const double at = picture.left() + mm * points_per_mm;
    if (at >= seen.left() && at <= seen.right()) {
      painter.drawLine(QPointF(at, y), QPointF(at, y - tickLength(mm)));
    }
  }
}

void ImageCanvas::resizeEvent(QResizeEvent*) {
  view_.setWidget(size());
}

void ImageCanvas::wheelEvent(QWheelEvent* event) {
  view_.zoomAt(event->position(), std::pow(1.0015, event->angleDelta().y()));
  update();
  event->accept();
}

void ImageCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::MiddleButton) pan_from_ = event->position();
}

void ImageCanvas::mouseMoveEvent(QMouseEvent* event) {
  if (!pan_from_) return;
  view_.pan(event->position() - *pan_from_);
  pan_from_ = event->position();
  update();
}

void ImageCanvas::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::MiddleButton) pan_from_.reset();
}

void ImageCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) fit();
}

void ImageCanvas::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      zoom(kKeyZoom);
      break;
    case Qt::Key_Minus:
      zoom(1.0 / kKeyZoom);
      break;
    case Qt::Key_0:
      fit();
      break;
    default:
      QWidget::keyPressEvent(event);
  }
}

}  // namespace sonotwin::workstation
