// SPDX-License-Identifier: Apache-2.0
#include "views/confirm_dialog.h"

#include <utility>

#include "ui_confirm_dialog.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {

ConfirmDialog::ConfirmDialog(const Question& question, QWidget* parent)
    : QDialog(parent), ui_(new Ui::ConfirmDialog) {
  ui_->setupUi(this);
  setWindowTitle(question.title);
  ui_->title->setText(question.title);
  ui_->text->setText(question.text);
  ui_->confirm->setText(question.confirm);
  ui_->back->setText(question.back);
  for (QPushButton* button : {ui_->confirm, ui_->back}) describe(button, button->text());
  ui_->back->setDefault(true);
  ui_->back->setFocus();
  connect(ui_->confirm, &QPushButton::clicked, this, &QDialog::accept);
  connect(ui_->back, &QPushButton::clicked, this, &QDialog::reject);
}

ConfirmDialog::~ConfirmDialog() = default;

void ConfirmDialog::ask(QWidget* parent, const Question& question,
                        std::function<void()> confirmed) {
  auto* dialog = new ConfirmDialog(question, parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, parent, std::move(confirmed));
  dialog->open();
}

}  // namespace sonotwin::workstation
