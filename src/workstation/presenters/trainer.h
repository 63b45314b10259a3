// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <optional>
#include <vector>

#include "presenters/job_runner.h"
#include "presenters/training_plan.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::workstation {

enum class TrainingState { kNone, kRunning, kPaused, kStopping, kDone, kStopped, kFailed };

/// The training that runs now, or the last one of this session: one at a time, beside all other
/// jobs. What is computed comes from a thread of its own; everything here is told on this one.
class Trainer : public QObject {
  Q_OBJECT

 public:
  explicit Trainer(QObject* parent = nullptr);
  /// Stops the training; its checkpoint stays.
  ~Trainer() override;

  /// Makes the plan's folder and begins. Leaves a core to the window.
  /// @throws Error(kConflict) where the folder is there already, or as writePlan
  void start(TrainingPlan plan);
  /// Goes on from the checkpoint in the plan's folder, after the epochs there are.
  void resume(TrainingPlan plan, std::vector<segment::EpochReport> epochs);
  void setPaused(bool paused);
  /// At once; `stateChanged` follows when it has stopped.
  void cancel();

  [[nodiscard]] JobRunner& jobs() { return jobs_; }
  [[nodiscard]] bool busy() const { return jobs_.busy(); }
  [[nodiscard]] TrainingState state() const { return state_; }
  [[nodiscard]] const TrainingPlan& plan() const { return plan_; }
  /// In order; those before a resumption too.
  [[nodiscard]] const std::vector<segment::EpochReport>& epochs() const { return epochs_; }
  /// Validation pictures as the network sees them after the last epoch.
  [[nodiscard]] const std::vector<segment::TrainExample>& examples() const { return examples_; }
  [[nodiscard]] double fraction() const { return fraction_; }
  [[nodiscard]] const QString& stage() const { return stage_; }
  [[nodiscard]] std::optional<double> secondsLeft() const { return seconds_left_; }
  /// Of a training that failed: what happened.
  [[nodiscard]] const QString& error() const { return error_; }
  /// A stopped training left something to go on from.
  [[nodiscard]] bool resumable() const;

 Q_SIGNALS:
  void stateChanged();
  void progressed();
  void epochDone();
  void examplesChanged();

 private:
  void begin(bool resume);
  [[nodiscard]] JobResult train(bool resume, const Progress& progress);
  void takeEpoch(const segment::EpochReport& report);
  void takeEnd(const JobOutcome& outcome);
  void setState(TrainingState state);

  TrainingPlan plan_;
  TrainingState state_ = TrainingState::kNone;
  std::vector<segment::EpochReport> epochs_;
  std::vector<segment::TrainExample> examples_;
  double fraction_ = 0.0;
  QString stage_;
  std::optional<double> seconds_left_;
  QString error_;
  std::atomic<bool> paused_ = false;
  JobRunner jobs_;  ///< last: its thread uses what stands above
};

}  // namespace sonotwin::workstation
