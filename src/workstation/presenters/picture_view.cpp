// SPDX-License-Identifier: Apache-2.0
#include "presenters/picture_view.h"

#include <algorithm>

namespace sonotwin::workstation {
namespace {
constexpr double kMaxScale = 32.0;
constexpr double kMinInSight = 48.0;  ///< widget points of the picture that stay visible
}  // namespace

void PictureView::setPicture(QSizeF size_px, double aspect) {
  if (size_px == picture_ && aspect == aspect_) return;
  picture_ = size_px;
  aspect_ = aspect;
  fit();
}

void PictureView::setWidget(QSizeF size) {
  const QPointF middle = toPicture({widget_.width() / 2.0, widget_.height() / 2.0});
  widget_ = size;
  if (fitted_) {
    fit();
  } else {
    origin_ += QPointF(size.width() / 2.0, size.height() / 2.0) - toWidget(middle);
    keepInSight();
  }
}

void PictureView::setRoom(double above, double below) {
  room_above_ = above;
  room_below_ = below;
  if (fitted_) fit();
}

void PictureView::fit() {
  fitted_ = true;
  scale_ = fitScale();
  const double free = widget_.height() - room_above_ - room_below_;
  origin_ = QPointF((widget_.width() - picture_.width() * scale_) / 2.0,
                    room_above_ + (free - picture_.height() * scale_ * aspect_) / 2.0);
}

void PictureView::zoomAt(QPointF widget_point, double factor) {
  const QPointF under = toPicture(widget_point);
  scale_ = std::clamp(scale_ * factor, std::min(fitScale(), 1.0) / 4.0, kMaxScale);
  fitted_ = false;
  origin_ += widget_point - toWidget(under);
  keepInSight();
}

void PictureView::pan(QPointF widget_delta) {
  fitted_ = false;
  origin_ += widget_delta;
  keepInSight();
}

QTransform PictureView::widgetFromPicture() const {
  return QTransform(scale_, 0.0, 0.0, scale_ * aspect_, origin_.x() + 0.5 * scale_,
                    origin_.y() + 0.5 * scale_ * aspect_);
}

QPointF PictureView::toWidget(QPointF picture) const {
  return widgetFromPicture().map(picture);
}

QPointF PictureView::toPicture(QPointF widget) const {
  return widgetFromPicture().inverted().map(widget);
}

QRectF PictureView::pictureRect() const {
  return {origin_, QSizeF(picture_.width() * scale_, picture_.height() * scale_ * aspect_)};
}

double PictureView::fitScale() const {
  const double height = widget_.height() - room_above_ - room_below_;
  if (picture_.isEmpty() || widget_.isEmpty() || height <= 0.0) return 1.0;
  return std::min(widget_.width() / picture_.width(), height / (picture_.height() * aspect_));
}

void PictureView::keepInSight() {
  const QRectF rect = pictureRect();
  const auto hold = [](double origin, double extent, double room) {
    const double in_sight = std::min(kMinInSight, extent);
    return std::clamp(origin, in_sight - extent, std::max(in_sight - extent, room - in_sight));
  };
  origin_ = QPointF(hold(origin_.x(), rect.width(), widget_.width()),
                    hold(origin_.y(), rect.height(), widget_.height()));
}

}  // namespace sonotwin::workstation
