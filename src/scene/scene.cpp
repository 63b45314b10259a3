// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/scene/scene.h"

#include <vtkActor.h>
#include <vtkRenderWindow.h>
#include <vtkRenderer.h>
#include <vtkUnsignedCharArray.h>
#include <vtkVolume.h>

#include <algorithm>
#include <string>

#include "actors.h"
#include "palette.h"
#include "ray.h"
#include "scene_impl.h"
#include "sonotwin/base/error.h"

namespace sonotwin::scene {
namespace {
constexpr int kMostOutlines = 12;
constexpr double kPathRadiusOfDepth = 0.007;  // of the frame's height
constexpr double kLaneRadius_mm = 0.8;
constexpr double kDash_mm = 3.0;
constexpr double kFill = 0.88;  // of the picture's sides, when looking at everything

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
std::vector<Polyline> someOutlines(const std::vector<Eigen::Vector2d>& outline,
                                   const std::vector<media::WorldFromImage>& poses) {
  std::vector<Polyline> outlines;
  const std::size_t count = std::min<std::size_t>(poses.size(), kMostOutlines);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = count == 1 ? 0 : i * (poses.size() - 1) / (count - 1);
    outlines.push_back(placed(outline, poses[index]));
  }
  return outlines;
}

Polyline facePath(const Eigen::Vector2d& face, const std::vector<media::WorldFromImage>& poses) {
  constexpr double kSamePlace_mm = 1e-3;
  Polyline path;
  for (const auto& pose : poses) {
    const Eigen::Vector3d point = pose({face.x(), face.y(), 0.0});
    if (path.empty() || (point - path.back()).norm() > kSamePlace_mm) path.push_back(point);
  }
  return path;
}

/// Lanes and the lift-offs between them, each a line.
struct PlanLines {
  std::vector<Polyline> lanes, lifts;
};

PlanLines linesOf(const robot::ScanPlan& plan) {
  PlanLines result;
  const robot::PlanPose* before = nullptr;
  for (const robot::PlanPose& pose : plan.poses) {
    std::vector<Polyline>& lines = pose.contact ? result.lanes : result.lifts;
    const bool same = before != nullptr && before->contact == pose.contact &&
                      (!pose.contact || before->lane == pose.lane);
    if (!same) lines.emplace_back();
    lines.back().push_back(pose.world_from_tool.translation());
    before = &pose;
  }
  return result;
}
}  // namespace

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
  impl_->outlines = impl_->lifts = nullptr;
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
  const std::vector<media::WorldFromImage> poses = placedPoses(clip);
  const std::vector<Polyline> outlines = someOutlines(outline, poses);
  impl_->outlines = lineActor(outlines, true, kOutline);
  impl_->add(impl_->sweep, impl_->outlines);
  const std::array<Polyline, 1> path = {
      facePath(probeFace(clip.info.sector, clip.info.cols), poses)};
  if (path[0].size() > 1) {
    const double depth_mm = poses.front().linear().col(1).norm() * clip.info.rows;
    impl_->add(impl_->sweep, tubeActor(path, kPathRadiusOfDepth * depth_mm, kAccent));
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
  impl_->lifts = nullptr;
  impl_->scan_plan = plan;
  if (!plan) return;
  for (const robot::PlanPose& pose : plan->poses) {
    impl_->plan.points.push_back(pose.world_from_tool.translation());
  }
  const auto [lanes, lifts] = linesOf(*plan);
  std::vector<Polyline> dashes;
  for (const Polyline& lift : lifts) {
    for (Polyline& dash : dashed(lift, kDash_mm)) dashes.push_back(std::move(dash));
  }
  impl_->add(impl_->plan, tubeActor(lanes, kLaneRadius_mm, kGood));
  impl_->lifts = lineActor(dashes, false, kFaint);
  impl_->add(impl_->plan, impl_->lifts);
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
