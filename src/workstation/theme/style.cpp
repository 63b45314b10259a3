// SPDX-License-Identifier: Apache-2.0
#include "theme/style.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>
#include <QWidget>

#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr int kIndicator_px = 14;

/// A filled square with a tick when on, an outline when off: told apart without colour. A box may
/// carry the colour of what it shows in its `swatch` property.
void drawCheckBox(const QStyleOption& option, QPainter& painter, const QWidget* widget) {
  const bool enabled = option.state & QStyle::State_Enabled;
  const QVariant swatch = widget ? widget->property("swatch") : QVariant();
  QColor colour = swatch.isValid() ? swatch.value<QColor>() : tokens::colour(tokens::kAccent);
  if (!enabled) colour = tokens::colour(tokens::kFaint);
  const QRectF box = QRectF(option.rect).adjusted(0.75, 0.75, -0.75, -0.75);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colour, 1.5));
  painter.setBrush(option.state & QStyle::State_On ? QBrush(colour) : Qt::NoBrush);
  painter.drawRoundedRect(box, 3, 3);
  if (option.state & QStyle::State_On) {
    painter.setPen(QPen(tokens::colour(tokens::kGround), 1.75, Qt::SolidLine, Qt::RoundCap));
    painter.drawPolyline(
        QPolygonF({box.topLeft() + QPointF(3, 6.4), box.topLeft() + QPointF(5.4, 9),
                   box.topLeft() + QPointF(9.6, 3.8)}));
  }
  painter.restore();
}
}  // namespace

Style::Style() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
  if (element == PE_IndicatorCheckBox) {
    drawCheckBox(*option, *painter, widget);
  } else if (element != PE_FrameFocusRect) {  // focus is a border in accent, from the style sheet
    QProxyStyle::drawPrimitive(element, option, painter, widget);
  }
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option,
                       const QWidget* widget) const {
  if (metric == PM_IndicatorWidth || metric == PM_IndicatorHeight) return kIndicator_px;
  return QProxyStyle::pixelMetric(metric, option, widget);
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* result) const {
  if (hint == SH_Slider_AbsoluteSetButtons) return Qt::LeftButton;
  return QProxyStyle::styleHint(hint, option, widget, result);
}

}  // namespace sonotwin::workstation
