// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <array>
#include <optional>
#include <vector>

namespace sonotwin::robot {

/// Corners in mm, counter-clockwise seen from outside.
struct Triangle {
  std::array<Eigen::Vector3d, 3> corners;
  [[nodiscard]] Eigen::Vector3d centre() const {
    return (corners[0] + corners[1] + corners[2]) / 3.0;
  }
  /// Outward, as long as twice the area.
  [[nodiscard]] Eigen::Vector3d areaNormal() const {
    return (corners[1] - corners[0]).cross(corners[2] - corners[0]);
  }
};

/// Where a ray first meets a mesh.
struct Hit {
  double distance_mm = 0.0;
  Eigen::Vector3d point;
  Eigen::Vector3d normal;  ///< outward unit normal of the triangle
};

/// Finds the first triangle along a ray. Immutable, any thread.
/// Bounding boxes in a binary tree, split at the median centre of the longest side; triangles by
/// Möller & Trumbore, Journal of Graphics Tools 2(1), 1997.
class TriangleTree {
 public:
  explicit TriangleTree(std::vector<Triangle> triangles);

  /// `direction` is a unit vector; hits beyond `reach_mm` do not count.
  [[nodiscard]] std::optional<Hit> firstHit(const Eigen::Vector3d& origin,
                                            const Eigen::Vector3d& direction,
                                            double reach_mm) const;
  [[nodiscard]] const std::vector<Triangle>& triangles() const { return triangles_; }
  [[nodiscard]] const Eigen::AlignedBox3d& bounds_mm() const { return nodes_.front().box; }

 private:
  struct Node {
    Eigen::AlignedBox3d box;
    int begin = 0;
    int end = 0;    ///< of its triangles
    int right = 0;  ///< 0: a leaf; the left child follows its parent
  };
  int build(int begin, int end);

  std::vector<Triangle> triangles_;
  std::vector<Node> nodes_;
};

}  // namespace sonotwin::robot
