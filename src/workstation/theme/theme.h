// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>
#include <QIcon>
#include <QString>

class QApplication;

namespace sonotwin::workstation::theme {

/// Puts the tokens on the whole program: font, palette and style sheet.
void apply(QApplication& application);

/// The style sheet with every token filled in.
[[nodiscard]] QString styleSheet();

/// Contrast of two opaque colours in [1, 21]. Source: WCAG 2.1, relative luminance.
[[nodiscard]] double contrast(QRgb a, QRgb b);

/// The window's typeface at a size; captions of panels are capitals with wider spacing.
[[nodiscard]] QFont font(int size_px, QFont::Weight weight = QFont::Normal);
[[nodiscard]] QFont captionFont();

/// A line icon of resources/icons in one colour, sharp at any pixel ratio.
[[nodiscard]] QPixmap iconPixmap(const QString& name, QRgb colour, int side_px, qreal ratio);
/// The same as an icon: `normal` at rest, accent when checked, faint when it cannot be used.
[[nodiscard]] QIcon icon(const QString& name, QRgb normal, int side_px = 20);

}  // namespace sonotwin::workstation::theme
