// SPDX-License-Identifier: Apache-2.0
#include "widgets/plot_strip.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "theme/theme.h"
#include "theme/tokens.h"
#include "widgets/axis.h"

namespace sonotwin::workstation {
namespace {
constexpr int kHeading = 22, kLine = 48, kTimeNumbers = 16;
constexpr int kNumberSize_px = 11;
constexpr int kParts = 2;         ///< that the numbers of an axis cut its range into, at least
constexpr double kSlack = 1e-6;   ///< of a step, for what rounding leaves
constexpr double kMargin_px = 6;  ///< for the upper half of the top number
}  // namespace

PlotStrip::PlotStrip(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize PlotStrip::sizeHint() const {
  return {260, kHeading + kLine + int(2 * kMargin_px) + (time_numbers_ ? kTimeNumbers : 0)};
}

void PlotStrip::setSpan_px(double left, double right) {
  left_px_ = left;
  right_px_ = right;
  update();
}

void PlotStrip::setTimeNumbersShown(bool shown) {
  time_numbers_ = shown;
  updateGeometry();
  update();
}

QRectF PlotStrip::room() const {
  const double right = right_px_ > left_px_ ? right_px_ : width();
  return {left_px_, kHeading + kMargin_px, right - left_px_,
          height() - kHeading - 2 * kMargin_px - (time_numbers_ ? kTimeNumbers : 0)};
}

double PlotStrip::timeToX_px(double time_s) const {
  return place(time_s, low_, room()).x();
}

void PlotStrip::setTitle(const QString& title, const QString& unit, QRgb colour) {
  title_ = title;
  unit_ = unit;
  colour_ = colour;
  setAccessibleName(title);
  update();
}

void PlotStrip::setSamples(std::vector<Sample> samples, std::optional<double> limit) {
  samples_ = std::move(samples);
  limit_ = limit;
  duration_s_ = samples_.empty() ? 1.0 : std::max(1e-6, samples_.back().time_s);
  double low = 0.0, high = limit.value_or(1e-6);
  for (const Sample& sample : samples_) {
    if (!sample.value) continue;
    low = std::min(low, *sample.value);
    high = std::max(high, *sample.value);
  }
  // From number to number: whatever is drawn lies between two of the axis.
  step_ = niceStep(std::max(1e-6, high - low), kParts);
  low_ = step_ * std::floor(low / step_ + kSlack);
  high_ = step_ * std::ceil(high / step_ - kSlack);
  update();
}

void PlotStrip::setCursor_s(std::optional<double> time_s) {
  cursor_s_ = time_s;
  update();
}

std::vector<double> PlotStrip::numbers() const {
  std::vector<double> numbers;
  if (samples_.empty()) return numbers;
  const int count = static_cast<int>(std::lround((high_ - low_) / step_));
  for (int i = 0; i <= count; ++i) numbers.push_back(low_ + i * step_);
  return numbers;
}

QPointF PlotStrip::place(double time_s, double value, const QRectF& room) const {
  return {room.left() + room.width() * time_s / duration_s_,
          room.bottom() - room.height() * (value - low_) / (high_ - low_)};
}

void PlotStrip::paintAxes(QPainter& painter, const QRectF& room) const {
  painter.setFont(theme::font(kNumberSize_px));  // captions are in capitals: "S" is no second
  const auto rule = [&](const QPointF& from, const QPointF& to) {
    painter.setPen(QPen(tokens::colour(tokens::kLine), 1));
    painter.drawLine(from, to);
    painter.setPen(tokens::colour(tokens::kSecondary));
  };
  for (const double value : numbers()) {
    const double y = place(0.0, value, room).y();
    rule({room.left(), y}, {room.right(), y});
    const QRectF box(0, y - 8, room.left() - 6, 16);
    const double shown = std::abs(value) < 1e-9 * step_ ? 0.0 : value;
    painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter, QString::number(shown, 'g', 3));
  }
  if (!time_numbers_ || samples_.empty()) return;
  const double every_s = niceStep(duration_s_, 5);
  for (int i = 0; i * every_s <= duration_s_ * (1.0 + 1e-9); ++i) {
    const double x = timeToX_px(i * every_s);
    rule({x, room.bottom()}, {x, room.bottom() + 3});
    painter.drawText(QRectF(x - 40, room.bottom() + 2, 80, kTimeNumbers - 2), Qt::AlignCenter,
                     QStringLiteral("%1 s").arg(i * every_s, 0, 'g', 4));
  }
}

/// @returns the value at the cursor, in words.
QString PlotStrip::paintLine(QPainter& painter, const QRectF& room) const {
  painter.setPen(QPen(tokens::colour(colour_), 1.5));
  QPolygonF run;
  QString here;
  for (const Sample& sample : samples_) {
    if (cursor_s_ && sample.value && sample.time_s <= *cursor_s_ + 1e-9) {
      here = QStringLiteral("%1 %2").arg(*sample.value, 0, 'f', 1).arg(unit_);
    }
    if (sample.value) {
      run << place(sample.time_s, *sample.value, room);
    } else if (!run.isEmpty()) {
      painter.drawPolyline(std::exchange(run, {}));
    }
  }
  painter.drawPolyline(run);
  return here;
}

void PlotStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(theme::captionFont());
  painter.setPen(tokens::colour(tokens::kSecondary));
  painter.drawText(QRect(0, 0, width(), kHeading), Qt::AlignLeft | Qt::AlignVCenter, title_);
  const QRectF room = this->room();
  paintAxes(painter, room);
  if (limit_) {
    painter.setPen(QPen(tokens::colour(tokens::kDanger), 1, Qt::DashLine));
    painter.drawLine(place(0, *limit_, room), place(duration_s_, *limit_, room));
  }
  const QString here = paintLine(painter, room);
  if (!cursor_s_) return;
  painter.setPen(QPen(tokens::colour(tokens::kText), 1));
  const double x = timeToX_px(*cursor_s_);
  painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()));
  painter.setFont(theme::font(tokens::kStateSize_px, QFont::DemiBold));
  painter.setPen(tokens::colour(colour_));
  const QString limit = limit_ ? QStringLiteral(" of %1").arg(*limit_, 0, 'f', 0) : QString();
  painter.drawText(QRect(0, 0, width(), kHeading), Qt::AlignRight | Qt::AlignVCenter, here + limit);
}

}  // namespace sonotwin::workstation
