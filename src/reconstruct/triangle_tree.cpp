// SPDX-License-Identifier: Apache-2.0
#include "triangle_tree.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "sonotwin/base/error.h"

namespace sonotwin::reconstruct {
namespace {
constexpr std::uint32_t kLeafTriangles = 4;
constexpr std::size_t kDepth = 64;  // halving 2^32 triangles needs half of that

float squaredDistanceToBox(const Eigen::Vector3f& point, const Eigen::Array3f& low,
                           const Eigen::Array3f& high) {
  const Eigen::Array3f outside = (low - point.array()).max(point.array() - high).max(0.0F);
  return outside.square().sum();
}

float squaredDistanceToSegment(const Eigen::Vector3f& point, const Eigen::Vector3f& a,
                               const Eigen::Vector3f& b) {
  const Eigen::Vector3f edge = b - a;
  const float length2 = edge.squaredNorm();
  const float along = length2 > 0.0F ? std::clamp(edge.dot(point - a) / length2, 0.0F, 1.0F) : 0.0F;
  return (point - a - along * edge).squaredNorm();
}
}  // namespace

float squaredDistanceToTriangle(const Eigen::Vector3f& point, const Eigen::Vector3f& a,
                                const Eigen::Vector3f& b, const Eigen::Vector3f& c) {
  const Eigen::Vector3f normal = (b - a).cross(c - a);
  const float area2 = normal.squaredNorm();
  const auto left = [&](const Eigen::Vector3f& from, const Eigen::Vector3f& to) {
    return (to - from).cross(point - from).dot(normal) >= 0.0F;
  };
  if (area2 > 0.0F && left(a, b) && left(b, c) && left(c, a)) {
    const float height = normal.dot(point - a);
    return height * height / area2;
  }
  return std::min({squaredDistanceToSegment(point, a, b), squaredDistanceToSegment(point, b, c),
                   squaredDistanceToSegment(point, c, a)});
}

TriangleTree::TriangleTree(const media::Surface& surface)
    : surface_(surface), order_(surface.triangles.size()) {
  if (surface.triangles.empty()) throwBadInput("The surface has no triangles.");
  for (const auto& triangle : surface.triangles) {
    if (std::ranges::max(triangle) >= surface.vertices_mm.size()) {
      throwBadInput("A triangle of the surface names a vertex that is not there.");
    }
  }
  std::iota(order_.begin(), order_.end(), 0U);
  nodes_.reserve(order_.size());
  build(0, static_cast<std::uint32_t>(order_.size()));
}

Eigen::Vector3f TriangleTree::corner(std::uint32_t triangle, std::size_t which) const {
  return Eigen::Vector3f(surface_.vertices_mm[surface_.triangles[triangle][which]].data());
}

std::uint32_t TriangleTree::build(std::uint32_t begin, std::uint32_t end) {
  const auto index = static_cast<std::uint32_t>(nodes_.size());
  Node node{Eigen::Array3f::Constant(std::numeric_limits<float>::max()),
            Eigen::Array3f::Constant(std::numeric_limits<float>::lowest()), begin, end, 0};
  for (std::uint32_t i = begin; i < end; ++i) {
    for (std::size_t which = 0; which < 3; ++which) {
      node.low = node.low.min(corner(order_[i], which).array());
      node.high = node.high.max(corner(order_[i], which).array());
    }
  }
  nodes_.push_back(node);
  if (end - begin <= kLeafTriangles) return index;
  Eigen::Index axis = 0;
  (node.high - node.low).maxCoeff(&axis);
  const std::uint32_t middle = begin + (end - begin) / 2;
  const auto along = [&](std::uint32_t triangle) {
    return corner(triangle, 0)[axis] + corner(triangle, 1)[axis] + corner(triangle, 2)[axis];
  };
  std::nth_element(order_.begin() + begin, order_.begin() + middle, order_.begin() + end,
                   [&](auto left, auto right) { return along(left) < along(right); });
  build(begin, middle);
  const std::uint32_t right = build(middle, end);
  nodes_[index].right = right;
  return index;
}

float TriangleTree::squaredDistance(const Eigen::Vector3f& point, std::uint32_t triangle) const {
  return squaredDistanceToTriangle(point, corner(triangle, 0), corner(triangle, 1),
                                   corner(triangle, 2));
}

template <class Limit, class Visit>
void TriangleTree::search(const Eigen::Vector3f& point, const Limit& squared_limit,
                          const Visit& visit) const {
  std::array<std::pair<float, std::uint32_t>, kDepth> waiting;
  std::size_t count = 0;
  waiting[count++] = {0.0F, 0U};
  while (count > 0) {
    const auto [nearest, index] = waiting[--count];
    if (nearest >= squared_limit()) continue;
    const Node& node = nodes_[index];
    if (node.right == 0) {
      for (std::uint32_t i = node.begin; i < node.end; ++i) {
        visit(order_[i], squaredDistance(point, order_[i]));
      }
      continue;
    }
    const auto entry = [&](std::uint32_t child) {
      return std::pair(squaredDistanceToBox(point, nodes_[child].low, nodes_[child].high), child);
    };
    auto near = entry(index + 1), far = entry(node.right);
    if (far.first < near.first) std::swap(near, far);
    waiting[count++] = far;
    waiting[count++] = near;
  }
}

double TriangleTree::distance_mm(const Eigen::Vector3f& point_mm) const {
  float best = std::numeric_limits<float>::max();
  search(
      point_mm, [&] { return best; },
      [&](std::uint32_t, float distance2) { best = std::min(best, distance2); });
  return std::sqrt(static_cast<double>(best));
}

float TriangleTree::facing(const Eigen::Vector3f& point, std::uint32_t triangle) const {
  const Eigen::Vector3f a = corner(triangle, 0);
  const Eigen::Vector3f normal =
      (corner(triangle, 1) - a).cross(corner(triangle, 2) - a).normalized();
  return normal.dot((point - a).normalized());
}

double TriangleTree::signedDistance_mm(const Eigen::Vector3f& point_mm) const {
  constexpr float kTie = 1.0001F;  // rounding apart, the triangles around an edge are equally near
  constexpr float kTouch_mm2 = 1e-12F;
  float best = std::numeric_limits<float>::max();
  float side = 0.0F;
  search(
      point_mm, [&] { return kTie * best + kTouch_mm2; },
      [&](std::uint32_t triangle, float distance2) {
        if (distance2 > kTie * best + kTouch_mm2) return;
        const float faces = facing(point_mm, triangle);
        const bool clearly_nearer = kTie * distance2 + kTouch_mm2 < best;
        if (clearly_nearer || std::abs(faces) > std::abs(side)) side = faces;
        best = std::min(best, distance2);
      });
  return std::copysign(std::sqrt(static_cast<double>(best)), static_cast<double>(side));
}

}  // namespace sonotwin::reconstruct
