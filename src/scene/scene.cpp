// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/scene/scene.h"

#include <vtkActor.h>
#include <vtkCallbackCommand.h>
#include <vtkCamera.h>
#include <vtkLight.h>
#include <vtkMapper.h>
#include <vtkNew.h>
#include <vtkPlane.h>
#include <vtkProperty.h>
#include <vtkRenderWindow.h>
#include <vtkRenderer.h>
#include <vtkUnsignedCharArray.h>
#include <vtkVolume.h>

#include <algorithm>
#include <string>

#include "actors.h"
#include "camera.h"
#include "off_screen.h"
#include "overlay.h"
#include "palette.h"
#include "ray.h"
#include "sonotwin/base/error.h"
#include "sonotwin/scene/sweep_geometry.h"
#include "volume_actor.h"

namespace sonotwin::scene {
namespace {
constexpr int kMostOutlines = 12;
constexpr double kPathRadiusOfDepth = 0.007;  // of the frame's height
constexpr double kLaneRadius_mm = 0.8;
constexpr double kDash_mm = 3.0;
constexpr double kOutlineWidth_px = 1.2;
constexpr double kLiftWidth_px = 1.4;
constexpr double kFill = 0.88;  // of the picture's sides, when looking at everything
constexpr std::size_t kMostFitPoints = 4000;
constexpr int kMultiSamples = 4;
constexpr double kInteractiveRate_hz = 10.0;
constexpr double kStillRate_hz = 1e-4;  // as long as it takes

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

Points verticesToFit(const media::Surface& surface) {
  Points points;
  const std::size_t step = surface.vertices_mm.size() / kMostFitPoints + 1;
  for (std::size_t i = 0; i < surface.vertices_mm.size(); i += step) {
    const auto& v = surface.vertices_mm[i];
    points.emplace_back(v[0], v[1], v[2]);
  }
  return points;
}

Points cornersOf(const media::Volume& volume) {
  Points points;
  for (int c = 0; c < 8; ++c) {
    points.push_back(volume.world_from_voxel({(c & 1) != 0 ? volume.dims[0] - 1.0 : 0.0,
                                              (c & 2) != 0 ? volume.dims[1] - 1.0 : 0.0,
                                              (c & 4) != 0 ? volume.dims[2] - 1.0 : 0.0}));
  }
  return points;
}

Polyline placed(const std::vector<Eigen::Vector2d>& outline, const media::WorldFromImage& pose) {
  Polyline line;
  for (const Eigen::Vector2d& pixel : outline) line.push_back(pose({pixel.x(), pixel.y(), 0.0}));
  return line;
}
}  // namespace

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
  vtkSmartPointer<vtkActor> outlines;
  std::optional<SweepAxes> axes;
  std::optional<robot::ScanPlan> scan_plan;
};

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
  // A coarse volume reads the depth of a thin line as that of a whole block: dark dots.
  const bool spotted = coarse && volume && volume_group.shown;
  if (outlines) outlines->SetVisibility(sweep.shown && !spotted);
}

