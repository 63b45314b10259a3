// SPDX-License-Identifier: Apache-2.0
#include "theme/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QPainter>
#include <QPalette>
#include <QSvgRenderer>
#include <algorithm>
#include <cmath>
#include <utility>

#include "theme/style.h"
#include "theme/tokens.h"

/// Resources of a static library register only when asked to, from outside any namespace.
static void registerResources() {
  Q_INIT_RESOURCE(workstation);
}

namespace sonotwin::workstation::theme {
namespace {
QString family() {
  const QString inter = QStringLiteral("Inter");
  return QFontDatabase::families().contains(inter)
             ? inter
             : QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
}

QByteArray resource(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

double linearLight(int level) {
  const double share = level / 255.0;
  return share <= 0.03928 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

double luminance(QRgb colour) {
  return 0.2126 * linearLight(qRed(colour)) + 0.7152 * linearLight(qGreen(colour)) +
         0.0722 * linearLight(qBlue(colour));
}

QPalette palette() {
  using tokens::colour;
  QPalette palette;
  palette.setColor(QPalette::Window, colour(tokens::kPanel));
  palette.setColor(QPalette::Base, colour(tokens::kGround));
  palette.setColor(QPalette::AlternateBase, colour(tokens::kPanel));
  palette.setColor(QPalette::Button, colour(tokens::kControl));
  palette.setColor(QPalette::ToolTipBase, colour(tokens::kRaised));
  palette.setColor(QPalette::Highlight, colour(tokens::kAccent));
  palette.setColor(QPalette::HighlightedText, colour(tokens::kGround));
  palette.setColor(QPalette::PlaceholderText, colour(tokens::kFaint));
  palette.setColor(QPalette::Link, colour(tokens::kAccent));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText,
                          QPalette::ToolTipText, QPalette::BrightText}) {
    palette.setColor(role, colour(tokens::kText));
    palette.setColor(QPalette::Disabled, role, colour(tokens::kFaint));
  }
  return palette;
}
}  // namespace

void apply(QApplication& application) {
  registerResources();
  QApplication::setStyle(new Style);
  QApplication::setPalette(palette());
  QApplication::setFont(font(tokens::kBaseSize_px));
  application.setStyleSheet(styleSheet());
}

QString styleSheet() {
  // Longer names first: `@accent` is the beginning of `@accentRow`.
  static const std::pair<const char*, QRgb> kColours[] = {{"@accentBadge", tokens::kAccentBadge},
                                                          {"@accentRow", tokens::kAccentRow},
                                                          {"@ground", tokens::kGround},
                                                          {"@panel", tokens::kPanel},
                                                          {"@raised", tokens::kRaised},
                                                          {"@control", tokens::kControl},
                                                          {"@line", tokens::kLine},
                                                          {"@text", tokens::kText},
                                                          {"@secondary", tokens::kSecondary},
                                                          {"@faint", tokens::kFaint},
                                                          {"@accent", tokens::kAccent},
                                                          {"@good", tokens::kGood},
                                                          {"@look", tokens::kLook},
                                                          {"@danger", tokens::kDanger},
                                                          {"@picture", tokens::kPicture}};
  static const std::pair<const char*, int> kSizes[] = {
      {"@captionSize", tokens::kCaptionSize_px}, {"@baseSize", tokens::kBaseSize_px},
      {"@stateSize", tokens::kStateSize_px},     {"@titleSize", tokens::kTitleSize_px},
      {"@radius", tokens::kRadius_px},           {"@controlHeight", tokens::kControlHeight_px}};
  QString sheet = QString::fromUtf8(resource(QStringLiteral(":/workstation/theme.qss")));
  for (const auto& [name, size_px] : kSizes) {
    sheet.replace(QLatin1String(name), QStringLiteral("%1px").arg(size_px));
  }
  for (const auto& [name, colour] : kColours) {
    sheet.replace(QLatin1String(name), tokens::colour(colour).name());
  }
  return sheet;
}

double contrast(QRgb a, QRgb b) {
  const auto [dark, light] = std::minmax({luminance(a), luminance(b)});
  return (light + 0.05) / (dark + 0.05);
}

QFont font(int size_px, QFont::Weight weight) {
  static const QString kFamily = family();
  QFont font(kFamily);
  font.setPixelSize(size_px);
  font.setWeight(weight);
  font.setHintingPreference(QFont::PreferNoHinting);
  return font;
}

QFont captionFont() {
  QFont caption = font(tokens::kCaptionSize_px, QFont::DemiBold);
  caption.setCapitalization(QFont::AllUppercase);
  caption.setLetterSpacing(QFont::AbsoluteSpacing, 0.6);
  return caption;
}

QPixmap iconPixmap(const QString& name, QRgb colour, int side_px, qreal ratio) {
  QByteArray svg = resource(QStringLiteral(":/workstation/icons/%1.svg").arg(name));
  svg.replace("currentColor", tokens::colour(colour).name().toLatin1());
  QSvgRenderer renderer(svg);
  const int side = qRound(side_px * ratio);
  QPixmap pixmap(side, side);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  renderer.render(&painter, QRectF(0, 0, side, side));
  painter.end();
  pixmap.setDevicePixelRatio(ratio);
  return pixmap;
}

QIcon icon(const QString& name, QRgb normal, int side_px) {
  QIcon icon;
  for (const qreal ratio : {1.0, 2.0}) {
    icon.addPixmap(iconPixmap(name, normal, side_px, ratio), QIcon::Normal, QIcon::Off);
    icon.addPixmap(iconPixmap(name, tokens::kAccent, side_px, ratio), QIcon::Normal, QIcon::On);
    icon.addPixmap(iconPixmap(name, tokens::kFaint, side_px, ratio), QIcon::Disabled, QIcon::Off);
  }
  return icon;
}

}  // namespace sonotwin::workstation::theme
