// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "sonotwin/media/clip.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"
#include "sonotwin/robot/scan_plan.h"

class vtkRenderWindow;

namespace sonotwin::scene {

/// A plane that hides what lies on the side its normal points to. World, mm.
struct CutPlane {
  Eigen::Vector3d point_mm = Eigen::Vector3d::Zero();
  Eigen::Vector3d normal = Eigen::Vector3d::UnitZ();
};

/// What the 3D view shows of one patient: surfaces, volume, the sweep in space, a scan plan.
///
/// Millimetres, in the world of the sweep. Attaches to a window given by its host, or renders off
/// screen through EGL, which needs no display. It draws only when the host renders its window or
/// `renderImage` is called: no function below renders by itself. Pixels are those of the window
/// (device pixels), origin at the top left. One thread: the one that owns the graphics context;
/// while attached, calls that replace or remove what is shown need that context current.
class Scene {
 public:
  Scene();
  ~Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  /// Takes everything out. Camera, cut plane and what is shown or hidden stay as they are.
  void clear();
  /// @returns a handle for `showSurface`, valid until `clear`.
  /// @throws Error(kBadInput) if a triangle names a vertex that does not exist.
  int addSurface(const media::Surface& surface, std::array<std::uint8_t, 3> colour,
                 double opacity = 1.0);
  /// Direct volume rendering of grey levels; null takes it out.
  /// @throws Error(kBadInput) for a label volume: show its labels as surfaces.
  void setVolume(std::shared_ptr<const media::Volume> volume);
  /// Outlines of every n-th frame (at most 12; left out while the volume is shown) and the path of
  /// the probe's face. A clip without placed frames takes them out.
  void setSweep(const media::Clip& clip);
  /// One frame as a picture at its place in space; pixels outside `sector` are left out.
  void setFramePicture(const media::Image& frame, const media::WorldFromImage& pose,
                       const media::ScanSector& sector = {});
  /// Lanes as tubes, lift-offs between them dashed.
  void setPlan(const std::optional<robot::ScanPlan>& plan);
  /// Highlights one pose of the plan with a probe glyph; -1: none.
  void setPlanPose(int index);
  /// Cuts surfaces and volume open.
  void setCutPlane(const std::optional<CutPlane>& plane);

  void showSurface(int handle, bool shown);
  void showSurfaces(bool shown);
  void showVolume(bool shown);
  void showSweep(bool shown);
  void showFrame(bool shown);
  void showPlan(bool shown);
  /// The directions of the world's axes and a scale bar, which holds at the centre of the view.
  void showOverlay(bool shown);

  /// Looks at everything shown from a good angle: probe on top and depth downwards where there is
  /// a sweep or a plan, else z upwards; the sweep runs from near left to far right. All of it lies
  /// within the middle 88 % of the picture's width and height.
  void resetCamera();
  /// Turns the camera about what it looks at: positive azimuth takes it to the right, positive
  /// elevation up. A host's drag of (dx, dy) pixels is about orbit(-0.4 dx, 0.4 dy).
  void orbit(double azimuth_deg, double elevation_deg);
  /// Factor above 1: nearer.
  void zoom(double factor);
  /// What is seen follows the pointer by (dx, dy) pixels, dy downwards.
  void pan(double dx_px, double dy_px);

  /// Nearest point of a shown surface under a pixel of the window (or of the last picture).
  [[nodiscard]] std::optional<Eigen::Vector3d> pick(double x_px, double y_px) const;

  /// The host's window renders this scene from now on (null: detach before it dies). The host's
  /// context must be current.
  void attach(vtkRenderWindow* window);
  /// While a person turns the view: where OpenGL is software, edges are not smoothed and the volume
  /// is coarse, so that the view follows the hand. Render once more after switching it off.
  void setInteractive(bool interactive);
  /// Scales lines and words for dense screens: device pixels per logical pixel.
  void setPixelRatio(double ratio);
  /// Renders a picture [rows x cols x 3]: off screen, or through the host's window where attached
  /// (its context must be current; its size is restored).
  /// @throws Error(kDevice) if no off-screen graphics context can be had.
  [[nodiscard]] media::Image renderImage(int cols, int rows);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonotwin::scene
