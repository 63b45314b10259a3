// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <filesystem>
#include <memory>
#include <vector>

#include "presenters/pipeline_jobs.h"

namespace Ui {
class ImportDialog;
}

namespace sonotwin::workstation {

/// What to import, and what to assume where the files do not say.
class ImportDialog : public QDialog {
  Q_OBJECT

 public:
  explicit ImportDialog(const std::vector<std::filesystem::path>& paths, QWidget* parent = nullptr);
  ~ImportDialog() override;

  [[nodiscard]] ImportRequest request() const;

 private:
  void add(const QStringList& paths);
  void connectButtons();
  void updateImport();

  std::unique_ptr<Ui::ImportDialog> ui_;
};

}  // namespace sonotwin::workstation
