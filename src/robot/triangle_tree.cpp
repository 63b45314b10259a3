// SPDX-License-Identifier: Apache-2.0
#include "triangle_tree.h"

#include <algorithm>
#include <limits>

namespace sonotwin::robot {
namespace {
using Eigen::Vector3d;

constexpr int kLeafSize = 4;
constexpr double kEdge = 1e-9;  // lets rays through a shared edge hit one of its triangles

/// Distance along the ray, or infinity.
double intersect(const Triangle& triangle, const Vector3d& origin, const Vector3d& direction) {
  constexpr double kMiss = std::numeric_limits<double>::infinity();
  const Vector3d ab = triangle.corners[1] - triangle.corners[0];
  const Vector3d ac = triangle.corners[2] - triangle.corners[0];
  const Vector3d p = direction.cross(ac);
  const double determinant = ab.dot(p);
  if (std::abs(determinant) < 1e-300) return kMiss;
  const Vector3d from_a = origin - triangle.corners[0];
  const double u = from_a.dot(p) / determinant;
  if (u < -kEdge || u > 1.0 + kEdge) return kMiss;
  const Vector3d q = from_a.cross(ab);
  const double v = direction.dot(q) / determinant;
  if (v < -kEdge || u + v > 1.0 + kEdge) return kMiss;
  const double distance = ac.dot(q) / determinant;
  return distance >= 0.0 ? distance : kMiss;
}

/// Whether the ray enters the box before `reach`.
bool entersBefore(const Eigen::AlignedBox3d& box, const Vector3d& origin,
                  const Eigen::Array3d& inverse, double reach) {
  const Eigen::Array3d to_min = (box.min() - origin).array() * inverse;
  const Eigen::Array3d to_max = (box.max() - origin).array() * inverse;
  const double enter = to_min.min(to_max).maxCoeff();
  const double leave = to_min.max(to_max).minCoeff();
  return enter <= leave && leave >= 0.0 && enter <= reach;
}
}  // namespace

TriangleTree::TriangleTree(std::vector<Triangle> triangles) : triangles_(std::move(triangles)) {
  nodes_.reserve(2 * triangles_.size() / kLeafSize + 2);
  build(0, static_cast<int>(triangles_.size()));
}

int TriangleTree::build(int begin, int end) {
  const int index = static_cast<int>(nodes_.size());
  Node node{.box = {}, .begin = begin, .end = end, .right = 0};
  Eigen::AlignedBox3d centres;
  for (int i = begin; i < end; ++i) {
    const Triangle& triangle = triangles_[static_cast<std::size_t>(i)];
    for (const Vector3d& corner : triangle.corners) node.box.extend(corner);
    centres.extend(triangle.centre());
  }
  // Axis-aligned facets have flat boxes, which a ray along an axis would miss by rounding.
  const Vector3d slack = Vector3d::Constant(1e-9 * (1.0 + node.box.diagonal().norm()));
  node.box = {node.box.min() - slack, node.box.max() + slack};
  nodes_.push_back(node);
  if (end - begin <= kLeafSize) return index;
  int axis = 0;
  centres.sizes().maxCoeff(&axis);
  const int middle = begin + (end - begin) / 2;
  std::nth_element(
      triangles_.begin() + begin, triangles_.begin() + middle, triangles_.begin() + end,
      [axis](const Triangle& a, const Triangle& b) { return a.centre()[axis] < b.centre()[axis]; });
  build(begin, middle);
  const int right = build(middle, end);
  nodes_[static_cast<std::size_t>(index)].right = right;
  return index;
}

std::optional<Hit> TriangleTree::firstHit(const Vector3d& origin, const Vector3d& direction,
                                          double reach_mm) const {
  constexpr double kTiny = 1e-30;
  const Eigen::Array3d safe =
      (direction.array().abs() < kTiny).select(Eigen::Array3d::Constant(kTiny), direction.array());
  const Eigen::Array3d inverse = safe.inverse();
  std::array<int, 64> open{};
  int count = 1;
  double nearest_mm = reach_mm;
  const Triangle* struck = nullptr;
  while (count > 0) {
    const int index = open[static_cast<std::size_t>(--count)];
    const Node& node = nodes_[static_cast<std::size_t>(index)];
    if (!entersBefore(node.box, origin, inverse, nearest_mm)) continue;
    if (node.right > 0) {
      open[static_cast<std::size_t>(count++)] = node.right;
      open[static_cast<std::size_t>(count++)] = index + 1;
      continue;
    }
    for (int i = node.begin; i < node.end; ++i) {
      const Triangle& triangle = triangles_[static_cast<std::size_t>(i)];
      const double distance_mm = intersect(triangle, origin, direction);
      if (distance_mm > nearest_mm) continue;
      nearest_mm = distance_mm;
      struck = &triangle;
    }
  }
  if (struck == nullptr) return std::nullopt;
  return Hit{nearest_mm, origin + nearest_mm * direction, struck->areaNormal().normalized()};
}

}  // namespace sonotwin::robot
