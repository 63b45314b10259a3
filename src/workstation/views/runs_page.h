// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <filesystem>
#include <vector>

#include "presenters/training_runs.h"

class QLabel;
class QListWidget;
class QStackedWidget;
class QTableWidget;

namespace sonotwin::workstation {

class CurvePlot;
class EmptyState;

/// Trainings of the past: those that are chosen stand side by side, as curves and as facts.
class RunsPage : public QWidget {
  Q_OBJECT

 public:
  explicit RunsPage(QWidget* parent = nullptr);

  void setRuns(std::vector<TrainingRun> runs);
  [[nodiscard]] const std::vector<TrainingRun>& runs() const { return runs_; }
  /// The run that the keyboard is on; null: none.
  [[nodiscard]] const TrainingRun* current() const;
  [[nodiscard]] QListWidget& list() { return *list_; }
  [[nodiscard]] EmptyState& emptyState() { return *empty_; }

 Q_SIGNALS:
  void currentChanged();

 private:
  void buildPage();
  void takeChoice();
  void fillTable(const QList<const TrainingRun*>& chosen);
  void fillCurves(const QList<const TrainingRun*>& chosen);

  std::vector<TrainingRun> runs_;
  QStackedWidget* pages_;
  EmptyState* empty_;
  QListWidget* list_;
  QLabel* note_;
  CurvePlot* dice_;
  CurvePlot* loss_;
  QTableWidget* table_;
};

}  // namespace sonotwin::workstation
