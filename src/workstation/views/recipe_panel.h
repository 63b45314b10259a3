// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <memory>

#include "presenters/recipe_editor.h"
#include "presenters/review.h"

class QListWidgetItem;

namespace Ui {
class RecipePanel;
}

namespace sonotwin::workstation {

/// The panel in which a recipe is put together, beside the picture that it is shown on.
class RecipePanel : public QWidget {
  Q_OBJECT

 public:
  RecipePanel(ClipPlayer& player, Review& review, RecipeEditor& editor, QWidget* parent = nullptr);
  ~RecipePanel() override;

 Q_SIGNALS:
  void closed();

 protected:
  /// Undo and redo are the recipe's, in a number box, too.
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void describeControls();
  void connectControls();
  void connectSteps();
  void fillFilters();
  void takeRecipe();
  void takeChoice();
  void takeSteps();
  void takeFilter();
  void takeTime();
  /// To the recipe, if one was typed.
  void giveName();
  void takeStep(QListWidgetItem* item);
  void askRemove();

  ClipPlayer& player_;
  Review& review_;
  RecipeEditor& editor_;
  bool following_ = false;  ///< controls take what is written, not what the person does
  std::unique_ptr<Ui::RecipePanel> ui_;
};

}  // namespace sonotwin::workstation
