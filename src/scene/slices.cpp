// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/scene/slices.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <type_traits>

#include "sonotwin/base/error.h"

namespace sonotwin::scene {
namespace {
constexpr double kMaxSide = 65535.0;
constexpr double kRoundOff = 1e-6;  // pixels, voxels: what float arithmetic may lose at an edge

using Corners = Eigen::Matrix<double, 3, Eigen::Dynamic>;

SlicePlane planeAround(const Corners& corners, const Eigen::Vector3d& point_mm,
                       const Eigen::Vector3d& col, const Eigen::Vector3d& row, double pixel_mm) {
  const Eigen::Vector3d row_part = row - row.dot(col) / col.squaredNorm() * col;
  if (!(col.norm() > 0.0) || !(row_part.norm() > 1e-6 * row.norm()) || !(pixel_mm > 0.0)) {
    throwBadInput("A slice needs two directions that are not parallel and a pixel size above 0.");
  }
  const Eigen::Vector3d u = col.normalized();
  const Eigen::Vector3d v = row_part.normalized();
  const Eigen::RowVectorXd us = u.transpose() * (corners.colwise() - point_mm);
  const Eigen::RowVectorXd vs = v.transpose() * (corners.colwise() - point_mm);
  const double cols = std::floor((us.maxCoeff() - us.minCoeff()) / pixel_mm + kRoundOff) + 1.0;
  const double rows = std::floor((vs.maxCoeff() - vs.minCoeff()) / pixel_mm + kRoundOff) + 1.0;
  if (cols > kMaxSide || rows > kMaxSide) {
    throwBadInput("A slice of " + std::to_string(cols) + " x " + std::to_string(rows) +
                  " pixels is too large: choose larger pixels.");
  }
  return {.origin_mm = point_mm + us.minCoeff() * u + vs.minCoeff() * v,
          .col_step_mm = pixel_mm * u,
          .row_step_mm = pixel_mm * v,
          .rows = static_cast<int>(rows),
          .cols = static_cast<int>(cols)};
}

/// Voxel centres at the corners of the box of indices [first, last].
Corners cornersOf(const media::Volume& volume, const std::array<int, 3>& first,
                  const std::array<int, 3>& last) {
  Corners corners(3, 8);
  for (int c = 0; c < 8; ++c) {
    const Eigen::Vector3d voxel((c & 1) != 0 ? last[0] : first[0],
                                (c & 2) != 0 ? last[1] : first[1],
                                (c & 4) != 0 ? last[2] : first[2]);
    corners.col(c) = volume.world_from_voxel(voxel);
  }
  return corners;
}

/// Index of the lower neighbour and the weight of the upper one.
struct Tap {
  int index = 0;
  double weight = 0.0;
};

std::optional<Tap> tap(double position, int size) {
  if (position < -kRoundOff || position > size - 1 + kRoundOff) return std::nullopt;
  const double inside = std::clamp(position, 0.0, static_cast<double>(size - 1));
  const int index = std::min(static_cast<int>(inside), std::max(size - 2, 0));
  return Tap{index, inside - index};
}

template <class T>
double trilinear(const media::Volume& volume, const Eigen::Vector3d& voxel) {
  const auto i = tap(voxel.x(), volume.dims[0]);
  const auto j = tap(voxel.y(), volume.dims[1]);
  const auto k = tap(voxel.z(), volume.dims[2]);
  if (!i || !j || !k) return 0.0;
  const auto samples = volume.samples<T>();
  double sum = 0.0;
  for (int corner = 0; corner < 8; ++corner) {
    const bool di = (corner & 1) != 0, dj = (corner & 2) != 0, dk = (corner & 4) != 0;
    const double weight = (di ? i->weight : 1.0 - i->weight) * (dj ? j->weight : 1.0 - j->weight) *
                          (dk ? k->weight : 1.0 - k->weight);
    if (weight == 0.0) continue;  // the upper neighbour of a side of one voxel does not exist
    sum += weight *
           static_cast<double>(samples[volume.index(i->index + di, j->index + dj, k->index + dk)]);
  }
  return sum;
}

template <class T>
double nearest(const media::Volume& volume, const Eigen::Vector3d& voxel) {
  const Eigen::Vector3d rounded = voxel.array().round();
  const Eigen::Vector3d last(volume.dims[0] - 1, volume.dims[1] - 1, volume.dims[2] - 1);
  if ((rounded.array() < 0.0).any() || (rounded.array() > last.array()).any()) return 0.0;
  return static_cast<double>(
      volume.samples<T>()[volume.index(static_cast<int>(rounded.x()), static_cast<int>(rounded.y()),
                                       static_cast<int>(rounded.z()))]);
}

template <class T>
void fill(const media::Volume& volume, const SlicePlane& plane, media::Image& image) {
  const auto voxel_from_world = volume.world_from_voxel.inverse();
  const Eigen::Vector3d origin = voxel_from_world(plane.origin_mm);
  const Eigen::Vector3d col_step = voxel_from_world.direction(plane.col_step_mm);
  const Eigen::Vector3d row_step = voxel_from_world.direction(plane.row_step_mm);
  const bool labels = !volume.labels.empty();
  const auto pixels = image.samples<T>();
  for (int row = 0; row < plane.rows; ++row) {
    for (int col = 0; col < plane.cols; ++col) {
      const Eigen::Vector3d voxel = origin + col * col_step + row * row_step;
      const double value = labels ? nearest<T>(volume, voxel) : trilinear<T>(volume, voxel);
      const auto index = static_cast<std::size_t>(row) * static_cast<std::size_t>(plane.cols) +
                         static_cast<std::size_t>(col);
      pixels[index] = static_cast<T>(std::is_integral_v<T> ? std::round(value) : value);
    }
  }
}
}  // namespace

Eigen::Vector3d SlicePlane::toWorld(double col, double row) const {
  return origin_mm + col * col_step_mm + row * row_step_mm;
}

Eigen::Vector2d SlicePlane::toPixel(const Eigen::Vector3d& world_mm) const {
  const Eigen::Vector3d offset = world_mm - origin_mm;
  return {offset.dot(col_step_mm) / col_step_mm.squaredNorm(),
          offset.dot(row_step_mm) / row_step_mm.squaredNorm()};
}

SlicePlane slicePlane(const media::Volume& volume, int axis, int index) {
  if (axis < 0 || axis > 2 || index < 0 || index >= volume.dims[static_cast<std::size_t>(axis)]) {
    throwBadInput("The volume has no slice " + std::to_string(index) + " along axis " +
                  std::to_string(axis) + ".");
  }
  const auto a = static_cast<std::size_t>(axis);
  std::array<int, 3> first = {0, 0, 0};
  std::array<int, 3> last = {volume.dims[0] - 1, volume.dims[1] - 1, volume.dims[2] - 1};
  first[a] = last[a] = index;
  const int col_axis = axis == 0 ? 1 : 0;
  const int row_axis = axis == 2 ? 1 : 2;
  const Eigen::Vector3d spacing_mm = volume.spacing_mm();
  const Corners corners = cornersOf(volume, first, last);
  return planeAround(corners, corners.col(0), volume.world_from_voxel.linear().col(col_axis),
                     volume.world_from_voxel.linear().col(row_axis),
                     std::min(spacing_mm[col_axis], spacing_mm[row_axis]));
}

SlicePlane planeThrough(const media::Volume& volume, const Eigen::Vector3d& point_mm,
                        const Eigen::Vector3d& col_direction, const Eigen::Vector3d& row_direction,
                        double pixel_mm) {
  const std::array<int, 3> last = {volume.dims[0] - 1, volume.dims[1] - 1, volume.dims[2] - 1};
  return planeAround(cornersOf(volume, {0, 0, 0}, last), point_mm, col_direction, row_direction,
                     pixel_mm);
}

media::Image sliceImage(const media::Volume& volume, const SlicePlane& plane) {
  media::Image image(plane.rows, plane.cols, 1, volume.type);
  switch (volume.type) {
    case media::PixelType::kUint8:
      fill<std::uint8_t>(volume, plane, image);
      break;
    case media::PixelType::kUint16:
      fill<std::uint16_t>(volume, plane, image);
      break;
    case media::PixelType::kFloat32:
      fill<float>(volume, plane, image);
      break;
  }
  return image;
}

media::Image sliceImage(const media::Volume& volume, int axis, int index) {
  return sliceImage(volume, slicePlane(volume, axis, index));
}

}  // namespace sonotwin::scene
