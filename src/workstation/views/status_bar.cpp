// SPDX-License-Identifier: Apache-2.0
#include "views/status_bar.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <algorithm>

#include "presenters/words.h"
#include "theme/theme.h"
#include "theme/tokens.h"
#include "views/confirm_dialog.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {
namespace {
constexpr int kEndShown_ms = 12'000;

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
  connect(cancel_, &QPushButton::clicked, this, &StatusBar::askCancel);
  connect(show_, &QPushButton::clicked, this, [this] {
    if (last_) Q_EMIT show(last_->result);
  });
  connect(more_, &QPushButton::clicked, this, [this] {
    if (last_) Q_EMIT more(*last_);
  });
  end_.setSingleShot(true);
  connect(&end_, &QTimer::timeout, this, &StatusBar::showRunning);
  watch(jobs);
}

void StatusBar::watch(JobRunner& jobs) {
  Running& running = running_.emplace_back(Running{&jobs});
  connect(&jobs, &JobRunner::started, this,
          [this, &running](const QString& name, const QString& object) {
            takeStart(running, name, object);
          });
  connect(
      &jobs, &JobRunner::progressed, this,
      [this, &running](double fraction, const QString& stage, std::optional<double> seconds_left) {
        takeProgress(running, fraction, stage, seconds_left);
      });
  connect(&jobs, &JobRunner::stopping, this, &StatusBar::showRunning);
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

StatusBar::Running* StatusBar::shown() {
  const auto busy =
      std::ranges::find_if(running_, [](const Running& running) { return running.jobs->busy(); });
  return busy == running_.end() ? nullptr : &*busy;
}

void StatusBar::showRunning() {
  const Running* running = shown();
  bar_->setVisible(running);
  cancel_->setVisible(running);
  if (!running) return;
  bar_->setValue(static_cast<int>(1000.0 * running->fraction));
  cancel_->setEnabled(!running->jobs->cancelling());
  if (end_.isActive()) return;
  show_->hide();
  more_->hide();
  QStringList parts = {running->name};
  if (running->jobs->cancelling()) {
    parts << QStringLiteral("stopping");
  } else if (!running->words.isEmpty()) {
    parts << running->words;
  }
  const auto others = std::ranges::count_if(
      running_, [&](const Running& other) { return &other != running && other.jobs->busy(); });
  if (others > 0) parts << QStringLiteral("one more beside it");
  setJobText(parts.join(QStringLiteral(" · ")));
}

void StatusBar::askCancel() {
  const Running* running = shown();
  if (!running) return;
  JobRunner* jobs = running->jobs;
  const QString question = jobs->ifCancelled();
  if (question.isEmpty()) return jobs->cancel();
  ConfirmDialog::ask(window(),
                     {QStringLiteral("Stop “%1”?").arg(running->name), question,
                      QStringLiteral("Stop it"), QStringLiteral("Do not stop")},
                     [jobs] { jobs->cancel(); });
}

void StatusBar::say(const QString& what) {
  if (shown()) return;
  show_->hide();
  more_->hide();
  setJobText(what);
}

void StatusBar::takeStart(Running& running, const QString& name, const QString& object) {
  running.name = object.isEmpty() ? name : name + QStringLiteral(" · ") + object;
  running.words.clear();
  running.fraction = 0.0;
  end_.stop();
  showRunning();
}

void StatusBar::takeProgress(Running& running, double fraction, const QString& stage,
                             std::optional<double> seconds_left) {
  QStringList parts;
  if (!stage.isEmpty()) parts << stage;
  parts << words::percent(fraction);
  if (running.jobs->held()) {
    parts << QStringLiteral("paused");
  } else if (seconds_left) {
    parts << words::timeLeft(*seconds_left);
  }
  if (running.jobs->waiting() > 0) {
    parts << QStringLiteral("%1 waiting").arg(running.jobs->waiting());
  }
  running.words = parts.join(QStringLiteral(" · "));
  running.fraction = fraction;
  showRunning();
}

void StatusBar::takeEnd(const JobOutcome& outcome) {
  last_ = outcome;
  if (shown()) end_.start(kEndShown_ms);
  showRunning();
  showEnd(outcome);
}

void StatusBar::showEnd(const JobOutcome& outcome) {
  const bool done = outcome.end == JobEnd::kDone;
  show_->setVisible(done && outcome.result.place != Place::kNowhere);
  more_->setVisible(done && !outcome.result.partly && !outcome.result.details.isEmpty());
  if (done) {
    setJobText(QStringLiteral("%1: %2").arg(outcome.name, outcome.result.summary));
  } else if (outcome.end == JobEnd::kCancelled) {
    setJobText(outcome.name + QStringLiteral(": cancelled, ") +
               (outcome.left.isEmpty() ? QStringLiteral("nothing was changed") : outcome.left));
  } else {
    setJobText(outcome.name + QStringLiteral(": did not work"));
  }
}

void StatusBar::setJobText(const QString& text) {
  job_->setText(text);
  job_->setToolTip(text);
}

}  // namespace sonotwin::workstation
