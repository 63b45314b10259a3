// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <optional>
#include <vector>

namespace sonotwin::workstation {

/// A quantity over time as a line, with gaps where it has no value, numbers along its axes, a
/// dashed limit and a cursor. Several of one duration stand one above the other over a slider.
class PlotStrip : public QWidget {
  Q_OBJECT

 public:
  struct Sample {
    double time_s = 0.0;
    std::optional<double> value;  ///< none: a gap
  };

  explicit PlotStrip(QWidget* parent = nullptr);
  void setTitle(const QString& title, const QString& unit, QRgb colour);
  void setSamples(std::vector<Sample> samples, std::optional<double> limit);
  void setCursor_s(std::optional<double> time_s);
  /// Where in the widget time begins and ends, in pixels.
  void setSpan_px(double left, double right);
  /// Numbers along the bottom too.
  void setTimeNumbersShown(bool shown);
  [[nodiscard]] double timeToX_px(double time_s) const;
  /// Those along the axis, upwards; every sample and the limit lie between the outer two. None
  /// without samples.
  [[nodiscard]] std::vector<double> numbers() const;
  [[nodiscard]] QSize sizeHint() const override;

  static constexpr int kGutter_px = 40;  ///< for the numbers left of the line

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] QRectF room() const;
  [[nodiscard]] QPointF place(double time_s, double value, const QRectF& room) const;
  void paintAxes(QPainter& painter, const QRectF& room) const;
  [[nodiscard]] QString paintLine(QPainter& painter, const QRectF& room) const;

  QString title_, unit_;
  QRgb colour_ = 0;
  std::vector<Sample> samples_;
  std::optional<double> limit_;
  std::optional<double> cursor_s_;
  double duration_s_ = 1.0;
  double low_ = 0.0, high_ = 1.0, step_ = 0.5;
  double left_px_ = kGutter_px, right_px_ = 0.0;
  bool time_numbers_ = false;
};

}  // namespace sonotwin::workstation
