// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "sonotwin/media/clip.h"
#include "sonotwin/phantom/scan_convert.h"
#include "sonotwin/phantom/virtual_patient.h"

namespace sonotwin::phantom {

/// Rigid pose of the imaging plane: x to the marked side, y away from the probe (both in the
/// plane), z along the sweep; origin at the middle of the probe's face.
struct Plane {};
using WorldFromPlane = geometry::Transform<geometry::World, Plane>;
using PlaneFromImage = geometry::Transform<Plane, geometry::Image>;

/// Radius of the curved probe's face.
inline constexpr double kFaceRadius_mm = 40.0;

/// Where beams, samples and pixels lie in the imaging plane.
struct ScanGeometry {
  BeamGeometry beams;
  PixelGrid pixels;
  PlaneFromImage plane_from_image;
  media::ScanSector sector;
  std::vector<std::uint8_t> inside;  ///< per pixel: 1 where the sector holds its centre
  double depth_mm = 0.0;             ///< below the middle of the face

  /// Whether a point of the plane lies `margin_mm` inside the picture of the tissue.
  [[nodiscard]] bool contains(double x_mm, double y_mm, double margin_mm) const;
};

/// @throws Error(kBadInput) unless the picture is at least 32 x 32 pixels and 20 mm wide and deep.
[[nodiscard]] ScanGeometry scanGeometry(const ScanOptions& options);

}  // namespace sonotwin::phantom
