// SPDX-License-Identifier: Apache-2.0
#include "views/settings_view.h"

#include <QHBoxLayout>

#include "presenters/pipeline_jobs.h"
#include "presenters/words.h"
#include "sonotwin/base/version.h"
#include "ui_settings_page.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {

SettingsView::SettingsView(Session& session, QWidget* parent)
    : Workspace(parent), session_(session), ui_(new Ui::SettingsPage) {
  auto* page = new QWidget(this);
  ui_->setupUi(page);
  page->setMaximumWidth(680);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(page, 1);
  row->addStretch(0);
  describe(ui_->verify, QStringLiteral("Verify store"), {},
           QStringLiteral("Reads every row and every byte"));
  connect(ui_->verify, &QPushButton::clicked, this,
          [this] { session_.jobs().start(verifyJob(session_.place())); });
  describe(ui_->author, QStringLiteral("Your short name in the log"), {},
           QStringLiteral("Never taken from the system"));
  ui_->author->setText(session.preferences().authorChosen() ? session.preferences().author()
                                                            : QString());
  connect(ui_->author, &QLineEdit::textChanged, &session.preferences(), &Preferences::setAuthor);
  connect(ui_->openStore, &QPushButton::clicked, this, &SettingsView::openStore);
  connect(&session.jobs(), &JobRunner::started, this, &SettingsView::takeFacts);
  connect(&session.jobs(), &JobRunner::idle, this, &SettingsView::takeFacts);
  connect(&session, &Session::opened, this, &SettingsView::takeFacts);
  connect(&session, &Session::patientsChanged, this, &SettingsView::takeFacts);
  takeFacts();
}

SettingsView::~SettingsView() = default;

void SettingsView::enter() {
  takeFacts();
  ui_->verify->setFocus();
}

void SettingsView::chooseAuthor() {
  ui_->author->setFocus();
  ui_->author->selectAll();
}

void SettingsView::setDevice(const QString& words) {
  device_ = words;
  takeFacts();
}

void SettingsView::takeFacts() {
  const Totals totals = session_.totals();
  // A long path breaks at its slashes.
  const QString place =
      words::from(session_.folder().string()).replace(QLatin1Char('/'), QStringLiteral("/\u200B"));
  QList<Fact> store = {{QStringLiteral("Place"), place}};
  if (session_.isOpen()) {
    store.append({QStringLiteral("Patients"), QString::number(totals.patients)});
    store.append({QStringLiteral("Exams"), QString::number(totals.exams)});
    store.append({QStringLiteral("Clips"), QString::number(totals.clips)});
  }
  ui_->storeFacts->setFacts(store);
  const auto version = sonotwin::programVersion();
  QList<Fact> program = {{QStringLiteral("Sonotwin"),
                          QString::fromUtf8(version.data(), static_cast<int>(version.size()))},
                         {QStringLiteral("Qt"), QString::fromLatin1(qVersion())}};
  if (!device_.isEmpty()) program.append({QStringLiteral("Computes on"), device_});
  program.append({QStringLiteral("Licence"), QStringLiteral("Apache 2.0")});
  ui_->programFacts->setFacts(program);
  ui_->verify->setEnabled(session_.isOpen() && !session_.jobs().busy());
}

}  // namespace sonotwin::workstation
