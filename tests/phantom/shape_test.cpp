// SPDX-License-Identifier: Apache-2.0
#include "shape.h"

#include <gtest/gtest.h>

#include <numbers>

#include "branches.h"
#include "noise.h"
#include "surface_nets.h"

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;
constexpr double kPi = std::numbers::pi;

Eigen::Matrix3d someRotation() {
  return Eigen::AngleAxisd(0.7, Vector3d(1, 2, -1).normalized()).toRotationMatrix();
}

Vector3d randomPoint(Random& random, const Eigen::AlignedBox3d& box) {
  const Vector3d share(random.uniform(), random.uniform(), random.uniform());
  return box.min() + share.cwiseProduct(box.sizes());
}

Bean someBean() {
  Bean::Form form;
  form.centre_mm = {3, -4, -40};
  form.half_radii_mm = {12.5, 18, 10.5};
  form.half_offset_mm = 11;
  form.lean_rad = 0.32;
  form.join_mm = 8;
  form.rotation = someRotation();
  return Bean(form);
}

ArcTube someTube() {
  ArcTube::Axis axis;
  axis.middle_mm = {5, 0, -30};
  axis.tangent = Vector3d(0.1, 1, 0.2).normalized();
  axis.bulge = axis.tangent.unitOrthogonal();
  axis.bend_radius_mm = 40;
  axis.length_mm = 50;
  return {axis, 5.0};
}

Branches someBranches() {
  return {{5, 0, -30},
          {{Vector3d(0.1, -1, 0).normalized(), 28, 4.2},
           {Vector3d(0.4, 1, 0.1).normalized(), 24, 3.3},
           {Vector3d(-0.4, 1, 0).normalized(), 22, 2.9}},
          2.0};
}

Vector3d slope(const Shape& shape, const Vector3d& p) {
  constexpr double kStep_mm = 1e-4;
  Vector3d gradient;
  for (int axis = 0; axis < 3; ++axis) {
    const Vector3d step = kStep_mm * Vector3d::Unit(axis);
    gradient[axis] = (shape.distance_mm(p + step) - shape.distance_mm(p - step)) / (2 * kStep_mm);
  }
  return gradient;
}

/// Volume by counting random points: independent of any closed form. Standard error is returned
/// beside it.
std::array<double, 2> countedVolume_mm3(const Shape& shape, int points) {
  Random random(5);
  int inside = 0;
  for (int i = 0; i < points; ++i) {
    inside += shape.distance_mm(randomPoint(random, shape.bounds_mm())) < 0.0 ? 1 : 0;
  }
  const double share = static_cast<double>(inside) / points;
  const double box_mm3 = shape.bounds_mm().volume();
  return {share * box_mm3, std::sqrt(share * (1.0 - share) / points) * box_mm3};
}

TEST(Ellipsoid, DistanceOfASphereIsExact) {
  const Ellipsoid sphere({1, 2, 3}, {7, 7, 7}, someRotation());
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    const Vector3d p(20 * random.symmetric(), 20 * random.symmetric(), 20 * random.symmetric());
    EXPECT_NEAR(sphere.distance_mm(p), (p - Vector3d(1, 2, 3)).norm() - 7.0, 1e-5);
  }
}

// Oracle: walking along the normal from a wall point of known parameters changes the distance by
// exactly the length of the walk.
TEST(Ellipsoid, DistanceGrowsAlongTheNormal) {
  const Vector3d radii(9, 14, 6);
  const Ellipsoid body({4, -3, -50}, radii, someRotation());
  Random random(2);
  for (int i = 0; i < 1000; ++i) {
    const Vector3d on_sphere =
        Vector3d(random.normal(), random.normal(), random.normal()).normalized();
    const Vector3d wall = someRotation() * radii.cwiseProduct(on_sphere) + Vector3d(4, -3, -50);
    const Vector3d normal = someRotation() * on_sphere.cwiseQuotient(radii).normalized();
    const double walk_mm = -2.0 + 20.0 * random.uniform();  // within the least radius of curvature
    EXPECT_NEAR(body.distance_mm(wall + walk_mm * normal), walk_mm, 1e-6);
  }
}

TEST(Ellipsoid, IsDefinedAtTheCentre) {
  const Ellipsoid body({0, 0, 0}, {9, 14, 6}, Eigen::Matrix3d::Identity());
  EXPECT_NEAR(body.distance_mm({0, 0, 0}), -6.0, 1e-5);
}

TEST(ArcTube, DistanceIsThatToItsAxis) {
  const ArcTube tube = someTube();
  const Vector3d tangent = Vector3d(0.1, 1, 0.2).normalized();
  const Vector3d bulge = tangent.unitOrthogonal();
  const Vector3d centre = Vector3d(5, 0, -30) - 40.0 * bulge;
  Random random(3);
  for (int i = 0; i < 200; ++i) {
    const Vector3d p = randomPoint(random, tube.bounds_mm());
    double nearest_mm = 1e9;
    for (int k = 0; k <= 4000; ++k) {
      const double angle = (k / 4000.0 - 0.5) * 50.0 / 40.0;
      const Vector3d on_axis =
          centre + 40.0 * (std::cos(angle) * bulge + std::sin(angle) * tangent);
      nearest_mm = std::min(nearest_mm, (p - on_axis).norm());
    }
    EXPECT_NEAR(tube.distance_mm(p), nearest_mm - 5.0, 1e-3);
  }
}

