// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <memory>

#include "presenters/protocol_editor.h"

namespace Ui {
class ProtocolDialog;
}

namespace sonotwin::workstation {

/// The acquisition protocols of the store: made, changed and deleted here.
class ProtocolDialog : public QDialog {
  Q_OBJECT

 public:
  explicit ProtocolDialog(Session& session, QWidget* parent = nullptr);
  ~ProtocolDialog() override;

  /// Closes; asks first where something is not saved.
  void reject() override;

 Q_SIGNALS:
  /// Something was done, in words.
  void said(const QString& what);

 private:
  void describeControls();
  void connectControls();
  void connectViews();
  void takeList();
  void takeViews();
  void takeWritten();
  void takeCell(int row);
  void addView();
  void moveView(int by);
  void askRemove();

  ProtocolEditor editor_;
  bool following_ = false;  ///< controls take what is written, not what the person does
  std::unique_ptr<Ui::ProtocolDialog> ui_;
};

}  // namespace sonotwin::workstation
