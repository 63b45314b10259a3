// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QLineF>
#include <QList>
#include <QWidget>
#include <array>
#include <optional>
#include <utility>

#include "presenters/frame_loader.h"
#include "presenters/picture.h"
#include "presenters/picture_view.h"

namespace sonotwin::workstation {

/// A picture with its mask, corner texts and scale. The wheel zooms under the pointer, the middle
/// button pans, a double click fits; + − 0 do the same from the keyboard.
class ImageCanvas : public QWidget {
  Q_OBJECT

 public:
  explicit ImageCanvas(QWidget* parent = nullptr);

  /// Null clears. @param spacing_mm  pixel size, for the aspect and the scale's ticks
  void setPicture(const Picture& picture, const std::optional<std::array<double, 2>>& spacing_mm);
  virtual void setWindow(const Window& window);
  /// Null: no mask. The mask is copied into what is drawn.
  void setMask(const media::FrameMask* mask, double opacity);
  /// Top left, top right, bottom left, bottom right.
  void setCorners(const std::array<QString, 4>& texts);
  void setScaleShown(bool shown);

  [[nodiscard]] const PictureView& view() const { return view_; }
  [[nodiscard]] bool hasPicture() const { return picture_ != nullptr; }
  [[nodiscard]] bool maskShown() const { return !mask_fill_.isNull(); }
  [[nodiscard]] const QImage& shownImage() const { return image_; }

 public:
  void fit();
  void zoom(double factor);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

  /// The picture itself, in picture coordinates that `painter` has already.
  virtual void paintPicture(QPainter& painter) const;
  /// What a workspace draws over picture and mask, in widget points.
  virtual void paintTools(QPainter&) {}
  [[nodiscard]] const Window& window() const { return window_; }
  /// Keeps a fitted picture clear of the upper corners' texts.
  void keepTopFree();
  /// Text that stays readable on any picture.
  void paintText(QPainter& painter, const QRectF& place, int flags, const QString& text,
                 QRgb colour) const;

 private:
  void paintMask(QPainter& painter) const;
  void paintCorners(QPainter& painter) const;
  void paintScale(QPainter& painter) const;

  Picture picture_;
  std::optional<std::array<double, 2>> spacing_mm_;
  Window window_;
  QImage image_;
  QImage mask_fill_;
  QList<std::pair<QRgb, QList<QLineF>>> mask_outlines_;
  std::array<QString, 4> corners_;
  bool scale_shown_ = true;
  PictureView view_;
  std::optional<QPointF> pan_from_;
};

}  // namespace sonotwin::workstation
