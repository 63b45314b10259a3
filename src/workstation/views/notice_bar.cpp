// SPDX-License-Identifier: Apache-2.0
#include "views/notice_bar.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QVBoxLayout>
#include <utility>

#include "widgets/controls.h"

namespace sonotwin::workstation {
namespace {
constexpr int kDetailsHeight = 132;
}

NoticeBar::NoticeBar(QWidget* parent)
    : QWidget(parent),
      mark_(label({}, "danger", this)),
      what_(label({}, nullptr, this)),
      offer_(new QPushButton(this)),
      more_(new QPushButton(QStringLiteral("More"), this)),
      close_(iconButton(QStringLiteral("close"), "tool", QStringLiteral("Close the notice"), {},
                        this)),
      details_(new QPlainTextEdit(this)) {
  setObjectName(QStringLiteral("noticeBar"));
  setAttribute(Qt::WA_StyledBackground);
  what_->setObjectName(QStringLiteral("notice"));
  what_->setWordWrap(true);
  what_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  offer_->setObjectName(QStringLiteral("offer"));
  offer_->setProperty("role", QStringLiteral("link"));
  offer_->setAccessibleName(QStringLiteral("Next step"));
  more_->setObjectName(QStringLiteral("moreNotice"));
  more_->setProperty("role", QStringLiteral("link"));
  more_->setCheckable(true);
  describe(more_, QStringLiteral("More about the notice"));
  details_->setReadOnly(true);
  details_->setFixedHeight(kDetailsHeight);
  details_->setTabChangesFocus(true);
  details_->setAccessibleName(QStringLiteral("Details"));
  auto* row = new QHBoxLayout;
  row->setSpacing(10);
  row->addWidget(mark_);
  row->addWidget(what_, 1);
  row->addWidget(offer_);
  row->addWidget(more_);
  row->addWidget(close_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 4, 10, 4);
  column->setSpacing(4);
  column->addLayout(row);
  column->addWidget(details_);
  connect(offer_, &QPushButton::clicked, this, [this] {
    hide();
    step_();
  });
  connect(more_, &QPushButton::toggled, this, &NoticeBar::openDetails);
  connect(close_, &QPushButton::clicked, this, &QWidget::hide);
  hide();
}

void NoticeBar::say(Kind kind, const QString& what, const QString& details, bool open) {
  mark_->setText(kind == Kind::kProblem ? QStringLiteral("▲") : QStringLiteral("◆"));
  setRole(mark_, kind == Kind::kProblem ? "danger" : "look");
  what_->setText(what);
  details_->setPlainText(details);
  offer_->hide();
  more_->setVisible(!details.isEmpty());
  more_->setChecked(open && !details.isEmpty());
  openDetails(more_->isChecked());
  show();
}

void NoticeBar::offer(const QString& action, std::function<void()> step) {
  step_ = std::move(step);
  offer_->setText(action);
  describe(offer_, action);
  offer_->show();
}

QString NoticeBar::text() const {
  return what_->text();
}

void NoticeBar::openDetails(bool open) {
  details_->setVisible(open);
  more_->setText(open ? QStringLiteral("Less") : QStringLiteral("More"));
}

}  // namespace sonotwin::workstation
