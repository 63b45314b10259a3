// SPDX-License-Identifier: Apache-2.0
#include "views/import_dialog.h"

#include <QDate>
#include <QFileDialog>

#include "presenters/words.h"
#include "ui_import_dialog.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {

ImportDialog::ImportDialog(const std::vector<std::filesystem::path>& paths, QWidget* parent)
    : QDialog(parent), ui_(new Ui::ImportDialog) {
  ui_->setupUi(this);
  setMinimumWidth(560);
  ui_->paths->setMinimumHeight(110);
  ui_->paths->setSelectionMode(QAbstractItemView::ExtendedSelection);
  ui_->date->setDate(QDate::currentDate());
  ui_->date->setCalendarPopup(false);
  ui_->date->setButtonSymbols(QAbstractSpinBox::NoButtons);
  describe(ui_->patient, QStringLiteral("Patient identifier"), {},
           QStringLiteral("For files that carry none. Only its pseudonym is kept."));
  describe(
      ui_->dateKnown, QStringLiteral("The exam date is known"), {},
      QStringLiteral("For files that carry none. Only the days since the first exam are kept."));
  describe(ui_->calibration, QStringLiteral("Calibration file"), {},
           QStringLiteral("Where the image lies on the probe: needed for 3D"));
  ui_->import_->setDefault(true);
  connectButtons();
  QStringList names;
  for (const auto& path : paths) names << words::from(path.string());
  add(names);
}

ImportDialog::~ImportDialog() = default;

ImportRequest ImportDialog::request() const {
  ImportRequest request;
  for (int row = 0; row < ui_->paths->count(); ++row) {
    request.paths.emplace_back(ui_->paths->item(row)->text().toStdString());
  }
  request.options.patient = ui_->patient->text().trimmed().toStdString();
  if (ui_->dateKnown->isChecked()) {
    request.options.exam_date = ui_->date->date().toString(Qt::ISODate).toStdString();
  }
  const QString calibration = ui_->calibration->text().trimmed();
  if (!calibration.isEmpty()) request.options.calibration = calibration.toStdString();
  request.build = ui_->build->isChecked();
  return request;
}

void ImportDialog::connectButtons() {
  connect(ui_->addFiles, &QPushButton::clicked, this,
          [this] { add(QFileDialog::getOpenFileNames(this, QStringLiteral("Files to import"))); });
  connect(ui_->addFolder, &QPushButton::clicked, this, [this] {
    add({QFileDialog::getExistingDirectory(this, QStringLiteral("Folder to import"))});
  });
  connect(ui_->remove, &QPushButton::clicked, this, [this] {
    qDeleteAll(ui_->paths->selectedItems());
    updateImport();
  });
  connect(ui_->browseCalibration, &QPushButton::clicked, this, [this] {
    const QString file =
        QFileDialog::getOpenFileName(this, QStringLiteral("Calibration"), {},
                                     QStringLiteral("Calibrations (*.xml *.json);;All files (*)"));
    if (!file.isEmpty()) ui_->calibration->setText(file);
  });
  connect(ui_->paths, &QListWidget::itemSelectionChanged, this, &ImportDialog::updateImport);
  connect(ui_->dateKnown, &QCheckBox::toggled, ui_->date, &QWidget::setEnabled);
  connect(ui_->cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(ui_->import_, &QPushButton::clicked, this, &QDialog::accept);
}

void ImportDialog::add(const QStringList& paths) {
  for (const QString& path : paths) {
    if (!path.isEmpty() && ui_->paths->findItems(path, Qt::MatchExactly).isEmpty()) {
      ui_->paths->addItem(path);
    }
  }
  updateImport();
}

void ImportDialog::updateImport() {
  ui_->import_->setEnabled(ui_->paths->count() > 0);
  ui_->remove->setEnabled(!ui_->paths->selectedItems().isEmpty());
}

}  // namespace sonotwin::workstation
