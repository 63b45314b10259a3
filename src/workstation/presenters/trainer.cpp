// SPDX-License-Identifier: Apache-2.0
#include "presenters/trainer.h"

#include <QDateTime>
#include <QThread>
#include <algorithm>
#include <utility>

#include "presenters/words.h"
#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/evaluate.h"

namespace sonotwin::workstation {
namespace {
namespace fs = std::filesystem;
constexpr const char* kCheckpointFile = "checkpoint.safetensors";

/// Takes back what a training left that ended before anything could be kept.
void removeEmptyRun(const fs::path& folder) {
  std::error_code ignored;
  int others = 0;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().filename() != kPlanFile) ++others;
  }
  if (others > 0) return;
  fs::remove(folder / kPlanFile, ignored);
  fs::remove(folder, ignored);
}

QString leftBy(const fs::path& folder) {
  return fs::exists(folder / kCheckpointFile)
             ? QStringLiteral("a checkpoint stays: go on with it in Models, under Runs")
             : QStringLiteral("no epoch was done, so nothing stays");
}

QString resultWords(const std::vector<segment::EpochReport>& epochs) {
  if (epochs.empty()) return QStringLiteral("done");
  const auto best = std::ranges::max_element(epochs, {}, &segment::EpochReport::selection);
  return QStringLiteral("validation Dice %1 at epoch %2 of %3")
      .arg(best->val_dice, 0, 'f', 3)
      .arg(best->epoch)
      .arg(epochs.back().epoch);
}
}  // namespace

Trainer::Trainer(QObject* parent) : QObject(parent) {
  connect(&jobs_, &JobRunner::progressed, this,
          [this](double fraction, const QString& stage, std::optional<double> seconds_left) {
            fraction_ = fraction;
            stage_ = stage;
            seconds_left_ = seconds_left;
            Q_EMIT progressed();
          });
  connect(&jobs_, &JobRunner::stopping, this, [this] { setState(TrainingState::kStopping); });
  connect(&jobs_, &JobRunner::ended, this, &Trainer::takeEnd);
}

Trainer::~Trainer() = default;

void Trainer::start(TrainingPlan plan) {
  if (busy()) throw Error(ErrorKind::kConflict, "A training is running: one runs at a time.");
  fs::create_directories(plan.folder.parent_path());
  if (!fs::create_directory(plan.folder)) {
    throw Error(ErrorKind::kConflict, "There is a model or a run of that name already (" +
                                          plan.folder.string() + "): choose another name.");
  }
  plan.begun_utc = QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toStdString();
  plan.options.threads = std::max(1, QThread::idealThreadCount() - 1);
  writePlan(plan);
  plan_ = std::move(plan);
  epochs_.clear();
  begin(false);
}

void Trainer::resume(TrainingPlan plan, std::vector<segment::EpochReport> epochs) {
  if (busy()) return;
  plan_ = std::move(plan);
  epochs_ = std::move(epochs);
  begin(true);
}

void Trainer::begin(bool resume) {
  examples_.clear();
  fraction_ = 0.0;
  stage_.clear();
  seconds_left_.reset();
  error_.clear();
  paused_ = false;
  Job job{QStringLiteral("Training"), words::from(plan_.folder.filename().string()),
          [this, resume](const Progress& progress) { return train(resume, progress); }};
  job.if_cancelled = QStringLiteral(
      "The network is not made. What was learned up to the last checkpoint stays: Resume goes on "
      "from there, also after the program was closed.");
  job.left = [folder = plan_.folder] { return leftBy(folder); };
  jobs_.start(std::move(job));
  setState(TrainingState::kRunning);
}

// On the runner's thread: of this object it reads the plan, which stays as it is while a job runs.
JobResult Trainer::train(bool resume, const Progress& progress) {
  segment::TrainOptions options = plan_.options;
  options.resume = resume;
  std::vector<segment::EpochReport> epochs;
  segment::TrainHooks hooks;
  hooks.on_epoch = [&](const segment::EpochReport& report) {
    epochs.push_back(report);
    QMetaObject::invokeMethod(
        this, [this, report] { takeEpoch(report); }, Qt::QueuedConnection);
  };
  hooks.on_examples = [this](const std::vector<segment::TrainExample>& examples) {
    const auto take = [this, examples] {
      examples_ = examples;
      Q_EMIT examplesChanged();
    };
    QMetaObject::invokeMethod(this, take, Qt::QueuedConnection);
  };
  hooks.paused = [this, &progress] { return paused_ && !progress.cancelled(); };
  pipeline::trainModel(plan_.dataset.path, plan_.folder, options, hooks, progress);
  JobResult result;
  result.summary = resultWords(epochs);
  result.place = Place::kModels;
  return result;
}

void Trainer::setPaused(bool paused) {
  if (state_ != (paused ? TrainingState::kRunning : TrainingState::kPaused)) return;
  paused_ = paused;
  jobs_.setHeld(paused);
  setState(paused ? TrainingState::kPaused : TrainingState::kRunning);
}

void Trainer::cancel() {
  jobs_.cancel();
}

bool Trainer::resumable() const {
  return (state_ == TrainingState::kStopped || state_ == TrainingState::kFailed) &&
         fs::exists(plan_.folder / kCheckpointFile);
}

void Trainer::takeEpoch(const segment::EpochReport& report) {
  std::erase_if(epochs_, [&](const auto& other) { return other.epoch >= report.epoch; });
  epochs_.push_back(report);
  Q_EMIT epochDone();
}

void Trainer::takeEnd(const JobOutcome& outcome) {
  paused_ = false;
  error_ = outcome.error;
  seconds_left_.reset();
  if (outcome.end != JobEnd::kDone) removeEmptyRun(plan_.folder);
  setState(outcome.end == JobEnd::kDone        ? TrainingState::kDone
           : outcome.end == JobEnd::kCancelled ? TrainingState::kStopped
                                               : TrainingState::kFailed);
}

void Trainer::setState(TrainingState state) {
  state_ = state;
  Q_EMIT stateChanged();
}

}  // namespace sonotwin::workstation
