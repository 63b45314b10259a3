// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <memory>

#include "presenters/training_form.h"

namespace Ui {
class TrainDialog;
}

namespace sonotwin::workstation {

/// What to train on, what to make of it, and where.
class TrainDialog : public QDialog {
  Q_OBJECT

 public:
  explicit TrainDialog(const std::filesystem::path& store, QWidget* parent = nullptr);
  ~TrainDialog() override;

  [[nodiscard]] TrainingForm& form() { return form_; }
  /// Of a dialog that was accepted.
  [[nodiscard]] TrainingPlan plan();

 private:
  void fillChoices();
  void describeControls();
  void connectControls();
  void takeForm();
  void takeDevices();

  TrainingForm form_;
  std::unique_ptr<Ui::TrainDialog> ui_;
};

}  // namespace sonotwin::workstation
