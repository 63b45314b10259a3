// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <functional>
#include <memory>

namespace Ui {
class ConfirmDialog;
}

namespace sonotwin::workstation {

/// Asks once before something is done that needs a second thought: says what will happen, and with
/// what words.
class ConfirmDialog : public QDialog {
  Q_OBJECT

 public:
  struct Question {
    QString title;
    QString text;     ///< what will happen, what is lost, how it is undone
    QString confirm;  ///< the words of what is done
    QString back;     ///< the words of leaving all as it is: chosen by Enter and Escape
  };

  ConfirmDialog(const Question& question, QWidget* parent);
  ~ConfirmDialog() override;
  /// Opens over the window and returns at once; `confirmed` is called if the person agrees.
  static void ask(QWidget* parent, const Question& question, std::function<void()> confirmed);

 private:
  std::unique_ptr<Ui::ConfirmDialog> ui_;
};

}  // namespace sonotwin::workstation
