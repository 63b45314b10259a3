// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "presenters/recipe_editor.h"
#include "presenters/review.h"
#include "views/workspace.h"

class QStackedWidget;

namespace Ui {
class ReviewInspector;
}

namespace sonotwin::workstation {

class CaliperCanvas;
class EmptyState;
class RecipePanel;
class Transport;

/// The cine player: picture, mask, distances.
class ReviewView : public Workspace {
  Q_OBJECT

 public:
  explicit ReviewView(ClipPlayer& player, QWidget* parent = nullptr);
  ~ReviewView() override;

  [[nodiscard]] QWidget* inspector() override { return inspector_; }
  void enter() override;
  [[nodiscard]] bool settled() const override { return player_.settled(); }
  void setChromeShown(bool shown) override;
  [[nodiscard]] Review& review() { return review_; }
  [[nodiscard]] RecipeEditor& recipes() { return editor_; }
  /// Puts the recipe editor in the inspector's place, or takes it away again.
  void editRecipe(bool open);

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void buildCanvas();
  void buildInspector();
  void connectInspector();
  void takeRecipe();
  void takePage();
  void takePicture();
  void takeReview();
  void takeMasks();
  void takeMain();
  /// What the main button does with this clip.
  enum class Next { kModel, kAnnotate, kBuild };
  [[nodiscard]] Next next() const;
  void updateMask();
  void mainAction();

  ClipPlayer& player_;
  Review review_;
  RecipeEditor editor_;
  QStackedWidget* pages_;
  EmptyState* empty_;
  CaliperCanvas* canvas_;
  QWidget* bottom_;
  Transport* transport_;
  QWidget* inspector_;
  QWidget* review_page_;
  RecipePanel* recipe_panel_;
  bool compared_before_ = false;  ///< the editor was opened
  std::unique_ptr<Ui::ReviewInspector> ui_;
};

}  // namespace sonotwin::workstation
