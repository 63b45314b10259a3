// SPDX-License-Identifier: Apache-2.0
#include "views/merge_dialog.h"

#include "presenters/people.h"
#include "presenters/words.h"
#include "ui_merge_dialog.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {

MergeDialog::MergeDialog(const Session& session, const std::string& into, QWidget* parent)
    : QDialog(parent), ui_(new Ui::MergeDialog) {
  ui_->setupUi(this);
  for (const PatientEntry& entry : session.patients()) {
    if (entry.row.id == into) {
      into_ = entry.row;
      continue;
    }
    others_.push_back(entry.row);
    QStringList words = {
        words::from(entry.row.id),
        words::count(entry.row.exam_count, QStringLiteral("exam"), QStringLiteral("exams")),
        words::region(entry.row.body_region)};
    words.removeAll(QString());
    ui_->other->addItem(words.join(QStringLiteral(" · ")));
  }
  ui_->title->setText(QStringLiteral("Who is the same person as %1?").arg(words::from(into)));
  setWindowTitle(ui_->title->text());
  describe(ui_->other, QStringLiteral("The other pseudonym"));
  describe(ui_->merge, QStringLiteral("Merge"));
  describe(ui_->back, QStringLiteral("Leave them apart"));
  connect(ui_->other, &QComboBox::currentIndexChanged, this, &MergeDialog::takeChoice);
  connect(ui_->merge, &QPushButton::clicked, this, &QDialog::accept);
  connect(ui_->back, &QPushButton::clicked, this, &QDialog::reject);
  ui_->other->setCurrentIndex(-1);
  ui_->other->setFocus();
  takeChoice();
}

MergeDialog::~MergeDialog() = default;

std::string MergeDialog::other() const {
  const int row = ui_->other->currentIndex();
  return row < 0 ? std::string() : others_[static_cast<std::size_t>(row)].id;
}

void MergeDialog::takeChoice() {
  const int row = ui_->other->currentIndex();
  ui_->merge->setEnabled(row >= 0);
  ui_->text->setText(row < 0 ? QStringLiteral("Two pseudonyms are one person where files of one "
                                              "patient came with two identifiers.")
                             : mergeWords(into_, others_[static_cast<std::size_t>(row)]));
}

}  // namespace sonotwin::workstation
