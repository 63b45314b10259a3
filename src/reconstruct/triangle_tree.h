// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Geometry>
#include <cstdint>
#include <vector>

#include "sonotwin/media/surface.h"

namespace sonotwin::reconstruct {

/// Finds the exact distance from a point to the nearest triangle of a surface: a tree of boxes
/// around halves of the triangles. Immutable; any thread. The surface must outlive it.
class TriangleTree {
 public:
  /// @throws Error(kBadInput) if the surface has no triangle, or names a vertex it does not have.
  explicit TriangleTree(const media::Surface& surface);
  [[nodiscard]] double distance_mm(const Eigen::Vector3f& point_mm) const;
  /// Negative inside. The surface must be closed. Where several triangles are equally near, the one
  /// that faces the point most says which side it is on.
  [[nodiscard]] double signedDistance_mm(const Eigen::Vector3f& point_mm) const;

 private:
  struct Node {
    Eigen::Array3f low, high;
    std::uint32_t begin, end;  ///< of the triangles, in order_
    std::uint32_t right;       ///< second child; the first follows its parent; 0: a leaf
  };
  std::uint32_t build(std::uint32_t begin, std::uint32_t end);
  [[nodiscard]] Eigen::Vector3f corner(std::uint32_t triangle, std::size_t which) const;
  [[nodiscard]] float squaredDistance(const Eigen::Vector3f& point, std::uint32_t triangle) const;
  /// Height over the triangle's plane as a share of the distance to its first corner.
  [[nodiscard]] float facing(const Eigen::Vector3f& point, std::uint32_t triangle) const;
  /// Calls `visit(triangle, squared distance)` for all triangles that may be nearer than
  /// `squared_limit()`.
  template <class Limit, class Visit>
  void search(const Eigen::Vector3f& point, const Limit& squared_limit, const Visit& visit) const;

  const media::Surface& surface_;
  std::vector<std::uint32_t> order_;
  std::vector<Node> nodes_;
};

/// Squared distance from a point to a triangle, its edges and corners included.
/// Source: Ericson, Real-Time Collision Detection (2005), 5.1.5.
[[nodiscard]] float squaredDistanceToTriangle(const Eigen::Vector3f& point,
                                              const Eigen::Vector3f& a, const Eigen::Vector3f& b,
                                              const Eigen::Vector3f& c);

}  // namespace sonotwin::reconstruct
