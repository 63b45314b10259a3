// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <memory>

#include "presenters/session.h"

namespace Ui {
class MergeDialog;
}

namespace sonotwin::workstation {

/// Asks which other pseudonym is the same person, and says what joining the two does.
class MergeDialog : public QDialog {
  Q_OBJECT

 public:
  /// @param into  the patient who stays
  MergeDialog(const Session& session, const std::string& into, QWidget* parent);
  ~MergeDialog() override;
  /// The pseudonym that was chosen.
  [[nodiscard]] std::string other() const;

 private:
  void takeChoice();

  std::vector<store::PatientRow> others_;  ///< in the box's order
  store::PatientRow into_;
  std::unique_ptr<Ui::MergeDialog> ui_;
};

}  // namespace sonotwin::workstation
