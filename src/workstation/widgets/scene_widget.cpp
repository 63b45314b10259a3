// SPDX-License-Identifier: Apache-2.0
#include "widgets/scene_widget.h"

#include <vtkCallbackCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <vtkOpenGLFramebufferObject.h>
#include <vtkOpenGLState.h>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QOpenGLContext>
#include <QOpenGLExtraFunctions>
#include <QWheelEvent>
#include <cmath>

namespace sonotwin::workstation {
namespace {
constexpr double kDegreesAPoint = 0.4;
constexpr double kKeyTurn_deg = 8.0;
constexpr double kKeyZoom = 1.15;
constexpr double kClick = 3.0;  ///< points; a longer way is a drag
}  // namespace

struct SceneWidget::Host {
  vtkNew<vtkGenericOpenGLRenderWindow> window;
  vtkNew<vtkCallbackCommand> wants_frame;
};

SceneWidget::SceneWidget(QWidget* parent) : QOpenGLWidget(parent), host_(new Host) {
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(200, 160);
  host_->wants_frame->SetClientData(this);
  host_->wants_frame->SetCallback([](vtkObject*, unsigned long, void* self, void*) {
    auto* widget = static_cast<SceneWidget*>(self);
    if (!widget->rendering_) widget->update();
  });
  host_->window->AddObserver(vtkCommand::WindowFrameEvent, host_->wants_frame);
}

SceneWidget::~SceneWidget() {
  release();
}

void SceneWidget::edit(const std::function<void(scene::Scene&)>& change) {
  makeCurrent();
  change(scene_);
  doneCurrent();
  update();
}

void SceneWidget::initializeGL() {
  connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, &SceneWidget::release);
  auto& window = *host_->window;
  window.SetReadyForRendering(true);
  window.InitializeFromCurrentContext();
  window.SetMapped(true);
  window.SetIsCurrent(true);
  scene_.attach(&window);
  scene_.setPixelRatio(devicePixelRatioF());
}

void SceneWidget::resizeGL(int width, int height) {
  const double ratio = devicePixelRatioF();
  host_->window->SetSize(qRound(width * ratio), qRound(height * ratio));
}

void SceneWidget::paintGL() {
  auto& window = *host_->window;
  vtkOpenGLState* state = window.GetState();
  state->Reset();
  state->Push();
  window.SetIsCurrent(true);
  rendering_ = true;
  window.Render();
  rendering_ = false;
  state->Pop();
  copyToWidget();
  ++rendered_frames_;
  Q_EMIT rendered();
}

void SceneWidget::copyToWidget() {
  auto& gl = *context()->extraFunctions();
  const int* size = host_->window->GetSize();
  vtkOpenGLFramebufferObject* from = host_->window->GetDisplayFramebuffer();
  from->Bind(GL_READ_FRAMEBUFFER);
  from->ActivateReadBuffer(0);
  gl.glBindFramebuffer(GL_DRAW_FRAMEBUFFER, defaultFramebufferObject());
  gl.glDisable(GL_SCISSOR_TEST);
  gl.glBlitFramebuffer(0, 0, size[0], size[1], 0, 0, size[0], size[1], GL_COLOR_BUFFER_BIT,
                       GL_NEAREST);
  gl.glBindFramebuffer(GL_FRAMEBUFFER, defaultFramebufferObject());
  // The copy brings the scene's alpha along; without this the window behind would show through.
  gl.glColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_TRUE);
  gl.glClearColor(0.0F, 0.0F, 0.0F, 1.0F);
  gl.glClear(GL_COLOR_BUFFER_BIT);
  gl.glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
}

void SceneWidget::release() {
  if (!context()) return;
  makeCurrent();
  scene_.attach(nullptr);
  host_->window->Finalize();
  host_->window->SetReadyForRendering(false);
  doneCurrent();
}

void SceneWidget::mousePressEvent(QMouseEvent* event) {
  pressed_at_ = last_ = event->position();
}

void SceneWidget::mouseMoveEvent(QMouseEvent* event) {
  const QPointF moved = event->position() - last_;
  last_ = event->position();
  if (event->buttons() & Qt::LeftButton) {
    scene_.orbit(-kDegreesAPoint * moved.x(), kDegreesAPoint * moved.y());
  } else if (event->buttons() & Qt::MiddleButton) {
    scene_.pan(moved.x() * devicePixelRatioF(), moved.y() * devicePixelRatioF());
  } else if (event->buttons() & Qt::RightButton) {
    scene_.zoom(std::pow(1.01, -moved.y()));
  } else {
    return;
  }
  update();
}

void SceneWidget::mouseReleaseEvent(QMouseEvent* event) {
  const bool click = QLineF(pressed_at_, event->position()).length() <= kClick;
  if (event->button() != Qt::LeftButton || !click || !context()) return;
  makeCurrent();
  const double ratio = devicePixelRatioF();
  const auto point = scene_.pick(event->position().x() * ratio, event->position().y() * ratio);
  doneCurrent();
  if (point) Q_EMIT picked(*point);
}

void SceneWidget::mouseDoubleClickEvent(QMouseEvent*) {
  scene_.resetCamera();
  update();
}

void SceneWidget::wheelEvent(QWheelEvent* event) {
  scene_.zoom(std::pow(1.0012, event->angleDelta().y()));
  update();
  event->accept();
}

void SceneWidget::keyPressEvent(QKeyEvent* event) {
  const bool turn = event->modifiers() & Qt::ShiftModifier;
  if (turn && event->key() == Qt::Key_Left) {
    scene_.orbit(-kKeyTurn_deg, 0);
  } else if (turn && event->key() == Qt::Key_Right) {
    scene_.orbit(kKeyTurn_deg, 0);
  } else if (turn && event->key() == Qt::Key_Up) {
    scene_.orbit(0, kKeyTurn_deg);
  } else if (turn && event->key() == Qt::Key_Down) {
    scene_.orbit(0, -kKeyTurn_deg);
  } else if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal) {
    scene_.zoom(kKeyZoom);
  } else if (event->key() == Qt::Key_Minus) {
    scene_.zoom(1.0 / kKeyZoom);
  } else if (event->key() == Qt::Key_0) {
    scene_.resetCamera();
  } else {
    return QOpenGLWidget::keyPressEvent(event);
  }
  update();
}

}  // namespace sonotwin::workstation
