// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "presenters/clip_player.h"
#include "presenters/scan_planner.h"
#include "views/workspace.h"

class QLabel;
class QSlider;
class QStackedWidget;

namespace Ui {
class RobotInspector;
}

namespace sonotwin::workstation {

class EmptyState;
class PlotStrip;
class SceneWidget;

/// A scan plan over a surface: options, lanes in space, numbers, and a walk along it.
class RobotView : public Workspace {
  Q_OBJECT

 public:
  RobotView(ClipPlayer& player, SpaceContent& space, QWidget* parent = nullptr);
  ~RobotView() override;

  [[nodiscard]] QWidget* inspector() override { return inspector_; }
  [[nodiscard]] int inspectorWidth(bool compact) const override;
  void enter() override;
  [[nodiscard]] bool settled() const override;
  void setChromeShown(bool shown) override;
  [[nodiscard]] ScanPlanner& planner() { return planner_; }

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void buildPage();
  QWidget* buildBottom();
  void fillOptions();
  void connectAll();
  void readOptions();
  void takeSpace();
  void takePlan();
  void takeResult();
  void takePose();
  void takePage();
  void takeFocus();
  void alignPlots();
  void exportPlan();

  ClipPlayer& player_;
  SpaceContent& space_;
  ScanPlanner planner_;
  QStackedWidget* pages_;
  EmptyState* empty_;
  SceneWidget* scene_;
  QLabel* title_;
  QWidget* bottom_;
  QSlider* pose_slider_;
  QLabel* pose_words_;
  PlotStrip* standoff_;
  PlotStrip* tilt_;
  QWidget* inspector_;
  std::string camera_clip_;  ///< the clip that the camera was last turned to
  std::unique_ptr<Ui::RobotInspector> ui_;
};

}  // namespace sonotwin::workstation
