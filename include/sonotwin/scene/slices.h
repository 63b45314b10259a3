// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sonotwin/media/image.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::scene {

/// A picture's place in a volume's world: pixel (col, row) is centred at
/// origin + col * col_step + row * row_step, all in mm; both steps have the same length and are
/// perpendicular.
struct SlicePlane {
  Eigen::Vector3d origin_mm = Eigen::Vector3d::Zero();
  Eigen::Vector3d col_step_mm = Eigen::Vector3d::UnitX();
  Eigen::Vector3d row_step_mm = Eigen::Vector3d::UnitY();
  int rows = 0;
  int cols = 0;

  [[nodiscard]] double pixel_mm() const { return col_step_mm.norm(); }
  [[nodiscard]] Eigen::Vector3d toWorld(double col, double row) const;
  /// (col, row) of a point's perpendicular foot on the plane.
  [[nodiscard]] Eigen::Vector2d toPixel(const Eigen::Vector3d& world_mm) const;
};

/// Plane of the voxels whose index along `axis` (0 i, 1 j, 2 k) is `index`. Columns follow the
/// first of the other two axes, rows the second; pixels are square, as small as the finer spacing.
/// @throws Error(kBadInput) if the axis or the index is not in the volume.
[[nodiscard]] SlicePlane slicePlane(const media::Volume& volume, int axis, int index);

/// Plane through a point of the world along any two directions (need not be of unit length; rows
/// are made perpendicular to columns), just large enough to hold the volume's shadow on it.
/// @throws Error(kBadInput) if the directions are parallel or the picture would pass 65535 pixels.
[[nodiscard]] SlicePlane planeThrough(const media::Volume& volume, const Eigen::Vector3d& point_mm,
                                      const Eigen::Vector3d& col_direction,
                                      const Eigen::Vector3d& row_direction, double pixel_mm);

/// The volume's samples on a plane: trilinear, nearest for a label volume, 0 outside.
/// [rows x cols] in the volume's pixel type. Pure and deterministic, any thread.
[[nodiscard]] media::Image sliceImage(const media::Volume& volume, const SlicePlane& plane);

/// The same for `slicePlane(volume, axis, index)`.
[[nodiscard]] media::Image sliceImage(const media::Volume& volume, int axis, int index);

}  // namespace sonotwin::scene
