// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <memory>
#include <vector>

#include "presenters/model_card.h"
#include "presenters/session.h"
#include "presenters/trainer.h"
#include "views/workspace.h"

class QButtonGroup;
class QLabel;
class QListWidget;
class QPushButton;
class QStackedWidget;
class QTableWidget;

namespace Ui {
class ModelsInspector;
}

namespace sonotwin::workstation {

class EmptyState;
class KeyHints;
class RunsPage;
class TrainingPage;

/// The networks of this machine and of the open store, as their cards describe them; the training
/// that runs; and the runs of the past.
class ModelsView : public Workspace {
  Q_OBJECT

 public:
  enum class Page { kNetworks, kTraining, kRuns };

  ModelsView(Session& session, Trainer& trainer, QWidget* parent = nullptr);
  ~ModelsView() override;

  [[nodiscard]] QWidget* inspector() override { return inspector_; }
  void enter() override;
  [[nodiscard]] bool settled() const override { return reading_ == 0; }
  void setChromeShown(bool shown) override;
  void show(Page page);
  /// Asks for what to train, and starts.
  void train();

 private:
  void buildHead();
  void buildNetworks();
  void buildScores();
  void connectTraining();
  void describeInspector();
  void reload();
  void readCards();
  void readRuns();
  void showCard(int row);
  void takePage();
  void takeTraining();
  void takeEpoch();
  void takeRun();
  void start(const TrainingPlan& plan);
  void resumeRun();
  void askStop();
  [[nodiscard]] Page page() const;

  Session& session_;
  Trainer& trainer_;
  std::vector<ModelCard> cards_;
  int reading_ = 0;
  QWidget* head_;
  QButtonGroup* choice_;
  QPushButton* train_;
  QStackedWidget* pages_;
  QStackedWidget* networks_;
  EmptyState* empty_;
  QListWidget* list_;
  QTableWidget* scores_;
  TrainingPage* training_page_;
  RunsPage* runs_page_;
  QWidget* bottom_;
  KeyHints* hints_;
  QWidget* inspector_;
  std::unique_ptr<Ui::ModelsInspector> ui_;
};

}  // namespace sonotwin::workstation
