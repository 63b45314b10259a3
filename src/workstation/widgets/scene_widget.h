// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QOpenGLWidget>
#include <functional>
#include <memory>

#include "sonotwin/scene/scene.h"

namespace sonotwin::workstation {

/// Hosts a scene in the window: VTK renders into its own framebuffer, which is then copied here.
/// The left button turns, the middle one pans, right button and wheel zoom, a double click looks at
/// everything; a click without a drag picks. Arrows with Shift, + − 0 do the same from the
/// keyboard.
class SceneWidget : public QOpenGLWidget {
  Q_OBJECT

 public:
  explicit SceneWidget(QWidget* parent = nullptr);
  ~SceneWidget() override;

  /// Changes the scene with the graphics context current, then asks for a frame.
  void edit(const std::function<void(scene::Scene&)>& change);
  /// Frames rendered so far.
  [[nodiscard]] int renderedFrames() const { return rendered_frames_; }

 Q_SIGNALS:
  void rendered();
  /// The nearest point of a shown surface under a click, in mm of the world.
  void picked(const Eigen::Vector3d& world_mm);

 protected:
  void initializeGL() override;
  void resizeGL(int width, int height) override;
  void paintGL() override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Host;  ///< VTK's window, kept out of this header
  void release();
  void copyToWidget();

  std::unique_ptr<Host> host_;
  scene::Scene scene_;
  int rendered_frames_ = 0;
  bool rendering_ = false;
  QPointF pressed_at_;
  QPointF last_;
};

}  // namespace sonotwin::workstation
