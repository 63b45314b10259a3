// SPDX-License-Identifier: Apache-2.0
#include "widgets/caliper_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr double kGrab = 9.0;      ///< widget points around an end
constexpr double kShortest = 2.0;  ///< widget points; anything shorter was a click
constexpr double kEndStroke = 6.0;
}  // namespace

CaliperCanvas::CaliperCanvas(Calipers& calipers, QWidget* parent)
    : WipeCanvas(parent), calipers_(calipers) {
  connect(&calipers, &Calipers::changed, this, qOverload<>(&QWidget::update));
}

void CaliperCanvas::setFrame(int frame) {
  frame_ = frame;
  touched_ = -1;
  update();
}

void CaliperCanvas::setSpacing(const std::optional<std::array<double, 2>>& spacing_mm) {
  spacing_mm_ = spacing_mm;
  update();
}

void CaliperCanvas::arm(bool armed) {
  if (armed == armed_) return;
  armed_ = armed;
  setCursor(armed ? Qt::CrossCursor : Qt::ArrowCursor);
  Q_EMIT armedChanged(armed);
}

std::optional<CaliperCanvas::Drag> CaliperCanvas::endUnder(QPointF widget_point) const {
  const auto near = [&](QPointF picture) {
    return QLineF(view().toWidget(picture), widget_point).length() <= kGrab;
  };
  for (int i = 0; i < std::ssize(calipers_.all()); ++i) {
    const Caliper& caliper = calipers_.all()[static_cast<std::size_t>(i)];
    if (caliper.frame != frame_) continue;
    if (near(caliper.a)) return Drag{i, true, caliper};
    if (near(caliper.b)) return Drag{i, false, caliper};
  }
  return std::nullopt;
}

bool CaliperCanvas::takesPress(QPointF widget_point) const {
  return armed_ || endUnder(widget_point).has_value();
}

void CaliperCanvas::mousePressEvent(QMouseEvent* event) {
  WipeCanvas::mousePressEvent(event);
  if (event->button() != Qt::LeftButton || !hasPicture() || dividing()) return;
  drag_ = endUnder(event->position());
  if (!drag_ && armed_) {
    const QPointF point = view().toPicture(event->position());
    drag_ = Drag{-1, false, Caliper{frame_, point, point}};
  }
}

void CaliperCanvas::mouseMoveEvent(QMouseEvent* event) {
  WipeCanvas::mouseMoveEvent(event);
  if (!drag_) return;
  (drag_->moves_a ? drag_->caliper.a : drag_->caliper.b) = view().toPicture(event->position());
  update();
}

void CaliperCanvas::mouseReleaseEvent(QMouseEvent* event) {
  WipeCanvas::mouseReleaseEvent(event);
  if (event->button() != Qt::LeftButton || !drag_) return;
  const Drag drag = *std::exchange(drag_, std::nullopt);
  const QLineF shown(view().toWidget(drag.caliper.a), view().toWidget(drag.caliper.b));
  if (drag.index >= 0) {
    calipers_.replace(drag.index, drag.caliper);
    touched_ = drag.index;
  } else if (shown.length() >= kShortest) {
    calipers_.add(drag.caliper);
    touched_ = static_cast<int>(calipers_.all().size()) - 1;
    arm(false);
  }
  update();
}

void CaliperCanvas::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape && (armed_ || drag_)) {
    drag_.reset();
    arm(false);
    update();
  } else if (event->key() == Qt::Key_Delete && touched_ >= 0 &&
             touched_ < std::ssize(calipers_.all())) {
    calipers_.remove(std::exchange(touched_, -1));
  } else {
    WipeCanvas::keyPressEvent(event);
  }
}

void CaliperCanvas::paintTools(QPainter& painter) {
  WipeCanvas::paintTools(painter);
  for (int i = 0; i < std::ssize(calipers_.all()); ++i) {
    const Caliper& caliper = calipers_.all()[static_cast<std::size_t>(i)];
    if (caliper.frame == frame_ && !(drag_ && drag_->index == i)) paintCaliper(painter, caliper);
  }
  if (drag_) paintCaliper(painter, drag_->caliper);
}

void CaliperCanvas::paintCaliper(QPainter& painter, const Caliper& caliper) const {
  const QLineF line(view().toWidget(caliper.a), view().toWidget(caliper.b));
  QLineF end = line.length() > 0.0 ? line.normalVector().unitVector() : QLineF(0, 0, 0, 1);
  const QPointF side = (end.p2() - end.p1()) * kEndStroke;
  for (const auto& [colour, width] :
       {std::pair(QColor(0, 0, 0, 160), 3.0), std::pair(tokens::colour(tokens::kLook), 1.5)}) {
    painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(line);
    painter.drawLine(line.p1() - side, line.p1() + side);
    painter.drawLine(line.p2() - side, line.p2() + side);
  }
  painter.setFont(theme::font(12, QFont::DemiBold));
  const QPointF text_at = line.center() + QPointF(8, -22);
  paintText(painter, QRectF(text_at, QSizeF(160, 20)), Qt::AlignLeft | Qt::AlignVCenter,
            lengthText(caliper, spacing_mm_), tokens::kLook);
}

}  // namespace sonotwin::workstation
