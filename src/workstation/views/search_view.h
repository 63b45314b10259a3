// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "presenters/clip_search.h"
#include "presenters/clip_table.h"
#include "views/workspace.h"

class QComboBox;
class QLabel;
class QStackedWidget;
class QTableView;

namespace Ui {
class SearchPanel;
}

namespace sonotwin::workstation {

class EmptyState;
class Heading;

/// All clips of the store by conditions: these at the left, what they find beside them.
class SearchView : public Workspace {
  Q_OBJECT

 public:
  explicit SearchView(Session& session, QWidget* parent = nullptr);
  ~SearchView() override;

  void enter() override;
  /// Searches for words in place of those that were there.
  void setWords(const QString& words);
  [[nodiscard]] ClipSearch& search() { return search_; }

 Q_SIGNALS:
  void openClip();

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void buildForm(QWidget* panel);
  QWidget* buildResults();
  void connectForm();
  void connectSaved();
  void takeForm();
  void takeQuery();
  void takeChoices();
  void takeFound();
  void takeSaved();
  void updateSave();
  void askRemove();
  void clear();

  Session& session_;
  ClipSearch search_;
  ClipTable clips_;
  Heading* heading_ = nullptr;
  QLabel* asked_ = nullptr;  ///< the conditions, those too that the form has no field for
  QStackedWidget* results_ = nullptr;
  QTableView* table_ = nullptr;
  EmptyState* empty_ = nullptr;
  std::unique_ptr<Ui::SearchPanel> ui_;
  bool following_ = false;  ///< the form is filled by the program, not by the person
};

}  // namespace sonotwin::workstation