Points Scene::Impl::shownPoints() const {
  Points points;
  const auto take = [&](const Points& more) {
    points.insert(points.end(), more.begin(), more.end());
  };
  for (const SurfaceItem& item : surfaces) {
    if (item.shown && surfaces_shown) take(verticesToFit(item.surface));
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
  renderer->ResetCameraClippingRange();
  if (!software) software = isSoftware(renderer->GetRenderWindow());
  if (volume) volume->suit(*software);
}

Scene::Scene() : impl_(std::make_unique<Impl>()) {}
Scene::~Scene() = default;

void Scene::clear() {
  const auto context = impl_->current();
  for (const SurfaceItem& item : impl_->surfaces) impl_->renderer->RemoveViewProp(item.actor);
  impl_->surfaces.clear();
  for (Group* group :
       {&impl_->volume_group, &impl_->sweep, &impl_->frame, &impl_->plan, &impl_->plan_pose}) {
    impl_->empty(*group);
  }
  impl_->volume.reset();
  impl_->outlines = nullptr;
  impl_->axes.reset();
  impl_->scan_plan.reset();
}

int Scene::addSurface(const media::Surface& surface, std::array<std::uint8_t, 3> colour,
                      double opacity) {
  auto actor = surfaceActor(surface, colour, opacity);
  impl_->renderer->AddViewProp(actor);
  impl_->surfaces.push_back({surface, actor, true});
  impl_->showSurfaceActors();
  impl_->applyCut();
  return static_cast<int>(impl_->surfaces.size()) - 1;
}

void Scene::setVolume(std::shared_ptr<const media::Volume> volume) {
  auto actor = volume ? std::make_unique<VolumeActor>(std::move(volume)) : nullptr;
  impl_->empty(impl_->volume_group);
  impl_->volume = std::move(actor);
  if (!impl_->volume) return;
  impl_->add(impl_->volume_group, impl_->volume->prop());
  impl_->volume_group.points = cornersOf(impl_->volume->volume());
  impl_->applyCut();
}

void Scene::setSweep(const media::Clip& clip) {
  impl_->empty(impl_->sweep);
  impl_->outlines = nullptr;
  impl_->axes = sweepAxes(clip);
  if (!impl_->axes) return;
  const auto outline = sectorOutline(clip.info.sector, clip.info.rows, clip.info.cols);
  const Eigen::Vector2d face = probeFace(clip.info.sector, clip.info.cols);
  std::vector<media::WorldFromImage> poses;
  for (int index = 0; index < static_cast<int>(clip.frames.size()); ++index) {
    if (const auto pose = clip.worldFromImage(index)) poses.push_back(*pose);
  }
  Polyline path;
  for (const auto& pose : poses) {
    const Eigen::Vector3d point = pose({face.x(), face.y(), 0.0});
    if (path.empty() || (point - path.back()).norm() > 1e-3) path.push_back(point);
  }
  std::vector<Polyline> outlines;
  const std::size_t count = std::min<std::size_t>(poses.size(), kMostOutlines);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = count == 1 ? 0 : i * (poses.size() - 1) / (count - 1);
    outlines.push_back(placed(outline, poses[index]));
  }
  const double depth_mm = poses.front().linear().col(1).norm() * clip.info.rows;
  impl_->outlines = lineActor(outlines, true, kOutline, kOutlineWidth_px);
  impl_->add(impl_->sweep, impl_->outlines);
  const std::array<Polyline, 1> paths = {path};
  if (path.size() > 1) {
    impl_->add(impl_->sweep, tubeActor(paths, kPathRadiusOfDepth * depth_mm, kAccent));
  }
  for (const Polyline& line : outlines) {
    impl_->sweep.points.insert(impl_->sweep.points.end(), line.begin(), line.end());
  }
}

void Scene::setFramePicture(const media::Image& frame, const media::WorldFromImage& pose,
                            const media::ScanSector& sector) {
  impl_->empty(impl_->frame);
  const auto outline = sectorOutline(sector, frame.rows, frame.cols);
  if (outline.empty()) return;
  impl_->add(impl_->frame, pictureActor(frame, pose, sector));
  impl_->frame.points = placed(outline, pose);
}

void Scene::setPlan(const std::optional<robot::ScanPlan>& plan) {
  impl_->empty(impl_->plan);
  impl_->empty(impl_->plan_pose);
  impl_->scan_plan = plan;
  if (!plan) return;
  std::vector<Polyline> lanes, lifts;
  const robot::PlanPose* before = nullptr;
  for (const robot::PlanPose& pose : plan->poses) {
    std::vector<Polyline>& lines = pose.contact ? lanes : lifts;
    const bool same = before != nullptr && before->contact == pose.contact &&
                      (!pose.contact || before->lane == pose.lane);
    if (!same) lines.emplace_back();
    const Eigen::Vector3d point = pose.world_from_tool.translation();
    lines.back().push_back(point);
    impl_->plan.points.push_back(point);
    before = &pose;
  }
  std::vector<Polyline> dashes;
  for (const Polyline& lift : lifts) {
    for (Polyline& dash : dashed(lift, kDash_mm)) dashes.push_back(std::move(dash));
  }
  impl_->add(impl_->plan, tubeActor(lanes, kLaneRadius_mm, kGood));
  impl_->add(impl_->plan, lineActor(dashes, false, kFaint, kLiftWidth_px));
}

void Scene::setPlanPose(int index) {
  impl_->empty(impl_->plan_pose);
  if (index < 0) return;
  if (!impl_->scan_plan || index >= static_cast<int>(impl_->scan_plan->poses.size())) {
    throwNotFound("The scan plan has no pose " + std::to_string(index) + ".");
  }
  const auto& pose = impl_->scan_plan->poses[static_cast<std::size_t>(index)];
  impl_->add(impl_->plan_pose, probeGlyph(pose.world_from_tool));
}

void Scene::setCutPlane(const std::optional<CutPlane>& plane) {
  impl_->cut = plane;
  impl_->applyCut();
}

void Scene::showSurface(int handle, bool shown) {
  if (handle < 0 || handle >= static_cast<int>(impl_->surfaces.size())) {
    throwNotFound("The scene has no surface " + std::to_string(handle) + ".");
  }
  impl_->surfaces[static_cast<std::size_t>(handle)].shown = shown;
  impl_->showSurfaceActors();
}

