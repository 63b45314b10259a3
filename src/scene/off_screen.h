// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vtkSmartPointer.h>

#include <memory>

class vtkRenderer;
class vtkRenderWindow;

namespace sonotwin::scene {

/// A render window without a screen: an EGL context of its own, software or hardware, that needs
/// no display server. One thread at a time.
class OffScreen {
 public:
  /// @throws Error(kDevice) if there is no EGL or no OpenGL 3.2.
  OffScreen();
  ~OffScreen();
  OffScreen(const OffScreen&) = delete;
  OffScreen& operator=(const OffScreen&) = delete;

  /// While this lives the context is current; then what was current before is again.
  class Current {
   public:
    /// @throws Error(kDevice) if the thread's own context cannot be set aside.
    explicit Current(const OffScreen& owner);
    ~Current();
    Current(const Current&) = delete;
    Current& operator=(const Current&) = delete;

   private:
    struct Previous;
    std::unique_ptr<Previous> previous_;
  };

  [[nodiscard]] vtkRenderWindow* window() const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace sonotwin::scene
