// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "presenters/model_card.h"
#include "views/workspace.h"

class QListWidget;
class QStackedWidget;
class QTableWidget;

namespace Ui {
class ModelsInspector;
}

namespace sonotwin::workstation {

class EmptyState;

/// The networks installed on this machine, as their cards describe them.
class ModelsView : public Workspace {
  Q_OBJECT

 public:
  explicit ModelsView(QWidget* parent = nullptr);
  ~ModelsView() override;

  [[nodiscard]] QWidget* inspector() override { return inspector_; }
  void enter() override;

 private:
  void reload();
  void showCard(int row);

  std::vector<ModelCard> cards_;
  QStackedWidget* pages_;
  EmptyState* empty_;
  QListWidget* list_;
  QTableWidget* scores_;
  QWidget* inspector_;
  std::unique_ptr<Ui::ModelsInspector> ui_;
};

}  // namespace sonotwin::workstation
