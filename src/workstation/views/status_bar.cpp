// SPDX-License-Identifier: Apache-2.0
#include "views/status_bar.h"

#include <QHBoxLayout>
#include <QProgressBar>

#include "presenters/words.h"
#include "theme/theme.h"
#include "theme/tokens.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {
namespace {
QPushButton* link(const QString& text, const QString& name, QWidget* parent) {
  auto* button = new QPushButton(text, parent);
  button->setObjectName(name);
  button->setProperty("role", QStringLiteral("link"));
  button->setVisible(false);
  return button;
}
}  // namespace

StatusBar::StatusBar(JobRunner& jobs, QWidget* parent)
    : QWidget(parent),
      jobs_(jobs),
      store_(label({}, nullptr, this)),
      job_(label({}, "secondary", this)),
      bar_(new QProgressBar(this)),
      cancel_(link(QStringLiteral("Cancel"), QStringLiteral("cancelJob"), this)),
      show_(link(QStringLiteral("Show"), QStringLiteral("showJob"), this)),
      more_(link(QStringLiteral("More"), QStringLiteral("moreJob"), this)),
      device_(label({}, "secondary", this)) {
  setObjectName(QStringLiteral("statusBar"));
  setAttribute(Qt::WA_StyledBackground);
  setFixedHeight(tokens::kStatusBarHeight_px);
  job_->setObjectName(QStringLiteral("job"));
  job_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  store_->setObjectName(QStringLiteral("storeState"));
  bar_->setFixedWidth(90);
  bar_->setTextVisible(false);
  bar_->setRange(0, 1000);
  bar_->setAccessibleName(QStringLiteral("Progress of the job"));
  bar_->hide();
  describe(cancel_, QStringLiteral("Cancel the job"), QStringLiteral("Ctrl ."));
  cancel_->setShortcut(QKeySequence(QStringLiteral("Ctrl+.")));
  describe(show_, QStringLiteral("Show what the job made"));
  describe(more_, QStringLiteral("Details of the job"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(14, 1, 14, 0);
  row->setSpacing(10);
  row->addWidget(store_);
  row->addSpacing(6);
  row->addWidget(bar_);
  row->addWidget(job_, 1);
  row->addWidget(show_);
  row->addWidget(more_);
  row->addWidget(cancel_);
  row->addSpacing(10);
  row->addWidget(
      label(QStringLiteral("Research use only. Not a medical device."), "secondary", this));
  row->addWidget(device_);
  connect(cancel_, &QPushButton::clicked, this, [this] {
    jobs_.cancel();
    cancel_->setEnabled(false);
    setJobText(job_name_ + QStringLiteral(" · stopping"));
  });
  connect(show_, &QPushButton::clicked, this, [this] {
    if (last_) Q_EMIT show(last_->result);
  });
  connect(more_, &QPushButton::clicked, this, [this] {
    if (last_) Q_EMIT more(*last_);
  });
  connect(&jobs, &JobRunner::started, this, &StatusBar::takeStart);
  connect(&jobs, &JobRunner::progressed, this, &StatusBar::takeProgress);
  connect(&jobs, &JobRunner::ended, this, &StatusBar::takeEnd);
}

void StatusBar::setStoreState(StoreState state, const QString& words) {
  const QRgb colour = state == StoreState::kWhole     ? tokens::kGood
                      : state == StoreState::kDamaged ? tokens::kDanger
                                                      : tokens::kFaint;
  const QString mark = state == StoreState::kDamaged ? QStringLiteral("▲") : QStringLiteral("●");
  store_->setText(QStringLiteral("<span style=\"color:%1\">%2</span> %3")
                      .arg(tokens::colour(colour).name(), mark, words.toHtmlEscaped()));
}

void StatusBar::setDevice(const QString& words) {
  device_->setText(words);
  device_->setToolTip(QStringLiteral("What the network and the reconstruction compute on"));
}

QString StatusBar::jobText() const {
  return job_->text();
}

void StatusBar::say(const QString& what) {
  if (jobs_.busy()) return;
  show_->hide();
  more_->hide();
  setJobText(what);
}

void StatusBar::takeStart(const QString& name, const QString& object) {
  job_name_ = object.isEmpty() ? name : name + QStringLiteral(" · ") + object;
  setJobText(job_name_);
  bar_->setValue(0);
  bar_->show();
  cancel_->setEnabled(true);
  cancel_->show();
  show_->hide();
  more_->hide();
}

void StatusBar::takeProgress(double fraction, const QString& stage,
                             std::optional<double> seconds_left) {
  if (jobs_.cancelling()) return;
  bar_->setValue(static_cast<int>(1000.0 * fraction));
  QStringList parts = {job_name_};
  if (!stage.isEmpty()) parts << stage;
  parts << words::percent(fraction);
  if (seconds_left) parts << words::timeLeft(*seconds_left);
  if (jobs_.waiting() > 0) parts << QStringLiteral("%1 waiting").arg(jobs_.waiting());
  setJobText(parts.join(QStringLiteral(" · ")));
}

void StatusBar::takeEnd(const JobOutcome& outcome) {
  last_ = outcome;
  bar_->hide();
  cancel_->hide();
  const bool done = outcome.end == JobEnd::kDone;
  show_->setVisible(done && outcome.result.place != Place::kNowhere);
  more_->setVisible(done && !outcome.result.partly && !outcome.result.details.isEmpty());
  if (done) {
    setJobText(QStringLiteral("%1: %2").arg(outcome.name, outcome.result.summary));
  } else if (outcome.end == JobEnd::kCancelled) {
    setJobText(outcome.name + QStringLiteral(": cancelled, nothing was changed"));
  } else {
    setJobText(outcome.name + QStringLiteral(": did not work"));
  }
}

void StatusBar::setJobText(const QString& text) {
  job_->setText(text);
  job_->setToolTip(text);
}

}  // namespace sonotwin::workstation
