// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMap>
#include <memory>

#include "presenters/clip_player.h"
#include "presenters/slices.h"
#include "presenters/space_content.h"
#include "views/workspace.h"

class QCheckBox;
class QLabel;
class QSlider;
class QStackedWidget;

namespace Ui {
class ModelInspector;
}

namespace sonotwin::workstation {

class EmptyState;
class SceneWidget;

/// The clip in space: surfaces, sweep, the frame in view, three slices, and numbers.
class ModelView : public Workspace {
  Q_OBJECT

 public:
  ModelView(ClipPlayer& player, SpaceContent& space, QWidget* parent = nullptr);
  ~ModelView() override;

  [[nodiscard]] QWidget* inspector() override { return inspector_; }
  void enter() override;
  [[nodiscard]] bool settled() const override;
  void setChromeShown(bool shown) override;

 public Q_SLOTS:
  /// Asks where to, then writes a surface or the volume.
  void exportMesh();

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void buildPage();
  QWidget* buildSlices();
  QWidget* buildFrameBar();
  void connectAll();
  void takeSpace();
  void takeScene();
  void takeFrame();
  void takeFacts();
  void takeShow();
  QCheckBox* addShow(const QString& name, const QColor& colour, bool on, const QString& key);
  void takePage();
  void takeFocus();
  void takeJobs();
  void rebuild();
  void pick(const Eigen::Vector3d& world_mm);
  void exportObject(const std::string& id, const QString& name, const QString& filter);

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
  QWidget* inspector_;
  QMap<QString, bool> shown_;  ///< what the person chose, by name
  QList<QCheckBox*> show_boxes_;
  std::vector<int> surface_handles_;
  std::string camera_clip_;  ///< the clip that the camera was last turned to
  std::unique_ptr<Ui::ModelInspector> ui_;
};

}  // namespace sonotwin::workstation
