// SPDX-License-Identifier: Apache-2.0
#include "triangle_tree.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace sonotwin::robot {
namespace {
using Eigen::Vector3d;

Vector3d anyPoint(std::mt19937& random, double size) {
  std::uniform_real_distribution<double> draw(-size, size);
  const double x = draw(random);
  const double y = draw(random);
  return {x, y, draw(random)};
}

/// Where the ray meets the triangle's plane, if inside all three edges: no shared code.
double planeDistance(const Triangle& t, const Vector3d& origin, const Vector3d& direction) {
  const Vector3d normal = t.areaNormal();
  const double along = normal.dot(t.corners[0] - origin) / normal.dot(direction);
  const Vector3d p = origin + along * direction;
  for (std::size_t i = 0; i < 3; ++i) {
    const Vector3d edge = t.corners[(i + 1) % 3] - t.corners[i];
    if (edge.cross(p - t.corners[i]).dot(normal) < 0.0) return -1.0;
  }
  return along;
}

// Oracle: trying every triangle.
TEST(TriangleTree, FindsTheFirstOfAllTriangles) {
  std::mt19937 random(3);
  std::vector<Triangle> soup;
  for (int i = 0; i < 500; ++i) {
    const Vector3d place = anyPoint(random, 50.0);
    soup.push_back({{place, place + anyPoint(random, 8.0), place + anyPoint(random, 8.0)}});
  }
  const TriangleTree tree(soup);
  int hits = 0;
  for (int i = 0; i < 2000; ++i) {
    const Vector3d origin = anyPoint(random, 80.0);
    const Vector3d direction = (anyPoint(random, 30.0) - origin).normalized();
    double nearest = std::numeric_limits<double>::infinity();
    for (const Triangle& triangle : soup) {
      const double along = planeDistance(triangle, origin, direction);
      if (along > 0.0) nearest = std::min(nearest, along);
    }
    const auto hit = tree.firstHit(origin, direction, 1e6);
    ASSERT_EQ(hit.has_value(), std::isfinite(nearest));
    if (!hit) continue;
    ++hits;
    ASSERT_NEAR(hit->distance_mm, nearest, 1e-9);
    EXPECT_FALSE(tree.firstHit(origin, direction, nearest - 1e-6));
  }
  EXPECT_GT(hits, 500);
}

TEST(TriangleTree, RaysThroughSharedEdgesHit) {
  const Vector3d a(0, 0, 0), b(10, 0, 0), c(10, 10, 0), d(0, 10, 0);
  const TriangleTree tree({Triangle{{a, b, c}}, Triangle{{a, c, d}}});
  for (int i = 1; i < 100; ++i) {
    const auto hit = tree.firstHit({0.1 * i, 0.1 * i, 5.0}, {0, 0, -1}, 10.0);
    ASSERT_TRUE(hit);
    EXPECT_NEAR(hit->distance_mm, 5.0, 1e-12);
    EXPECT_NEAR(hit->normal.z(), 1.0, 1e-12);
  }
}

}  // namespace
}  // namespace sonotwin::robot
