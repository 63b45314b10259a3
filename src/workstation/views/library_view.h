// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "presenters/clip_content.h"
#include "presenters/patient_table.h"
#include "presenters/pipeline_jobs.h"
#include "presenters/session.h"
#include "views/workspace.h"

class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace sonotwin::workstation {

class EmptyState;
class ExamsPanel;
class LibraryInspectorView;

/// Patients at the left, the chosen one's exams and clips beside them.
class LibraryView : public Workspace {
  Q_OBJECT

 public:
  LibraryView(Session& session, ClipContent& content, QWidget* parent = nullptr);
  ~LibraryView() override;

  [[nodiscard]] QWidget* inspector() override;
  void enter() override;
  [[nodiscard]] bool settled() const override;
  void setSearch(const QString& text);

 public Q_SLOTS:
  /// Asks what to import, then imports it.
  void import();

 Q_SIGNALS:
  void openClip();

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QWidget* buildPatients();
  void connectLists();
  void takePatients();
  void takeWaiting();
  void takeSelection();
  void showDropping(bool dropping);
  void importPaths(const std::vector<std::filesystem::path>& paths);

  Session& session_;
  PatientTable patients_;
  PatientFilter filter_;
  QStackedWidget* pages_;
  EmptyState* empty_;
  QPushButton* quarantine_;
  QTableView* table_;
  QLabel* no_match_;
  ExamsPanel* exams_;
  LibraryInspectorView* inspector_;
  bool following_ = false;  ///< selection comes from the session, not from the person
};

}  // namespace sonotwin::workstation
