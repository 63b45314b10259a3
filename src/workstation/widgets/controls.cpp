// SPDX-License-Identifier: Apache-2.0
#include "widgets/controls.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QShortcut>
#include <QSlider>
#include <QStyle>
#include <QStyleOptionSlider>
#include <QVBoxLayout>
#include <QWheelEvent>

#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr int kEmptyTextWidth = 440;
}

void describe(QWidget* control, const QString& name, const QString& key, const QString& more) {
  control->setAccessibleName(name);
  control->setProperty("key", key);
  QString tip = key.isEmpty() ? name : QStringLiteral("%1  (%2)").arg(name, key);
  if (!more.isEmpty()) tip += QLatin1Char('\n') + more;
  control->setToolTip(tip);
}

void clickOn(QAbstractButton* button, const QKeySequence& key) {
  auto* shortcut = new QShortcut(key, button);
  QObject::connect(shortcut, &QShortcut::activated, button, &QAbstractButton::click);
}

void setRole(QWidget* widget, const char* role) {
  widget->setProperty("role", QString::fromLatin1(role));
  widget->style()->unpolish(widget);
  widget->style()->polish(widget);
}

QLabel* label(const QString& text, const char* role, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  if (role) label->setProperty("role", QString::fromLatin1(role));
  return label;
}

Heading::Heading(const QString& text, QWidget* parent) : QLabel(text, parent) {
  setFont(theme::captionFont());
  setProperty("role", QStringLiteral("heading"));
}

QWidget* line(QWidget* parent) {
  auto* line = new QFrame(parent);
  line->setProperty("role", QStringLiteral("line"));
  return line;
}

std::pair<double, double> handleTravel(const QSlider& slider) {
  QStyleOptionSlider option;
  option.initFrom(&slider);
  option.orientation = Qt::Horizontal;
  option.subControls = QStyle::SC_All;
  option.minimum = 0;
  option.maximum = 1;
  const auto middle = [&](int value) {
    option.sliderPosition = option.sliderValue = value;
    const QRect handle = slider.style()->subControlRect(QStyle::CC_Slider, &option,
                                                        QStyle::SC_SliderHandle, &slider);
    return QRectF(handle).center().x();
  };
  return {middle(0), middle(1)};
}

QPushButton* iconButton(const QString& icon, const char* role, const QString& name,
                        const QString& key, QWidget* parent) {
  auto* button = new QPushButton(parent);
  button->setIcon(theme::icon(icon, tokens::kText));
  button->setIconSize({20, 20});
  button->setProperty("role", QString::fromLatin1(role));
  button->setFocusPolicy(Qt::TabFocus);
  describe(button, name, key);
  return button;
}

void KeyButton::paintEvent(QPaintEvent* event) {
  QPushButton::paintEvent(event);
  const QString key = property("key").toString();
  if (key.isEmpty() || !isEnabled()) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(theme::font(tokens::kCaptionSize_px));
  const int chip_width = painter.fontMetrics().horizontalAdvance(key) + 14;
  const QRect chip(width() - chip_width - 10, (height() - 18) / 2, chip_width, 18);
  const bool main = property("role").toString() == QStringLiteral("main");
  painter.setPen(Qt::NoPen);
  painter.setBrush(tokens::colour(main ? tokens::kControl : tokens::kRaised));
  painter.drawRoundedRect(chip, 4, 4);
  painter.setPen(tokens::colour(tokens::kSecondary));
  painter.drawText(chip, Qt::AlignCenter, key);
}

ComboBox::ComboBox(QWidget* parent) : QComboBox(parent) {
  setFocusPolicy(Qt::TabFocus);
}

void ComboBox::paintEvent(QPaintEvent* event) {
  QComboBox::paintEvent(event);
  QPainter painter(this);
  const QRgb colour = isEnabled() ? tokens::kSecondary : tokens::kFaint;
  painter.drawPixmap(width() - 24, (height() - 16) / 2,
                     theme::iconPixmap(QStringLiteral("chevron"), colour, 16, devicePixelRatioF()));
}

void ComboBox::wheelEvent(QWheelEvent* event) {
  event->ignore();
}

void KeyHints::setHints(const QList<std::pair<QString, QString>>& hints) {
  delete layout();
  qDeleteAll(findChildren<QLabel*>());
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(5);
  for (const auto& [keys, word] : hints) {
    for (QString key : keys.split(QLatin1Char(' '))) {
      if (key.size() > 1) key.replace(QLatin1Char('+'), QLatin1Char(' '));
      row->addWidget(label(key, "key"));
    }
    row->addWidget(label(word, "caption"));
    row->addSpacing(8);
  }
  row->addStretch(1);
}

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent),
      title_(label({}, "title", this)),
      text_(label({}, "secondary", this)),
      button_(new QPushButton(this)) {
  title_->setAlignment(Qt::AlignCenter);
  title_->setWordWrap(true);
  text_->setAlignment(Qt::AlignCenter);
  text_->setWordWrap(true);
  text_->setFixedWidth(kEmptyTextWidth);
  button_->setProperty("role", QStringLiteral("main"));
  button_->setMinimumWidth(180);
  auto* column = new QVBoxLayout(this);
  column->setSpacing(12);
  column->addStretch(2);
  column->addWidget(title_);
  column->addWidget(text_, 0, Qt::AlignHCenter);
  column->addSpacing(4);
  column->addWidget(button_, 0, Qt::AlignHCenter);
  column->addStretch(3);
}

void EmptyState::setWords(const QString& title, const QString& text, const QString& action) {
  title_->setText(title);
  text_->setText(text);
  text_->setMinimumHeight(text_->heightForWidth(kEmptyTextWidth));
  button_->setText(action);
  button_->setAccessibleName(action.isEmpty() ? title : action);
  button_->setVisible(!action.isEmpty());
}

}  // namespace sonotwin::workstation
