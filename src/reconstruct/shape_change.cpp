// SPDX-License-Identifier: Apache-2.0
#include "shape_change.h"

#include <Eigen/Geometry>
#include <cmath>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "sonotwin/reconstruct/measure.h"

namespace sonotwin::reconstruct {
namespace {
Eigen::Vector3d at(const media::Surface& surface, std::uint32_t vertex) {
  return Eigen::Vector3f(surface.vertices_mm[vertex].data()).cast<double>();
}

Eigen::Vector3d crossOf(const media::Surface& surface,
                        const std::array<std::uint32_t, 3>& triangle) {
  const Eigen::Vector3d a = at(surface, triangle[0]);
  return (at(surface, triangle[1]) - a).cross(at(surface, triangle[2]) - a);
}
}  // namespace

double totalCurvature_mm(const media::Surface& surface) {
  std::unordered_map<std::uint64_t, std::uint32_t> triangle_of_edge;
  triangle_of_edge.reserve(surface.triangles.size() * 3);
  double sum_mm = 0.0;
  for (std::uint32_t i = 0; i < surface.triangles.size(); ++i) {
    const auto& triangle = surface.triangles[i];
    for (std::size_t corner = 0; corner < 3; ++corner) {
      const std::uint64_t from = triangle[corner], to = triangle[(corner + 1) % 3];
      triangle_of_edge[from << 32 | to] = i;
      const auto other = triangle_of_edge.find(to << 32 | from);
      if (other == triangle_of_edge.end()) continue;
      const Eigen::Vector3d here = crossOf(surface, triangle).normalized();
      const Eigen::Vector3d there = crossOf(surface, surface.triangles[other->second]).normalized();
      const Eigen::Vector3d edge = at(surface, static_cast<std::uint32_t>(to)) -
                                   at(surface, static_cast<std::uint32_t>(from));
      sum_mm +=
          edge.norm() * std::atan2(there.cross(here).dot(-edge.normalized()), here.dot(there));
    }
  }
  return sum_mm;
}

bool grow(media::Surface& surface, double growth_mm3, double most_mm) {
  const double area_mm2 = areaMm2(surface);
  if (area_mm2 <= 0.0) return false;
  const double step_mm = growth_mm3 / area_mm2;
  if (std::abs(step_mm) > most_mm) return false;
  std::vector<Eigen::Vector3d> normals(surface.vertices_mm.size(), Eigen::Vector3d::Zero());
  for (const auto& triangle : surface.triangles) {
    const Eigen::Vector3d normal = crossOf(surface, triangle);
    for (const std::uint32_t vertex : triangle) normals[vertex] += normal;
  }
  for (std::size_t i = 0; i < normals.size(); ++i) {
    const Eigen::Vector3f step = (step_mm * normals[i].normalized()).cast<float>();
    for (std::size_t axis = 0; axis < 3; ++axis) {
      surface.vertices_mm[i][axis] += step[static_cast<Eigen::Index>(axis)];
    }
  }
  return true;
}

}  // namespace sonotwin::reconstruct
