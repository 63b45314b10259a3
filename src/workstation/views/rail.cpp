// SPDX-License-Identifier: Apache-2.0
#include "views/rail.h"

#include <QToolButton>
#include <QVBoxLayout>
#include <array>

#include "theme/theme.h"
#include "theme/tokens.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {
namespace {
struct Item {
  const char* icon;
  const char* name;
  const char* key;
};
constexpr int kItemCount = static_cast<int>(Screen::kSettings) + 1;
constexpr std::array<Item, kItemCount> kItems = {{{"library", "Library", "F1"},
                                                  {"review", "Review", "F2"},
                                                  {"annotate", "Annotate", "F3"},
                                                  {"model", "3D", "F4"},
                                                  {"robot", "Robot", "F5"},
                                                  {"models", "Models", "F6"},
                                                  {"settings", "Settings", "Ctrl ,"}}};
}  // namespace

Rail::Rail(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("rail"));
  setAttribute(Qt::WA_StyledBackground);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 8, 1, 8);
  column->setSpacing(2);
  for (int i = 0; i < kItemCount; ++i) {
    const Item& item = kItems[static_cast<std::size_t>(i)];
    auto* button = new QToolButton(this);
    button->setObjectName(QStringLiteral("rail-") + QString::fromLatin1(item.icon));
    button->setText(QString::fromLatin1(item.name));
    button->setIcon(theme::icon(QString::fromLatin1(item.icon), tokens::kSecondary, 22));
    button->setIconSize({22, 22});
    button->setCheckable(true);
    button->setAutoExclusive(true);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setFocusPolicy(Qt::TabFocus);
    describe(button, button->text(), QString::fromLatin1(item.key));
    connect(button, &QToolButton::clicked, this,
            [this, i] { Q_EMIT chosen(static_cast<Screen>(i)); });
    if (i == kItemCount - 1) column->addStretch(1);
    column->addWidget(button);
    buttons_.append(button);
  }
  setCompact(false);
}

void Rail::setCompact(bool compact) {
  setFixedWidth(compact ? tokens::kRailCompactWidth_px : tokens::kRailWidth_px);
  for (QToolButton* button : buttons_) {
    button->setToolButtonStyle(compact ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextUnderIcon);
    button->setFixedHeight(compact ? 44 : 58);
  }
}

void Rail::setCurrent(Screen screen) {
  const Screen shown = screen > Screen::kSettings ? Screen::kLibrary : screen;
  buttons_[static_cast<int>(shown)]->setChecked(true);
}

}  // namespace sonotwin::workstation
