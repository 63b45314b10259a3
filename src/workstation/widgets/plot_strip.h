// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <optional>
#include <vector>

namespace sonotwin::workstation {

/// A quantity over time as a line, with gaps where it has no value, a dashed limit and a cursor.
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
  [[nodiscard]] QSize sizeHint() const override { return {260, 120}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] QPointF place(double time_s, double value, const QRectF& room) const;

  QString title_, unit_;
  QRgb colour_ = 0;
  std::vector<Sample> samples_;
  std::optional<double> limit_;
  std::optional<double> cursor_s_;
  double duration_s_ = 1.0;
  double low_ = 0.0, high_ = 1.0;
};

}  // namespace sonotwin::workstation
