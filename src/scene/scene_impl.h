// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vtkNew.h>
#include <vtkSmartPointer.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "camera.h"
#include "off_screen.h"
#include "overlay.h"
#include "sonotwin/scene/scene.h"
#include "sonotwin/scene/sweep_geometry.h"
#include "volume_actor.h"

class vtkActor;
class vtkCallbackCommand;
class vtkPlane;
class vtkProp;
class vtkRenderer;
class vtkRenderWindow;

namespace sonotwin::scene {

using Points = std::vector<Eigen::Vector3d>;

struct SurfaceItem {
  media::Surface surface;
  vtkSmartPointer<vtkActor> actor;
  bool shown = true;
};

/// Props that come, go and hide together, and the points that must be in view with them.
struct Group {
  std::vector<vtkSmartPointer<vtkProp>> props;
  Points points;
  bool shown = true;
};

/// The stage of a scene: renderer, lights, camera and window, and what stands on it.
struct Scene::Impl {
  Impl();
  ~Impl();

  void add(Group& group, const vtkSmartPointer<vtkProp>& prop);
  void empty(Group& group);
  void show(Group& group, bool shown);
  void applyCut();
  void showSurfaceActors();
  void takeView(const View& next);
  /// Off screen: makes our context current, as freeing what was drawn needs it. Attached: the
  /// host's is.
  [[nodiscard]] std::unique_ptr<OffScreen::Current> current() const;
  void leaveOffScreen();
  void enter(vtkRenderWindow* window);
  void chooseQuality();
  [[nodiscard]] vtkRenderWindow* window() const;
  [[nodiscard]] Points shownPoints() const;
  [[nodiscard]] std::array<int, 2> size() const;
  void beforeRender();

  vtkNew<vtkRenderer> renderer;
  vtkNew<vtkCallbackCommand> before_render;
  vtkNew<vtkPlane> cut_plane;
  std::unique_ptr<Overlay> overlay;
  std::unique_ptr<OffScreen> off_screen;
  vtkRenderWindow* host = nullptr;

  View view;
  double pixel_ratio = 1.0;
  bool interactive = false;
  std::optional<bool> software;  ///< of the window's OpenGL; known after its first rendering
  std::array<int, 2> last_size = {800, 600};  ///< cols, rows
  std::optional<CutPlane> cut;

  std::vector<SurfaceItem> surfaces;
  bool surfaces_shown = true;
  std::unique_ptr<VolumeActor> volume;
  Group volume_group, sweep, frame, plan, plan_pose;
  vtkSmartPointer<vtkActor> outlines, lifts;  ///< thin lines
  std::optional<SweepAxes> axes;
  std::optional<robot::ScanPlan> scan_plan;
};

}  // namespace sonotwin::scene
