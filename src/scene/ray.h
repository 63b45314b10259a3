// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <optional>

#include "sonotwin/media/surface.h"

namespace sonotwin::scene {

/// Multiple of `direction` at which a ray first meets the surface, among hits that `keep` allows
/// (a cut plane hides some); none where it misses. Cost O(triangles).
/// Source: Möller and Trumbore, Journal of Graphics Tools 2(1), 1997.
template <class Keep>
[[nodiscard]] std::optional<double> firstHit(const media::Surface& surface,
                                             const Eigen::Vector3d& start,
                                             const Eigen::Vector3d& direction, const Keep& keep) {
  std::optional<double> first;
  const auto vertex = [&](std::uint32_t index) {
    const auto& v = surface.vertices_mm[index];
    return Eigen::Vector3d(v[0], v[1], v[2]);
  };
  for (const auto& [a, b, c] : surface.triangles) {
    const Eigen::Vector3d origin = vertex(a);
    const Eigen::Vector3d edge_1 = vertex(b) - origin;
    const Eigen::Vector3d edge_2 = vertex(c) - origin;
    const Eigen::Vector3d p = direction.cross(edge_2);
    const double determinant = edge_1.dot(p);
    if (determinant == 0.0) continue;
    const Eigen::Vector3d from_origin = start - origin;
    const double u = from_origin.dot(p) / determinant;
    const Eigen::Vector3d q = from_origin.cross(edge_1);
    const double v = direction.dot(q) / determinant;
    if (u < 0.0 || v < 0.0 || u + v > 1.0) continue;
    const double distance = edge_2.dot(q) / determinant;
    if (distance <= 0.0 || (first && distance >= *first)) continue;
    if (keep(Eigen::Vector3d(start + distance * direction))) first = distance;
  }
  return first;
}

}  // namespace sonotwin::scene
