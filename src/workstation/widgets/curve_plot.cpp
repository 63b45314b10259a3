// SPDX-License-Identifier: Apache-2.0
#include "widgets/curve_plot.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <tuple>

#include "theme/theme.h"
#include "theme/tokens.h"
#include "widgets/axis.h"

namespace sonotwin::workstation {
namespace {
constexpr int kHead = 26, kLegendLine = 20, kGutter = 52, kFoot = 36, kRight = 14;
constexpr int kSample_px = 20;  ///< of a line in the legend
constexpr int kNumber_px = 11;
constexpr int kEdge_px = 3;  ///< of a line at the edge of the range, not to be cut in two
constexpr int kParts = 3;
constexpr double kSlack = 1e-6;

QPen penOf(const CurvePlot::Curve& curve) {
  return QPen(tokens::colour(curve.colour), 1.75, curve.style, Qt::FlatCap, Qt::RoundJoin);
}

const QPointF* nearest(const CurvePlot::Curve& curve, double epoch) {
  const auto distance = [epoch](const QPointF& point) { return std::abs(point.x() - epoch); };
  const auto found = std::ranges::min_element(curve.points, {}, distance);
  return found == curve.points.end() || distance(*found) > 0.5 ? nullptr : &*found;
}
}  // namespace

CurvePlot::CurvePlot(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::TabFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

QSize CurvePlot::minimumSizeHint() const {
  return {240, kHead + kLegendLine + kFoot + 70};
}

void CurvePlot::setTitle(const QString& title) {
  title_ = title;
  setAccessibleName(title);
  update();
}

void CurvePlot::setEmptyWords(const QString& words) {
  empty_words_ = words;
  update();
}

void CurvePlot::setCurves(QList<Curve> curves, double last_epoch) {
  curves_ = std::move(curves);
  last_epoch_ = std::max(1.0, last_epoch);
  for (const Curve& curve : curves_) {
    for (const QPointF& point : curve.points) last_epoch_ = std::max(last_epoch_, point.x());
  }
  fitRange();
  tell();
  update();
}

void CurvePlot::setFigure(const QString& value, const QString& note) {
  value_ = value;
  note_ = note;
  tell();
  update();
}

void CurvePlot::setRange(std::optional<std::pair<double, double>> range) {
  range_ = range;
  fitRange();
  update();
}

void CurvePlot::tell() {
  QStringList words = {value_, note_};
  words += readingAt(last_epoch_);
  words.removeAll(QString());
  setAccessibleDescription(empty() ? empty_words_ : words.join(QStringLiteral(", ")));
}

bool CurvePlot::empty() const {
  return std::ranges::all_of(curves_, [](const Curve& curve) { return curve.points.empty(); });
}

// From number to number: whatever is drawn lies between two of the axis.
void CurvePlot::fitRange() {
  double low = 0.0, high = 1e-6;
  for (const Curve& curve : curves_) {
    for (const QPointF& point : curve.points) {
      low = std::min(low, point.y());
      high = std::max(high, point.y());
    }
  }
  if (range_) std::tie(low, high) = *range_;
  step_ = niceStep(std::max(1e-6, high - low), kParts);
  low_ = step_ * std::floor(low / step_ + kSlack);
  high_ = step_ * std::ceil(high / step_ - kSlack);
}

QRectF CurvePlot::room() const {
  const int top = kHead + legend(nullptr) + 6;
  return {double(kGutter), double(top), double(width() - kGutter - kRight),
          double(std::max(20, height() - top - kFoot))};
}

QPointF CurvePlot::place(const QPointF& point) const {
  const QRectF room = this->room();
  const double span = std::max(1.0, last_epoch_ - 1.0);
  return {room.left() + room.width() * (point.x() - 1.0) / span,
          room.bottom() - room.height() * (point.y() - low_) / (high_ - low_)};
}

int CurvePlot::legend(QPainter* painter) const {
  const QFont font = theme::font(kNumber_px);
  const QFontMetrics metrics(font);
  int x = 0, y = kHead;
  for (const Curve& curve : curves_) {
    const int wide = kSample_px + 6 + metrics.horizontalAdvance(curve.name) + 16;
    if (x > 0 && x + wide > width()) {
      x = 0;
      y += kLegendLine;
    }
    if (painter) {
      painter->setPen(penOf(curve));
      painter->drawLine(x, y + kLegendLine / 2, x + kSample_px, y + kLegendLine / 2);
      painter->setFont(font);
      painter->setPen(tokens::colour(tokens::kSecondary));
      painter->drawText(QRect(x + kSample_px + 6, y, wide, kLegendLine),
                        Qt::AlignLeft | Qt::AlignVCenter, curve.name);
    }
    x += wide;
  }
  return curves_.isEmpty() ? 0 : y - kHead + kLegendLine;
}

void CurvePlot::paintHead(QPainter& painter) const {
  QRect head(0, 0, width() - kRight, kHead);
  const QFont figures = theme::font(tokens::kStateSize_px, QFont::DemiBold);
  const QFont caption = theme::font(kNumber_px);
  painter.setFont(caption);
  painter.setPen(tokens::colour(tokens::kSecondary));
  painter.drawText(head, Qt::AlignRight | Qt::AlignVCenter, note_);
  head.setRight(head.right() - QFontMetrics(caption).horizontalAdvance(note_) - 10);
  painter.setFont(figures);
  painter.setPen(tokens::colour(tokens::kText));
  painter.drawText(head, Qt::AlignRight | Qt::AlignVCenter, value_);
  head.setRight(head.right() - QFontMetrics(figures).horizontalAdvance(value_) - 10);
  painter.setFont(theme::captionFont());
  painter.setPen(tokens::colour(hasFocus() ? tokens::kAccent : tokens::kSecondary));
  painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(title_, Qt::ElideRight, head.width()));
}

void CurvePlot::paintAxes(QPainter& painter) const {
  const QRectF room = this->room();
  painter.setFont(theme::font(kNumber_px));
  const int numbers = static_cast<int>(std::lround((high_ - low_) / step_));
  const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step_) - kSlack)));
  for (int i = 0; i <= numbers; ++i) {
    const double value = low_ + i * step_;
    const double y = place({1.0, value}).y();
    painter.setPen(QPen(tokens::colour(tokens::kLine), 1));
    painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y));
    painter.setPen(tokens::colour(tokens::kSecondary));
    painter.drawText(QRectF(0, y - 8, room.left() - 8, 16), Qt::AlignRight | Qt::AlignVCenter,
                     QString::number(value, 'f', decimals));
  }
  const int every = std::max(1, static_cast<int>(niceStep(last_epoch_, 5)));
  for (int epoch = every; epoch <= last_epoch_ + kSlack; epoch += every) {
    const double x = place({double(epoch), low_}).x();
    painter.setPen(QPen(tokens::colour(tokens::kLine), 1));
    painter.drawLine(QPointF(x, room.bottom()), QPointF(x, room.bottom() + 4));
    painter.setPen(tokens::colour(tokens::kSecondary));
    painter.drawText(QRectF(x - 30, room.bottom() + 4, 60, 14), Qt::AlignCenter,
                     QString::number(epoch));
  }
  painter.drawText(QRectF(room.left(), room.bottom() + 18, room.width(), 16), Qt::AlignCenter,
                   QStringLiteral("epoch"));
}

