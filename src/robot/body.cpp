// SPDX-License-Identifier: Apache-2.0
#include "body.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>

#include "sonotwin/base/error.h"

namespace sonotwin::robot {
namespace {
using Eigen::Matrix3d;
using Eigen::Vector3d;

constexpr double kRoundness = 1.05;  // below this ratio of variances no direction is the longest

/// Index of each vertex after joining those at the same place: STL repeats them.
std::vector<std::uint32_t> joined(const media::Surface& surface) {
  std::map<std::array<float, 3>, std::uint32_t> places;
  std::vector<std::uint32_t> index;
  for (const auto& vertex : surface.vertices_mm) {
    for (const float coordinate : vertex) {
      if (!std::isfinite(coordinate)) throwBadInput("The surface has a vertex that is not finite.");
    }
    index.push_back(
        places.emplace(vertex, static_cast<std::uint32_t>(places.size())).first->second);
  }
  return index;
}

void requireClosed(const media::Surface& surface) {
  const std::vector<std::uint32_t> place = joined(surface);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (const auto& t : surface.triangles) {
    for (int i = 0; i < 3; ++i) {
      if (t[i] >= place.size()) throwBadInput("The surface has a triangle without a vertex.");
      const std::uint32_t from = place[t[i]];
      const std::uint32_t to = place[t[(i + 1) % 3]];
      if (from != to) edges.emplace_back(from, to);
    }
  }
  std::ranges::sort(edges);
  const bool closed = std::ranges::all_of(edges, [&](const auto& edge) {
    const auto count = [&](const auto& key) {
      const auto range = std::ranges::equal_range(edges, key);
      return range.end() - range.begin();
    };
    return count(edge) == count(std::pair(edge.second, edge.first));
  });
  if (!closed) {
    throwBadInput(
        "The surface is open; a plan needs a closed one, so that inside and outside are known.");
  }
}

std::vector<Triangle> trianglesOf(const media::Surface& surface) {
  if (surface.triangles.empty()) throwBadInput("The surface is empty; there is nothing to scan.");
  requireClosed(surface);
  std::vector<Triangle> triangles;
  double six_volumes_mm3 = 0.0;
  for (const auto& t : surface.triangles) {
    Triangle triangle;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto& v = surface.vertices_mm[t[i]];
      triangle.corners[i] = {v[0], v[1], v[2]};
    }
    if (triangle.areaNormal().norm() <= 0.0) continue;
    six_volumes_mm3 += triangle.centre().dot(triangle.areaNormal());
    triangles.push_back(triangle);
  }
  if (six_volumes_mm3 <= 0.0) {
    throwBadInput("The surface is wound inwards or encloses nothing; turn its triangles around.");
  }
  return triangles;
}

/// Second moments of the facing side, by area, seen along the approach.
Matrix3d spread(const std::vector<Triangle>& triangles, const Vector3d& up, double least_cosine) {
  double area = 0.0;
  Vector3d first = Vector3d::Zero();
  Matrix3d second = Matrix3d::Zero();
  for (const Triangle& t : triangles) {
    const double twice_area = t.areaNormal().norm();
    if (t.areaNormal().dot(up) < least_cosine * twice_area) continue;
    const Vector3d c = t.centre();
    area += twice_area;
    first += twice_area * c;
    second += 0.75 * twice_area * c * c.transpose();
    for (const Vector3d& v : t.corners) second += twice_area / 12.0 * v * v.transpose();
  }
  if (area == 0.0) {
    throwBadInput("No part of the surface faces the approach direction; nothing can be reached.");
  }
  const Vector3d mean = first / area;
  const Matrix3d flatten = Matrix3d::Identity() - up * up.transpose();
  return flatten * (second / area - mean * mean.transpose()) * flatten;
}

Vector3d laneDirection(const Matrix3d& spread, const Vector3d& up) {
  const Eigen::SelfAdjointEigenSolver<Matrix3d> solver(spread);
  Vector3d along = solver.eigenvectors().col(2);
  if (solver.eigenvalues()[2] < kRoundness * solver.eigenvalues()[1]) {
    int axis = 0;
    up.cwiseAbs().minCoeff(&axis);
    along = Vector3d::Unit(axis);
  }
  along = (along - along.dot(up) * up).normalized();
  int largest = 0;
  along.cwiseAbs().maxCoeff(&largest);
  return along[largest] < 0.0 ? Vector3d(-along) : along;
}
}  // namespace

double steepLimit_rad(const PlanOptions& options) {
  return (options.max_tilt_deg + kSteepMargin_deg) * std::numbers::pi / 180.0;
}

Body makeBody(const media::Surface& surface, const PlanOptions& options) {
  std::vector<Triangle> triangles = trianglesOf(surface);
  const Vector3d up = -options.approach.normalized();
  const Vector3d along =
      laneDirection(spread(triangles, up, std::cos(steepLimit_rad(options))), up);
  Matrix3d world_from_plan;
  world_from_plan << along, up.cross(along), up;
  for (Triangle& triangle : triangles) {
    for (Vector3d& corner : triangle.corners) corner = world_from_plan.transpose() * corner;
  }
  return {world_from_plan, TriangleTree(std::move(triangles))};
}

}  // namespace sonotwin::robot
