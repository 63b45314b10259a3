// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "presenters/clip_player.h"
#include "presenters/slices.h"
#include "presenters/space_content.h"
#include "views/workspace.h"

class QLabel;
class QSlider;
class QStackedWidget;

namespace sonotwin::workstation {

class EmptyState;
class ModelInspectorView;
class SceneWidget;

/// The clip in space: surfaces, sweep, the frame in view, three slices, and numbers.
class ModelView : public Workspace {
  Q_OBJECT

 public:
  ModelView(ClipPlayer& player, SpaceContent& space, QWidget* parent = nullptr);
  ~ModelView() override;

  [[nodiscard]] QWidget* inspector() override;
  void enter() override;
  [[nodiscard]] bool settled() const override;
  void setChromeShown(bool shown) override;

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void buildPage();
  QWidget* buildSlices();
  QWidget* buildFrameBar();
  void connectAll();
  void takeSpace();
  void takeTitle();
  void takeScene();
  void takeLayers();
  void takeFrame();
  void takePage();
  void takeFocus();
  void pick(const Eigen::Vector3d& world_mm);

  ClipPlayer& player_;
  SpaceContent& space_;
  Slices slices_;
  QStackedWidget* pages_;
  EmptyState* empty_;
  SceneWidget* scene_;
  QLabel* title_;
  QWidget* slice_row_;
  QWidget* frame_bar_;
  QSlider* frame_slider_;
  QLabel* frame_words_;
  ModelInspectorView* inspector_;
  std::vector<int> surface_handles_;
  std::string camera_clip_;  ///< the clip that the camera was last turned to
};

}  // namespace sonotwin::workstation
