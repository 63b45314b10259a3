// SPDX-License-Identifier: Apache-2.0
#include "scene_impl.h"

#include <vtkActor.h>
#include <vtkCallbackCommand.h>
#include <vtkCamera.h>
#include <vtkLight.h>
#include <vtkMapper.h>
#include <vtkPlane.h>
#include <vtkProperty.h>
#include <vtkRenderWindow.h>
#include <vtkRenderer.h>
#include <vtkVolume.h>

#include <string>

#include "palette.h"

namespace sonotwin::scene {
namespace {
constexpr int kMultiSamples = 4;
constexpr double kThinLine_px = 1.3;
constexpr double kInteractiveRate_hz = 10.0;
constexpr double kStillRate_hz = 1e-4;  // as long as it takes

void addLight(vtkRenderer* renderer, const std::array<double, 3>& from, double intensity) {
  vtkNew<vtkLight> light;
  light->SetLightTypeToCameraLight();
  light->SetPosition(from[0], from[1], from[2]);  // camera space: right, up, towards the eye
  light->SetFocalPoint(0.0, 0.0, 0.0);
  light->SetIntensity(intensity);
  renderer->AddLight(light);
}

bool isSoftware(vtkRenderWindow* window) {
  const std::string report = window->ReportCapabilities();
  const std::string head = report.substr(0, report.find("OpenGL extensions"));
  return head.find("llvmpipe") != std::string::npos || head.find("softpipe") != std::string::npos;
}

Points verticesOf(const media::Surface& surface) {
  Points points;
  for (const auto& v : surface.vertices_mm) points.emplace_back(v[0], v[1], v[2]);
  return points;
}

}  // namespace

Scene::Impl::Impl() {
  renderer->SetBackground(kGround[0], kGround[1], kGround[2]);
  renderer->SetBackgroundAlpha(1.0);
  renderer->AutomaticLightCreationOff();
  addLight(renderer, {-0.55, 0.75, 0.9}, 0.86);
  addLight(renderer, {0.9, 0.1, 0.7}, 0.26);
  addLight(renderer, {0.1, -0.9, 0.3}, 0.10);
  overlay = std::make_unique<Overlay>(renderer);
  before_render->SetClientData(this);
  before_render->SetCallback([](vtkObject* /*caller*/, unsigned long /*event*/, void* self,
                                void* /*data*/) { static_cast<Impl*>(self)->beforeRender(); });
  renderer->AddObserver(vtkCommand::StartEvent, before_render);
  takeView(view);
}

Scene::Impl::~Impl() {
  if (host != nullptr) host->RemoveRenderer(renderer);
  leaveOffScreen();
  overlay.reset();
  renderer->RemoveObserver(before_render);
}

void Scene::Impl::add(Group& group, const vtkSmartPointer<vtkProp>& prop) {
  prop->SetVisibility(group.shown);
  renderer->AddViewProp(prop);
  group.props.push_back(prop);
}

void Scene::Impl::empty(Group& group) {
  if (group.props.empty()) return;
  const auto context = current();
  for (const auto& prop : group.props) renderer->RemoveViewProp(prop);
  group.props.clear();
  group.points.clear();
}

void Scene::Impl::show(Group& group, bool shown) {
  group.shown = shown;
  for (const auto& prop : group.props) prop->SetVisibility(shown);
}

void Scene::Impl::showSurfaceActors() {
  for (const SurfaceItem& item : surfaces) item.actor->SetVisibility(item.shown && surfaces_shown);
}

void Scene::Impl::applyCut() {
  if (cut) {
    const Eigen::Vector3d kept_side = -cut->normal.normalized();
    cut_plane->SetOrigin(cut->point_mm.x(), cut->point_mm.y(), cut->point_mm.z());
    cut_plane->SetNormal(kept_side.x(), kept_side.y(), kept_side.z());
  }
  vtkPlane* plane = cut ? cut_plane.Get() : nullptr;
  for (const SurfaceItem& item : surfaces) {
    item.actor->GetMapper()->RemoveAllClippingPlanes();
    if (plane != nullptr) item.actor->GetMapper()->AddClippingPlane(plane);
  }
  if (volume) volume->setCut(plane);
}

void Scene::Impl::takeView(const View& next) {
  view = next;
  vtkCamera* camera = renderer->GetActiveCamera();
  camera->SetViewAngle(view.angle_deg);
  camera->SetPosition(view.position_mm.x(), view.position_mm.y(), view.position_mm.z());
  camera->SetFocalPoint(view.focal_mm.x(), view.focal_mm.y(), view.focal_mm.z());
  camera->SetViewUp(view.up.x(), view.up.y(), view.up.z());
}

std::unique_ptr<OffScreen::Current> Scene::Impl::current() const {
  return off_screen ? std::make_unique<OffScreen::Current>(*off_screen) : nullptr;
}

void Scene::Impl::leaveOffScreen() {
  if (!off_screen) return;
  const auto context = current();
  off_screen->window()->RemoveRenderer(renderer);
  renderer->ReleaseGraphicsResources(off_screen->window());
  off_screen.reset();
}

vtkRenderWindow* Scene::Impl::window() const {
  return off_screen ? off_screen->window() : host;
}

void Scene::Impl::enter(vtkRenderWindow* next) {
  software.reset();
  next->AddRenderer(renderer);
  chooseQuality();
}

void Scene::Impl::chooseQuality() {
  if (window() == nullptr) return;
  const bool coarse = interactive && software.value_or(false);
  window()->SetMultiSamples(coarse ? 0 : kMultiSamples);
  window()->SetDesiredUpdateRate(interactive ? kInteractiveRate_hz : kStillRate_hz);
}

Points Scene::Impl::shownPoints() const {
  Points points;
  const auto take = [&](const Points& more) {
    points.insert(points.end(), more.begin(), more.end());
  };
  for (const SurfaceItem& item : surfaces) {
    if (item.shown && surfaces_shown) take(verticesOf(item.surface));
  }
  for (const Group* group : {&volume_group, &sweep, &frame, &plan}) {
    if (group->shown) take(group->points);
  }
  return points;
}

std::array<int, 2> Scene::Impl::size() const {
  if (host == nullptr) return last_size;
  const int* host_size = host->GetSize();
  return host_size[0] > 0 && host_size[1] > 0 ? std::array{host_size[0], host_size[1]} : last_size;
}

void Scene::Impl::beforeRender() {
  last_size = {renderer->GetSize()[0], renderer->GetSize()[1]};
  overlay->update(view, last_size[0], last_size[1], pixel_ratio);
  // Rays through a volume stop at some samples of a thin line and pass others: dots.
  if (outlines) outlines->SetVisibility(sweep.shown && !(volume && volume_group.shown));
  for (const auto& lines : {outlines, lifts}) {
    if (lines) lines->GetProperty()->SetLineWidth(static_cast<float>(kThinLine_px * pixel_ratio));
  }
  renderer->ResetCameraClippingRange();
  if (!software) software = isSoftware(renderer->GetRenderWindow());
  if (volume) volume->suit(*software);
}

}  // namespace sonotwin::scene
