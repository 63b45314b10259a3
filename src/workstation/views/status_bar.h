// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
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
  void setStoreState(StoreState state, const QString& words);
  void setDevice(const QString& words);
  [[nodiscard]] QString jobText() const;
  /// Something was done at once; a running job keeps the line.
  void say(const QString& what);

 Q_SIGNALS:
  void show(const sonotwin::workstation::JobResult& result);
  void more(const sonotwin::workstation::JobOutcome& outcome);

 private:
  void takeStart(const QString& name, const QString& object);
  void takeProgress(double fraction, const QString& stage, std::optional<double> seconds_left);
  void takeEnd(const JobOutcome& outcome);
  void setJobText(const QString& text);

  JobRunner& jobs_;
  QLabel* store_;
  QLabel* job_;
  QProgressBar* bar_;
  QPushButton* cancel_;
  QPushButton* show_;
  QPushButton* more_;
  QLabel* device_;
  QString job_name_;
  std::optional<JobOutcome> last_;
};

}  // namespace sonotwin::workstation