void CurvePlot::paintCurve(QPainter& painter, const Curve& curve) const {
  QPolygonF line;
  for (const QPointF& point : curve.points) line << place(point);
  if (line.isEmpty()) return;
  painter.save();
  // Steep beginnings lie below a range that shows what has settled.
  painter.setClipRect(room().adjusted(-kEdge_px, -kEdge_px, kEdge_px, kEdge_px));
  painter.setPen(penOf(curve));
  painter.setBrush(Qt::NoBrush);
  painter.drawPolyline(line);
  painter.restore();
  painter.setPen(Qt::NoPen);
  painter.setBrush(tokens::colour(curve.colour));
  painter.drawEllipse(line.back(), 3.0, 3.0);
}

void CurvePlot::paintReading(QPainter& painter) const {
  const QStringList lines = readingAt(*cursor_epoch_);
  if (lines.size() < 2) return;
  const QRectF room = this->room();
  const double x = place({*cursor_epoch_, low_}).x();
  painter.setPen(QPen(tokens::colour(tokens::kText), 1));
  painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()));
  painter.setPen(Qt::NoPen);
  for (const Curve& curve : curves_) {
    if (const QPointF* point = nearest(curve, *cursor_epoch_)) {
      painter.setBrush(tokens::colour(curve.colour));
      painter.drawEllipse(place(*point), 3.5, 3.5);
    }
  }
  painter.setFont(theme::font(kNumber_px));
  int wide = 0;
  for (const QString& line : lines) {
    wide = std::max(wide, painter.fontMetrics().horizontalAdvance(line));
  }
  QRectF box(x + 10, room.top() + 4, wide + 16, 16.0 * double(lines.size()) + 8);
  if (box.right() > width()) box.moveRight(x - 10);
  painter.setPen(QPen(tokens::colour(tokens::kLine), 1));
  painter.setBrush(tokens::colour(tokens::kRaised));
  painter.drawRoundedRect(box, 4, 4);
  painter.setPen(tokens::colour(tokens::kText));
  painter.drawText(box.adjusted(8, 4, -8, -4), Qt::AlignLeft | Qt::AlignVCenter,
                   lines.join(QLatin1Char('\n')));
}

QStringList CurvePlot::readingAt(double epoch) const {
  QStringList lines = {QStringLiteral("epoch %1").arg(std::lround(epoch))};
  for (const Curve& curve : curves_) {
    if (const QPointF* point = nearest(curve, epoch)) {
      lines << QStringLiteral("%1  %2").arg(point->y(), 0, 'f', 4).arg(curve.name);
    }
  }
  return lines;
}

void CurvePlot::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  paintHead(painter);
  if (empty()) {
    painter.setFont(theme::font(tokens::kBaseSize_px));
    painter.setPen(tokens::colour(tokens::kSecondary));
    painter.drawText(rect().adjusted(0, kHead, 0, 0), Qt::AlignCenter | Qt::TextWordWrap,
                     empty_words_);
    return;
  }
  legend(&painter);
  paintAxes(painter);
  for (const Curve& curve : curves_) paintCurve(painter, curve);
  if (cursor_epoch_) paintReading(painter);
}

void CurvePlot::setCursor_epoch(std::optional<double> epoch) {
  cursor_epoch_ = epoch;
  if (epoch) setAccessibleDescription(readingAt(*epoch).join(QStringLiteral(", ")));
  update();
}

void CurvePlot::mouseMoveEvent(QMouseEvent* event) {
  const QRectF room = this->room();
  const double share = (event->position().x() - room.left()) / room.width();
  const double epoch = 1.0 + share * std::max(1.0, last_epoch_ - 1.0);
  setCursor_epoch(std::clamp(std::round(epoch), 1.0, std::round(last_epoch_)));
}

void CurvePlot::leaveEvent(QEvent*) {
  setCursor_epoch(std::nullopt);
}

void CurvePlot::keyPressEvent(QKeyEvent* event) {
  const int by = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
  if (by == 0) return QWidget::keyPressEvent(event);
  setCursor_epoch(std::clamp(cursor_epoch_.value_or(last_epoch_) + by, 1.0, last_epoch_));
}

}  // namespace sonotwin::workstation