void Scene::showSurfaces(bool shown) {
  impl_->surfaces_shown = shown;
  impl_->showSurfaceActors();
}
void Scene::showVolume(bool shown) {
  impl_->show(impl_->volume_group, shown);
}
void Scene::showSweep(bool shown) {
  impl_->show(impl_->sweep, shown);
}
void Scene::showFrame(bool shown) {
  impl_->show(impl_->frame, shown);
}
void Scene::showPlan(bool shown) {
  impl_->show(impl_->plan, shown);
  impl_->show(impl_->plan_pose, shown);
}
void Scene::showOverlay(bool shown) {
  impl_->overlay->setShown(shown);
}

void Scene::resetCamera() {
  Eigen::Vector3d up = Eigen::Vector3d::UnitZ();
  Eigen::Vector3d ahead = Eigen::Vector3d::UnitX();
  if (impl_->axes) {
    up = -impl_->axes->depth;
    ahead = impl_->axes->along;
  } else if (impl_->scan_plan && !impl_->scan_plan->poses.empty()) {
    const Eigen::Matrix3d tool = impl_->scan_plan->poses.front().world_from_tool.linear();
    up = -tool.col(2).normalized();
    ahead = tool.col(0);
  }
  View view = impl_->view;
  view.up = up;
  const auto [cols, rows] = impl_->size();
  impl_->takeView(fitted(view, impl_->shownPoints(), threeQuarterDirection(ahead, up),
                         static_cast<double>(cols) / rows, kFill));
}

void Scene::orbit(double azimuth_deg, double elevation_deg) {
  impl_->takeView(orbited(impl_->view, azimuth_deg, elevation_deg));
}
void Scene::zoom(double factor) {
  impl_->takeView(zoomed(impl_->view, factor));
}
void Scene::pan(double dx_px, double dy_px) {
  impl_->takeView(panned(impl_->view, dx_px, dy_px, impl_->size()[1]));
}

std::optional<Eigen::Vector3d> Scene::pick(double x_px, double y_px) const {
  const auto [cols, rows] = impl_->size();
  const Eigen::Vector3d start = impl_->view.position_mm;
  const Eigen::Vector3d ray = rayThrough(impl_->view, x_px, y_px, cols, rows);
  const auto kept = [this](const Eigen::Vector3d& point) {
    return !impl_->cut || (point - impl_->cut->point_mm).dot(impl_->cut->normal) <= 0.0;
  };
  std::optional<double> nearest;
  for (const SurfaceItem& item : impl_->surfaces) {
    if (!item.shown || !impl_->surfaces_shown) continue;
    const auto hit = firstHit(item.surface, start, ray, kept);
    if (hit && (!nearest || *hit < *nearest)) nearest = hit;
  }
  if (!nearest) return std::nullopt;
  return start + *nearest * ray;
}

void Scene::attach(vtkRenderWindow* window) {
  if (window == impl_->host) return;
  impl_->leaveOffScreen();
  if (impl_->host != nullptr) {
    impl_->host->RemoveRenderer(impl_->renderer);
    impl_->renderer->ReleaseGraphicsResources(impl_->host);
  }
  impl_->host = window;
  if (window == nullptr) return;
  impl_->enter(window);
}

void Scene::setInteractive(bool interactive) {
  impl_->interactive = interactive;
  impl_->chooseQuality();
}

void Scene::setPixelRatio(double ratio) {
  impl_->pixel_ratio = std::clamp(ratio, 0.5, 8.0);
}

media::Image Scene::renderImage(int cols, int rows) {
  media::Image image(rows, cols, 3);
  if (impl_->host == nullptr && !impl_->off_screen) {
    impl_->off_screen = std::make_unique<OffScreen>();
    impl_->enter(impl_->off_screen->window());
  }
  const auto context = impl_->current();
  vtkRenderWindow* window = impl_->window();
  const std::array<int, 2> size_before = {window->GetSize()[0], window->GetSize()[1]};
  window->SetSize(cols, rows);
  window->Render();
  vtkNew<vtkUnsignedCharArray> pixels;
  window->GetPixelData(0, 0, cols - 1, rows - 1, 0, pixels);
  if (impl_->host != nullptr) window->SetSize(size_before[0], size_before[1]);
  const std::size_t row_bytes = static_cast<std::size_t>(cols) * 3;
  const auto* bottom_up = reinterpret_cast<const std::byte*>(pixels->GetPointer(0));
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    std::copy_n(bottom_up + (static_cast<std::size_t>(rows) - 1 - row) * row_bytes, row_bytes,
                image.data.begin() + static_cast<std::ptrdiff_t>(row * row_bytes));
  }
  return image;
}

}  // namespace sonotwin::scene
