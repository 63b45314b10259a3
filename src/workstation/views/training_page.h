// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "presenters/trainer.h"

class QLabel;
class QStackedWidget;

namespace sonotwin::workstation {

class CurvePlot;
class EmptyState;
class ExamplePictures;

/// A training as it goes: its curves, and pictures with what the network draws on them now.
class TrainingPage : public QWidget {
  Q_OBJECT

 public:
  explicit TrainingPage(Trainer& trainer, QWidget* parent = nullptr);
  /// "Train a network…", while there is none to watch.
  [[nodiscard]] EmptyState& emptyState() { return *empty_; }

 private:
  void takeState();
  void takeEpochs();

  Trainer& trainer_;
  QStackedWidget* pages_;
  EmptyState* empty_;
  QLabel* name_;
  QLabel* about_;
  CurvePlot* loss_;
  CurvePlot* dice_;
  ExamplePictures* examples_;
};

}  // namespace sonotwin::workstation
