// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QList>
#include <QPointF>
#include <QString>
#include <QWidget>
#include <optional>
#include <utility>
#include <vector>

namespace sonotwin::workstation {

/// Several quantities by epoch as lines, with a legend of words, colours and line styles, numbers
/// along both axes, and a reading under the pointer; the arrow keys move it too.
class CurvePlot : public QWidget {
  Q_OBJECT

 public:
  struct Curve {
    QString name;
    QRgb colour = 0;
    Qt::PenStyle style = Qt::SolidLine;
    std::vector<QPointF> points;  ///< x: epoch, upwards
  };

  explicit CurvePlot(QWidget* parent = nullptr);
  void setTitle(const QString& title);
  /// What is said while there is no point.
  void setEmptyWords(const QString& words);
  /// @param last_epoch  end of the axis; more where a curve goes further
  void setCurves(QList<Curve> curves, double last_epoch);
  /// Figures beside the title: what it is now, and what to know of it.
  void setFigure(const QString& value, const QString& note);
  /// From and to of the upright axis; none: as the curves need.
  void setRange(std::optional<std::pair<double, double>> range);

  /// What is read at an epoch, a line a curve.
  [[nodiscard]] QStringList readingAt(double epoch) const;
  [[nodiscard]] const QList<Curve>& curves() const { return curves_; }
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  [[nodiscard]] bool empty() const;
  [[nodiscard]] QRectF room() const;
  [[nodiscard]] QPointF place(const QPointF& point) const;
  /// Draws the legend, or only measures it. @returns its height
  int legend(QPainter* painter) const;
  void paintHead(QPainter& painter) const;
  void paintAxes(QPainter& painter) const;
  void paintCurve(QPainter& painter, const Curve& curve) const;
  void paintReading(QPainter& painter) const;
  void fitRange();
  void setCursor_epoch(std::optional<double> epoch);
  void tell();

  QString title_, value_, note_, empty_words_;
  QList<Curve> curves_;
  std::optional<std::pair<double, double>> range_;
  std::optional<double> cursor_epoch_;
  double last_epoch_ = 1.0;
  double low_ = 0.0, high_ = 1.0, step_ = 0.5;
};

}  // namespace sonotwin::workstation
