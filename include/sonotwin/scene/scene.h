// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/media/clip.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"
#include "sonotwin/robot/scan_plan.h"

class vtkRenderWindow;
class vtkRenderWindowInteractor;

namespace sonotwin::scene {

/// What the 3D view shows of one patient: surfaces, volume, the sweep in space, a scan plan.
/// Millimetres, in the world of the sweep. Attaches to a window given by its host, or renders off
/// screen. One thread (the one that owns the graphics context).
class Scene {
 public:
  Scene();
  ~Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  void clear();
  void addSurface(const media::Surface& surface, std::array<std::uint8_t, 3> colour,
                  double opacity = 1.0);
  /// Direct volume rendering of grey levels.
  void setVolume(std::shared_ptr<const media::Volume> volume);
  /// Outlines of every n-th frame and the path of the probe's face.
  void setSweep(const media::Clip& clip);
  /// One frame as a picture at its place in space.
  void setFramePicture(const media::Image& frame, const media::WorldFromImage& pose);
  void setPlan(const std::optional<robot::ScanPlan>& plan);
  /// Highlights one pose of the plan with a probe glyph; -1: none.
  void setPlanPose(int index);

  void showSurfaces(bool shown);
  void showVolume(bool shown);
  void showSweep(bool shown);
  void showFrame(bool shown);
  void showPlan(bool shown);

  /// Looks at everything shown from a good angle.
  void resetCamera();
  /// Turns / zooms as an interactor would.
  void orbit(double azimuth_deg, double elevation_deg);
  void zoom(double factor);
  void pan(double dx_px, double dy_px);

  /// The host's window renders this scene from now on (null: detach before it dies).
  void attach(vtkRenderWindow* window);
  /// Renders off screen. [rows x cols x 3].
  [[nodiscard]] media::Image renderImage(int cols, int rows);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonotwin::scene
