// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QProxyStyle>

namespace sonotwin::workstation {

/// What a style sheet cannot say: ticks of check boxes, sliders that jump to the click.
class Style : public QProxyStyle {
 public:
  Style();
  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
  int pixelMetric(PixelMetric metric, const QStyleOption* option,
                  const QWidget* widget) const override;
  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                QStyleHintReturn* result) const override;
};

}  // namespace sonotwin::workstation
