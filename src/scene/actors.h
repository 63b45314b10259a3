// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vtkSmartPointer.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "palette.h"
#include "sonotwin/media/clip.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/robot/scan_plan.h"

class vtkActor;
class vtkImageData;

namespace sonotwin::scene {

using Polyline = std::vector<Eigen::Vector3d>;

/// Smoothly shaded triangles. @throws Error(kBadInput) for a vertex index out of range.
[[nodiscard]] vtkSmartPointer<vtkActor> surfaceActor(const media::Surface& surface,
                                                     std::array<std::uint8_t, 3> colour,
                                                     double opacity);
/// Unlit lines. `closed` joins the last point to the first.
[[nodiscard]] vtkSmartPointer<vtkActor> lineActor(std::span<const Polyline> lines, bool closed,
                                                  const Colour& colour);
[[nodiscard]] vtkSmartPointer<vtkActor> tubeActor(std::span<const Polyline> lines, double radius_mm,
                                                  const Colour& colour);
/// A ball at the probe's face and a stick along its axis, away from the body.
[[nodiscard]] vtkSmartPointer<vtkActor> probeGlyph(const robot::WorldFromTool& pose);

/// A frame's ultrasound as a textured polygon.
[[nodiscard]] vtkSmartPointer<vtkActor> pictureActor(const media::Image& frame,
                                                     const media::WorldFromImage& pose,
                                                     const media::ScanSector& sector);

/// Cuts a line into dashes of `dash_mm` with gaps as long.
[[nodiscard]] std::vector<Polyline> dashed(const Polyline& line, double dash_mm);

}  // namespace sonotwin::scene