TEST(Shape, VolumesAgreeWithCountedPoints) {
  const ArcTube tube = someTube();
  const Ellipsoid ellipsoid({4, -3, -50}, {9, 14, 6}, someRotation());
  const Bean bean = someBean();
  const Branches branches = someBranches();
  for (const Shape* shape :
       {static_cast<const Shape*>(&tube), static_cast<const Shape*>(&ellipsoid),
        static_cast<const Shape*>(&bean), static_cast<const Shape*>(&branches)}) {
    const auto [counted_mm3, error_mm3] = countedVolume_mm3(*shape, 400000);
    EXPECT_NEAR(shape->volume_mm3(), counted_mm3, 4.0 * error_mm3);
  }
}

TEST(Shape, VolumesInClosedForm) {
  EXPECT_NEAR(someTube().volume_mm3(), kPi * 25.0 * 50.0 + 4.0 / 3.0 * kPi * 125.0, 1e-9);
  const Ellipsoid ellipsoid({0, 0, 0}, {9, 14, 6}, someRotation());
  EXPECT_NEAR(ellipsoid.volume_mm3(), 4.0 / 3.0 * kPi * 9.0 * 14.0 * 6.0, 1e-9);
}

// One tube is a capsule; two that go opposite ways, not joined, are a longer one.
TEST(Branches, VolumeOfOneTubeIsThatOfACapsule) {
  const Vector3d direction = Vector3d(0.2, 1, -0.4).normalized();
  const double expected_mm3 = kPi * 16.0 * 20.0 + 4.0 / 3.0 * kPi * 64.0;
  const Branches one({1, 2, 3}, {{direction, 20, 4}}, 2.0);
  EXPECT_NEAR(one.volume_mm3() / expected_mm3, 1.0, 1e-4);
  const Branches two({1, 2, 3}, {{direction, 12, 4}, {-direction, 8, 4}}, 1e-6);
  EXPECT_NEAR(two.volume_mm3() / expected_mm3, 1.0, 1e-4);
}

// A bean whose halves coincide is an ellipsoid swollen by the join, for which the volume is known.
TEST(Bean, QuadratureOfADegenerateBeanIsThatOfABall) {
  Bean::Form form;
  form.centre_mm = {1, 2, 3};
  form.half_radii_mm = {10, 10, 10};
  form.join_mm = 6.0;
  const double radius_mm = 10.0 + 6.0 / 6.0;
  EXPECT_NEAR(Bean(form).volume_mm3() / (4.0 / 3.0 * kPi * std::pow(radius_mm, 3)), 1.0, 1e-6);
}

TEST(Bean, SlopeNearTheWallIsThatOfADistance) {
  const Bean bean = someBean();
  Random random(4);
  int near = 0;
  for (int i = 0; i < 200000; ++i) {
    const Vector3d p = randomPoint(random, bean.bounds_mm());
    const double distance_mm = bean.distance_mm(p);
    if (std::abs(distance_mm) > 1.0) continue;
    ASSERT_NEAR(slope(bean, p).norm(), 1.0, std::abs(distance_mm) < 0.05 ? 0.01 : 0.06);
    ++near;
  }
  EXPECT_GT(near, 5000);
}

// Oracle: the nearest of many wall points. Where the halves join the distance is of first order.
TEST(Bean, DistanceIsThatToTheNearestWallPoint) {
  const Bean bean = someBean();
  const auto wall = surfaceNets(bean, 0.4).vertices_mm;
  Random random(7);
  for (int i = 0; i < 300; ++i) {
    const auto& w = wall[random.bits() % wall.size()];
    const Vector3d on_wall(w[0], w[1], w[2]);
    const Vector3d p = on_wall + random.symmetric() * bean.normal(on_wall);
    double nearest_mm = 1e9;
    for (const auto& v : wall)
      nearest_mm = std::min(nearest_mm, (Vector3d(v[0], v[1], v[2]) - p).norm());
    ASSERT_NEAR(std::abs(bean.distance_mm(p)), nearest_mm, 0.03 * nearest_mm + 0.02);
  }
}

TEST(Shape, BoundsHoldTheBody) {
  const ArcTube tube = someTube();
  const Bean bean = someBean();
  const Branches branches = someBranches();
  Random random(6);
  for (const Shape* shape : {static_cast<const Shape*>(&tube), static_cast<const Shape*>(&bean),
                             static_cast<const Shape*>(&branches)}) {
    const Eigen::AlignedBox3d& box = shape->bounds_mm();
    const Eigen::AlignedBox3d wide(box.min() - Vector3d::Constant(10),
                                   box.max() + Vector3d::Constant(10));
    for (int i = 0; i < 50000; ++i) {
      const Vector3d p = randomPoint(random, wide);
      if (!box.contains(p)) {
        ASSERT_GT(shape->distance_mm(p), 0.0);
      }
    }
  }
}

}  // namespace
}  // namespace sonotwin::phantom
