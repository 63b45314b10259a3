// SPDX-License-Identifier: Apache-2.0
#include "off_screen.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <vtkCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkObjectFactory.h>

#include <array>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::scene {
namespace {
[[noreturn]] void refuse(const std::string& reason) {
  throw Error(ErrorKind::kDevice,
              "No picture can be rendered off screen: " + reason +
                  " Install Mesa's software OpenGL (Debian: libegl1, libegl-mesa0).");
}

class Silence final : public vtkCommand {
 public:
  vtkTypeMacro(Silence, vtkCommand);
  static Silence* New() { return new Silence; }
  void Execute(vtkObject* /*caller*/, unsigned long /*event*/, void* /*data*/) override {}
};

// GLEW as built for X loads every OpenGL entry point, then fails because there is no X display, and
// VTK takes that for a failure of OpenGL. Nothing but the complaint is wrong.
class SurfacelessWindow final : public vtkGenericOpenGLRenderWindow {
 public:
  vtkTypeMacro(SurfacelessWindow, vtkGenericOpenGLRenderWindow);
  static SurfacelessWindow* New();

  void OpenGLInitContext() override {
    if (Initialized) return;
    const unsigned long observer = AddObserver(vtkCommand::ErrorEvent, vtkNew<Silence>());
    vtkGenericOpenGLRenderWindow::OpenGLInitContext();
    RemoveObserver(observer);
    Initialized = GlewInitValid = true;
  }
};
vtkStandardNewMacro(SurfacelessWindow);

/// Never terminated: the display is shared by the process.
EGLDisplay surfacelessDisplay() {
  static const EGLDisplay display = [] {
    const EGLDisplay opened =
        eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    return opened != EGL_NO_DISPLAY && eglInitialize(opened, nullptr, nullptr) == EGL_TRUE
               ? opened
               : EGL_NO_DISPLAY;
  }();
  return display;
}
}  // namespace

struct OffScreen::Context {
  EGLContext context = EGL_NO_CONTEXT;
  vtkSmartPointer<SurfacelessWindow> window;
};

struct OffScreen::Current::Previous {
  EGLenum api = eglQueryAPI();
  EGLDisplay display = eglGetCurrentDisplay();
  EGLContext context = eglGetCurrentContext();
  EGLSurface draw = eglGetCurrentSurface(EGL_DRAW);
  EGLSurface read = eglGetCurrentSurface(EGL_READ);
};

OffScreen::Current::Current(const OffScreen& owner) : previous_(std::make_unique<Previous>()) {
  eglBindAPI(EGL_OPENGL_API);
  if (eglMakeCurrent(surfacelessDisplay(), EGL_NO_SURFACE, EGL_NO_SURFACE,
                     owner.context_->context) != EGL_TRUE) {
    throw Error(ErrorKind::kDevice,
                "No picture can be rendered off screen while a window's graphics context is "
                "current on the same thread: release it first.");
  }
}

OffScreen::Current::~Current() {
  eglMakeCurrent(surfacelessDisplay(), EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglBindAPI(previous_->api);
  if (previous_->context != EGL_NO_CONTEXT) {
    eglMakeCurrent(previous_->display, previous_->draw, previous_->read, previous_->context);
  }
}

OffScreen::OffScreen() : context_(std::make_unique<Context>()) {
  const EGLDisplay display = surfacelessDisplay();
  if (display == EGL_NO_DISPLAY) refuse("EGL offers no display without a screen.");
  const EGLenum api = eglQueryAPI();
  eglBindAPI(EGL_OPENGL_API);
  constexpr std::array<EGLint, 5> kConfig = {EGL_SURFACE_TYPE, 0, EGL_RENDERABLE_TYPE,
                                             EGL_OPENGL_BIT, EGL_NONE};
  constexpr std::array<EGLint, 7> kCore32 = {EGL_CONTEXT_MAJOR_VERSION,
                                             3,
                                             EGL_CONTEXT_MINOR_VERSION,
                                             2,
                                             EGL_CONTEXT_OPENGL_PROFILE_MASK,
                                             EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                                             EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  if (eglChooseConfig(display, kConfig.data(), &config, 1, &count) == EGL_TRUE && count == 1) {
    context_->context = eglCreateContext(display, config, EGL_NO_CONTEXT, kCore32.data());
  }
  eglBindAPI(api);
  if (context_->context == EGL_NO_CONTEXT) refuse("there is no OpenGL 3.2.");
  const Current current(*this);
  context_->window = vtkSmartPointer<SurfacelessWindow>::New();
  context_->window->SetReadyForRendering(true);
  context_->window->InitializeFromCurrentContext();
  context_->window->SetMapped(true);
  context_->window->SetIsCurrent(true);
}

OffScreen::~OffScreen() {
  try {
    const Current current(*this);
    context_->window = nullptr;
  } catch (const Error&) {
    // The thread's other context keeps ours out; the driver frees it with the process.
    context_->window->SetReadyForRendering(false);
    return;
  }
  eglDestroyContext(surfacelessDisplay(), context_->context);
}

vtkRenderWindow* OffScreen::window() const {
  return context_->window;
}

}  // namespace sonotwin::scene
