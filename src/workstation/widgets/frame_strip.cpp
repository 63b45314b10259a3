// SPDX-License-Identifier: Apache-2.0
#include "widgets/frame_strip.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <utility>

#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
using tokens::colour;
constexpr int kLegend = 20;  ///< height of the words above the cells

QColor fill(FrameState state) {
  switch (state) {
    case FrameState::kDrawn:
      return colour(tokens::kAccent);
    case FrameState::kMask:
      return colour(tokens::kAccent).darker(190);
    case FrameState::kNone:
      break;
  }
  return colour(tokens::kControl);
}
}  // namespace

FrameStrip::FrameStrip(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(QStringLiteral("Frames and their masks"));
}

QSize FrameStrip::sizeHint() const {
  return {400, kLegend + 32};
}

void FrameStrip::setFrames(std::vector<FrameState> frames) {
  if (frames == frames_) return;
  frames_ = std::move(frames);
  update();
}

void FrameStrip::setCurrent(int frame) {
  current_ = frame;
  update();
}

void FrameStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setFont(theme::font(tokens::kCaptionSize_px));
  int x = 0;
  for (const auto& [state, word] :
       {std::pair(FrameState::kDrawn, "drawn, not saved"), std::pair(FrameState::kMask, "mask"),
        std::pair(FrameState::kNone, "no mask")}) {
    painter.fillRect(QRect(x, 4, 9, 9), fill(state));
    painter.setPen(colour(tokens::kSecondary));
    const QString text = QString::fromLatin1(word);
    painter.drawText(QRect(x + 14, 0, 140, 17), Qt::AlignLeft | Qt::AlignVCenter, text);
    x += 14 + painter.fontMetrics().horizontalAdvance(text) + 16;
  }
  if (frames_.empty()) return;
  const double cell = double(width()) / double(frames_.size());
  const double gap = cell >= 4.0 ? 1.0 : 0.0;
  const double height = this->height() - kLegend - 2.0;
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    painter.fillRect(QRectF(double(i) * cell, kLegend, cell - gap, height), fill(frames_[i]));
  }
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colour(hasFocus() ? tokens::kAccent : tokens::kText), 2));
  painter.drawRect(
      QRectF(current_ * cell, kLegend, std::max(cell, 4.0), height).adjusted(1, 1, -1, -1));
}

void FrameStrip::mousePressEvent(QMouseEvent* event) {
  choose(event->position().x());
}

void FrameStrip::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) choose(event->position().x());
}

void FrameStrip::choose(double x) {
  if (frames_.empty()) return;
  const int last = static_cast<int>(frames_.size()) - 1;
  Q_EMIT chosen(std::clamp(static_cast<int>(x * double(frames_.size()) / width()), 0, last));
}

}  // namespace sonotwin::workstation
