// SPDX-License-Identifier: Apache-2.0
#include "widgets/plot_strip.h"

#include <QPainter>
#include <algorithm>
#include <utility>

#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr int kHeading = 26;
constexpr double kHeadroom = 0.15;  ///< of the range, above and below
}  // namespace

PlotStrip::PlotStrip(QWidget* parent) : QWidget(parent) {
  setMinimumHeight(84);
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
  const double margin = kHeadroom * std::max(1e-6, high - low);
  low_ = low - margin;
  high_ = high + margin;
  update();
}

void PlotStrip::setCursor_s(std::optional<double> time_s) {
  cursor_s_ = time_s;
  update();
}

QPointF PlotStrip::place(double time_s, double value, const QRectF& room) const {
  return {room.left() + room.width() * time_s / duration_s_,
          room.bottom() - room.height() * (value - low_) / (high_ - low_)};
}

void PlotStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(theme::captionFont());
  painter.setPen(tokens::colour(tokens::kSecondary));
  painter.drawText(QRect(0, 0, width(), kHeading), Qt::AlignLeft | Qt::AlignVCenter, title_);
  const QRectF room(0, kHeading, width(), height() - kHeading);
  if (limit_) {
    painter.setPen(QPen(tokens::colour(tokens::kDanger), 1, Qt::DashLine));
    painter.drawLine(place(0, *limit_, room), place(duration_s_, *limit_, room));
  }
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
  if (!cursor_s_) return;
  painter.setPen(QPen(tokens::colour(tokens::kText), 1));
  const double x = room.width() * *cursor_s_ / duration_s_;
  painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()));
  painter.setFont(theme::font(tokens::kStateSize_px, QFont::DemiBold));
  painter.setPen(tokens::colour(colour_));
  const QString limit = limit_ ? QStringLiteral(" of %1").arg(*limit_, 0, 'f', 0) : QString();
  painter.drawText(QRect(0, 0, width(), kHeading), Qt::AlignRight | Qt::AlignVCenter, here + limit);
}

}  // namespace sonotwin::workstation
