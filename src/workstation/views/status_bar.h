// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTimer>
#include <QWidget>
#include <list>
#include <optional>

#include "presenters/job_runner.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace sonotwin::workstation {

enum class StoreState { kChecking, kWhole, kDamaged, kClosed };

/// The window's last line: store, the running job or how the last one ended, what this is not, and
/// what computes.
class StatusBar : public QWidget {
  Q_OBJECT

 public:
  explicit StatusBar(JobRunner& jobs, QWidget* parent = nullptr);
  /// Jobs that run beside those: shown while none of the others does.
  void watch(JobRunner& jobs);
  void setStoreState(StoreState state, const QString& words);
  void setDevice(const QString& words);
  [[nodiscard]] QString jobText() const;
  /// Something was done at once; a running job keeps the line.
  void say(const QString& what);

 Q_SIGNALS:
  void show(const sonotwin::workstation::JobResult& result);
  void more(const sonotwin::workstation::JobOutcome& outcome);

 private:
  /// What is said of the running job of one runner.
  struct Running {
    JobRunner* jobs;
    QString name = {};
    QString words = {};  ///< stage, percentage, time left
    double fraction = 0.0;
  };

  void takeStart(Running& running, const QString& name, const QString& object);
  void takeProgress(Running& running, double fraction, const QString& stage,
                    std::optional<double> seconds_left);
  void takeEnd(const JobOutcome& outcome);
  void showEnd(const JobOutcome& outcome);
  void askCancel();
  void setJobText(const QString& text);
  /// The one that is shown; null: nothing runs.
  [[nodiscard]] Running* shown();
  void showRunning();

  QLabel* store_;
  QLabel* job_;
  QProgressBar* bar_;
  QPushButton* cancel_;
  QPushButton* show_;
  QPushButton* more_;
  QLabel* device_;
  std::list<Running> running_;  ///< of each runner, those that are shown first first
  std::optional<JobOutcome> last_;
  QTimer end_;  ///< how long an end is shown while something else runs
};

}  // namespace sonotwin::workstation
