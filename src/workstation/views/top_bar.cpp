// SPDX-License-Identifier: Apache-2.0
#include "views/top_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>

#include "presenters/session.h"
#include "presenters/words.h"
#include "theme/theme.h"
#include "theme/tokens.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {
namespace {
constexpr int kSearchWidth = 280;
}

TopBar::TopBar(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      subject_(label({}, nullptr, this)),
      context_(label({}, "secondary", this)),
      search_(new QLineEdit(this)),
      key_(label(QStringLiteral("Ctrl K"), "key", search_)) {
  setObjectName(QStringLiteral("topBar"));
  setAttribute(Qt::WA_StyledBackground);
  setFixedHeight(tokens::kTopBarHeight_px);
  auto* product = label(QStringLiteral("Sono<span style=\"color:%1\">twin</span>")
                            .arg(tokens::colour(tokens::kAccent).name()),
                        nullptr, this);
  product->setFont(theme::font(tokens::kStateSize_px, QFont::DemiBold));
  product->setAccessibleName(QStringLiteral("Sonotwin"));
  subject_->setFont(theme::font(tokens::kBaseSize_px, QFont::DemiBold));
  subject_->setObjectName(QStringLiteral("subject"));
  context_->setObjectName(QStringLiteral("context"));
  search_->setObjectName(QStringLiteral("search"));
  search_->setPlaceholderText(QStringLiteral("Search patients, regions"));
  search_->setFixedWidth(kSearchWidth);
  search_->setTextMargins(0, 0, 60, 0);
  search_->installEventFilter(this);
  describe(search_, QStringLiteral("Search patients and regions"), QStringLiteral("Ctrl K"),
           QStringLiteral("Enter searches all clips"));
  auto* in_search = new QHBoxLayout(search_);
  in_search->setContentsMargins(0, 0, 8, 0);
  in_search->addStretch(1);
  in_search->addWidget(key_, 0, Qt::AlignVCenter);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(16, 0, 16, 0);
  row->setSpacing(16);
  row->addWidget(product);
  row->addWidget(subject_);
  row->addWidget(context_, 1);
  row->addWidget(search_);
  connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
    key_->setVisible(text.isEmpty());
    Q_EMIT searched(text);
  });
  connect(search_, &QLineEdit::returnPressed, this, [this] {
    const QString words = search_->text();
    search_->clear();
    Q_EMIT entered(words);
  });
  connect(&session, &Session::patientsChanged, this, &TopBar::takeContext);
  connect(&session, &Session::clipChanged, this, &TopBar::takeContext);
  takeContext();
}

void TopBar::showStore(bool whole_store) {
  whole_store_ = whole_store;
  takeContext();
}

void TopBar::focusSearch() {
  search_->setFocus(Qt::ShortcutFocusReason);
  search_->selectAll();
}

void TopBar::resumeSearch() {
  search_->setFocus(Qt::OtherFocusReason);  // others select what is written
}

bool TopBar::eventFilter(QObject* watched, QEvent* event) {
  if (watched == search_ && event->type() == QEvent::KeyPress &&
      static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    search_->clear();
    search_->clearFocus();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

void TopBar::takeContext() {
  const Totals totals = session_.totals();
  const auto study = session_.study();
  if (whole_store_ || !study) {
    subject_->setText(QStringLiteral("All patients"));
    const QStringList counts = {
        words::count(totals.patients, QStringLiteral("patient"), QStringLiteral("patients")),
        words::count(totals.exams, QStringLiteral("exam"), QStringLiteral("exams")),
        words::count(totals.clips, QStringLiteral("clip"), QStringLiteral("clips"))};
    context_->setText(counts.join(QStringLiteral(" · ")));
    return;
  }
  subject_->setText(words::from(session_.patientId()));
  QStringList parts = {
      QStringLiteral("Exam %1 of %2").arg(study->number).arg(session_.studies().size()),
      words::day(study->day, study->day_known)};
  if (const auto clip = session_.clip()) {
    const QString region = words::region(clip->body_region);
    if (!region.isEmpty()) parts << region;
    parts << words::kind(*clip);
  }
  context_->setText(parts.join(QStringLiteral(" · ")));
}

}  // namespace sonotwin::workstation
