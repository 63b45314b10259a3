// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <memory>

#include "presenters/quarantine.h"

namespace Ui {
class QuarantineInspector;
}

namespace sonotwin::workstation {

/// What is known of the object in view, its boxes, and what is to become of it.
class QuarantineInspectorView : public QWidget {
  Q_OBJECT

 public:
  explicit QuarantineInspectorView(Quarantine& quarantine, QWidget* parent = nullptr);
  ~QuarantineInspectorView() override;

 Q_SIGNALS:
  /// Whether the picture is to be shown as it will be in the store.
  void blankedToggled(bool blanked);
  /// A question was answered: back to the picture.
  void answered();

 private:
  enum class Question { kNone, kUnseen, kReject };

  void describeControls();
  void connectControls();
  void takeRows();
  void takeSelected();
  void takeFacts();
  void takeBoxes();
  void release();
  void ask(Question question);
  void answer();
  void dismiss();

  Quarantine& quarantine_;
  Question question_ = Question::kNone;
  std::unique_ptr<Ui::QuarantineInspector> ui_;
};

}  // namespace sonotwin::workstation
