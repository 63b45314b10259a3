// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QStringList>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "sonotwin/base/progress.h"

namespace sonotwin::workstation {

/// Where the person finds what a job made.
enum class Place { kNowhere, kLibrary, kReview, kAnnotate, kModel, kQuarantine, kSearch, kModels };

/// What a job gives back when it ends well.
struct JobResult {
  QString summary = {};      ///< one line: what was made, with numbers
  QStringList details = {};  ///< behind "More": one line each
  Place place = Place::kNowhere;
  QString clip_id = {};  ///< what "Show" selects
  bool partly = false;   ///< something was refused: the details say what
  bool waits = false;    ///< something waits for a person to look at it
};

/// Long work. `run` is called on the runner's thread: it opens its own store and touches nothing of
/// the window.
struct Job {
  QString name;    ///< in words, "Build 3D model"
  QString object;  ///< what it is about, "P-7F3A-21C8, exam 3"
  std::function<JobResult(const Progress&)> run;
  bool must_finish = false;   ///< saves what a person made: closing the window waits for it
  QString if_cancelled = {};  ///< asked before it is cancelled: what is lost, what stays
  /// What a cancelled one leaves; none: nothing was changed. Called on the runner's thread.
  std::function<QString()> left = {};
};

enum class JobEnd { kDone, kCancelled, kFailed };

struct JobOutcome {
  QString name;
  QString object;
  JobEnd end = JobEnd::kDone;
  JobResult result;  ///< of a job that is done
  QString error;     ///< of one that failed: what happened and what to do
  QString left;      ///< of one that was cancelled: what it leaves, if anything
};

/// Seconds until done if the rest goes as the beginning went; none while that would be a guess.
/// @param from  fraction at which the time began: work that was taken up again
[[nodiscard]] std::optional<double> secondsLeft(double elapsed_s, double fraction,
                                                double from = 0.0);

/// Runs jobs one after another away from the GUI thread and tells of their progress on it.
class JobRunner : public QObject {
  Q_OBJECT

 public:
  explicit JobRunner(QObject* parent = nullptr);
  /// Asks the running job to stop and waits for it; nothing is reported any more.
  ~JobRunner() override;

  /// Starts the job, or queues it behind those before.
  void start(Job job);
  /// Asks the running job to stop; `ended` follows when it has.
  void cancel();
  /// The running job waits and its time stands still, or goes on. The job itself must know.
  void setHeld(bool held);
  /// For closing: stops and drops all that need not finish.
  void cancelAll();

  [[nodiscard]] bool busy() const { return running_.has_value(); }
  [[nodiscard]] int waiting() const { return static_cast<int>(queue_.size()); }
  [[nodiscard]] bool cancelling() const { return stop_.stop_requested(); }
  [[nodiscard]] bool held() const { return held_; }
  /// What to ask before the running job is cancelled; empty: nothing.
  [[nodiscard]] QString ifCancelled() const {
    return running_ ? running_->if_cancelled : QString();
  }

 Q_SIGNALS:
  void started(const QString& name, const QString& object);
  void progressed(double fraction, const QString& stage, std::optional<double> seconds_left);
  /// The running job was asked to stop, by whomever.
  void stopping();
  void ended(const sonotwin::workstation::JobOutcome& outcome);
  /// After the last of the queue.
  void idle();

 private:
  void startNext();
  void report(double fraction, const QString& stage);
  void tell();
  [[nodiscard]] double seconds() const;
  void finish(const JobOutcome& outcome);

  std::deque<Job> queue_;
  std::optional<Job> running_;
  std::stop_source stop_;
  std::jthread thread_;
  QElapsedTimer clock_;  ///< since the job began or went on
  double seconds_before_ = 0.0;
  double from_ = 0.0;  ///< fraction of the first report
  double fraction_ = 0.0;
  QString stage_;
  bool reported_ = false;
  bool held_ = false;
};

}  // namespace sonotwin::workstation
