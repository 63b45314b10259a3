// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Geometry>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>

#include "sonotwin/media/surface.h"

namespace sonotwin::reconstruct {

inline void addVertex(media::Surface& surface, const Eigen::Vector3d& at) {
  surface.vertices_mm.push_back(
      {static_cast<float>(at[0]), static_cast<float>(at[1]), static_cast<float>(at[2])});
}

/// Closed ellipsoid of `rings` x 2 `rings` quads with its semi-axes along x, y, z before `turn`.
inline media::Surface ellipsoidSurface(const Eigen::Vector3d& centre, const Eigen::Vector3d& radii,
                                       int rings,
                                       const Eigen::Matrix3d& turn = Eigen::Matrix3d::Identity()) {
  media::Surface surface;
  const int around = 2 * rings;
  for (int ring = 1; ring < rings; ++ring) {
    for (int step = 0; step < around; ++step) {
      const double polar = std::numbers::pi * ring / rings;
      const double angle = std::numbers::pi * step / rings;
      const Eigen::Vector3d unit(std::sin(polar) * std::cos(angle),
                                 std::sin(polar) * std::sin(angle), std::cos(polar));
      addVertex(surface, centre + turn * radii.cwiseProduct(unit));
    }
  }
  const auto top = static_cast<std::uint32_t>(surface.vertices_mm.size());
  addVertex(surface, centre + turn * Eigen::Vector3d(0.0, 0.0, radii[2]));
  addVertex(surface, centre - turn * Eigen::Vector3d(0.0, 0.0, radii[2]));
  const auto at = [around](int ring, int step) {
    return static_cast<std::uint32_t>((ring - 1) * around + step % around);
  };
  for (int step = 0; step < around; ++step) {
    surface.triangles.push_back({top, at(1, step), at(1, step + 1)});
    surface.triangles.push_back({top + 1, at(rings - 1, step + 1), at(rings - 1, step)});
    for (int ring = 1; ring + 1 < rings; ++ring) {
      surface.triangles.push_back({at(ring, step), at(ring + 1, step), at(ring + 1, step + 1)});
      surface.triangles.push_back({at(ring, step), at(ring + 1, step + 1), at(ring, step + 1)});
    }
  }
  return surface;
}

/// Axis-aligned box of 12 triangles with its lowest corner at `low`.
inline media::Surface boxSurface(const Eigen::Vector3d& low, const Eigen::Vector3d& size) {
  media::Surface surface;
  for (int corner = 0; corner < 8; ++corner) {
    addVertex(surface,
              low + size.cwiseProduct(Eigen::Vector3d(corner & 1, corner >> 1 & 1, corner >> 2)));
  }
  using Quad = std::array<std::uint32_t, 4>;
  for (const Quad& q : {Quad{0, 2, 3, 1}, Quad{4, 5, 7, 6}, Quad{0, 1, 5, 4}, Quad{2, 6, 7, 3},
                        Quad{0, 4, 6, 2}, Quad{1, 3, 7, 5}}) {
    surface.triangles.push_back({q[0], q[1], q[2]});
    surface.triangles.push_back({q[0], q[2], q[3]});
  }
  return surface;
}

/// Cube whose faces are cut into `cells` x `cells` squares; faces do not share vertices.
inline media::Surface fineBox(const Eigen::Vector3d& low, double side, int cells) {
  media::Surface surface;
  for (int face = 0; face < 6; ++face) {
    const int normal = face / 2, u = (normal + 1) % 3, v = (normal + 2) % 3;
    const auto first = static_cast<std::uint32_t>(surface.vertices_mm.size());
    for (int i = 0; i <= cells; ++i) {
      for (int j = 0; j <= cells; ++j) {
        Eigen::Vector3d at = low;
        at[normal] += face % 2 * side;
        at[u] += side * i / cells;
        at[v] += side * j / cells;
        addVertex(surface, at);
      }
    }
    const auto row = static_cast<std::uint32_t>(cells) + 1;
    for (std::uint32_t i = 0; i + 1 < row; ++i) {
      for (std::uint32_t j = 0; j + 1 < row; ++j) {
        const std::uint32_t a = first + i * row + j;
        surface.triangles.push_back({a, a + 1, a + row});
        surface.triangles.push_back({a + 1, a + row + 1, a + row});
      }
    }
  }
  return surface;
}

/// Vertices - edges + triangles: 2 for one closed surface without handles.
inline int eulerCharacteristic(const media::Surface& surface) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> edges;
  for (const auto& t : surface.triangles) {
    for (std::size_t i = 0; i < 3; ++i) ++edges[std::minmax({t[i], t[(i + 1) % 3]})];
  }
  return static_cast<int>(surface.vertices_mm.size()) - static_cast<int>(edges.size()) +
         static_cast<int>(surface.triangles.size());
}

}  // namespace sonotwin::reconstruct
