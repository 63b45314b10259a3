// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/measure.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "shape_change.h"
#include "shapes.h"
#include "sonotwin/base/error.h"
#include "triangle_tree.h"

namespace sonotwin::reconstruct {
namespace {
constexpr double kPi = std::numbers::pi;

TEST(Measure, MatchesTheClosedFormsOfABox) {
  const media::Surface box = boxSurface({10.0, 20.0, 30.0}, {7.0, 11.0, 13.0});
  EXPECT_NEAR(volumeMl(box), 1.001, 1e-6);
  EXPECT_NEAR(areaMm2(box), 2.0 * (77.0 + 91.0 + 143.0), 1e-3);
  EXPECT_TRUE(isClosed(box));
  const auto extents = principalExtents_mm(box);
  EXPECT_NEAR(extents[0], 13.0, 1e-4);
  EXPECT_NEAR(extents[1], 11.0, 1e-4);
  EXPECT_NEAR(extents[2], 7.0, 1e-4);
}

TEST(Measure, MatchesTheClosedFormsOfAnEllipsoidThatLiesAskew) {
  const Eigen::Matrix3d turn =
      Eigen::AngleAxisd(0.7, Eigen::Vector3d(1.0, -2.0, 0.5).normalized()).toRotationMatrix();
  const media::Surface surface =
      ellipsoidSurface({500.0, -300.0, 80.0}, {9.0, 15.0, 6.0}, 160, turn);
  EXPECT_NEAR(volumeMl(surface), 4.0 / 3.0 * kPi * 9.0 * 15.0 * 6.0 / 1000.0, 0.003);
  const auto extents = principalExtents_mm(surface);
  EXPECT_NEAR(extents[0], 30.0, 0.05);
  EXPECT_NEAR(extents[1], 18.0, 0.05);
  EXPECT_NEAR(extents[2], 12.0, 0.05);
  const media::Surface ball = ellipsoidSurface({0.0, 0.0, 0.0}, {5.0, 5.0, 5.0}, 160);
  EXPECT_NEAR(areaMm2(ball), 4.0 * kPi * 25.0, 0.3);
}

TEST(Measure, TellsInsideOutAndOpenSurfaces) {
  media::Surface box = boxSurface({0.0, 0.0, 0.0}, {2.0, 2.0, 2.0});
  for (auto& triangle : box.triangles) std::swap(triangle[0], triangle[1]);
  EXPECT_NEAR(volumeMl(box), -0.008, 1e-9);
  EXPECT_TRUE(isClosed(box));
  std::swap(box.triangles[3][0], box.triangles[3][1]);
  EXPECT_FALSE(isClosed(box)) << "one triangle turned over";
  box.triangles.erase(box.triangles.begin() + 3);
  EXPECT_FALSE(isClosed(box)) << "one triangle missing";
  EXPECT_FALSE(isClosed({}));
}

TEST(TotalCurvature, IsThatOfABoxABallAndACavity) {
  media::Surface box = boxSurface({10.0, 20.0, 30.0}, {7.0, 11.0, 13.0});
  EXPECT_NEAR(totalCurvature_mm(box), 4.0 * (7.0 + 11.0 + 13.0) * kPi / 2.0, 1e-4);
  for (auto& triangle : box.triangles) std::swap(triangle[0], triangle[1]);
  EXPECT_NEAR(totalCurvature_mm(box), -62.0 * kPi, 1e-4);
  const media::Surface ball = ellipsoidSurface({500.0, -300.0, 80.0}, {5.0, 5.0, 5.0}, 80);
  EXPECT_NEAR(totalCurvature_mm(ball), 8.0 * kPi * 5.0, 0.1);
}

TEST(Grow, MovesTheWallOutAndNoFartherThanAllowed) {
  media::Surface ball = ellipsoidSurface({1.0, 2.0, 3.0}, {5.0, 5.0, 5.0}, 80);
  const double area_mm2 = areaMm2(ball);
  EXPECT_TRUE(grow(ball, 0.1 * area_mm2, 0.11));
  EXPECT_NEAR(volumeMl(ball), 4.0 / 3.0 * kPi * std::pow(5.1, 3) / 1000.0, 5e-4);
  const auto before = ball.vertices_mm;
  EXPECT_FALSE(grow(ball, 20.0 * area_mm2, 1.0));
  EXPECT_EQ(ball.vertices_mm, before);
}

// Outside a box the nearest point may be a face, an edge or a corner.
TEST(TriangleTree, SignedDistanceOfABoxIsItsClosedForm) {
  const Eigen::Array3d half(3.5, 5.5, 6.5);
  const media::Surface box =
      boxSurface(Eigen::Vector3d(10.0, 20.0, 30.0) - half.matrix(), 2.0 * half.matrix());
  const TriangleTree tree(box);
  std::mt19937 random(3);
  std::uniform_real_distribution<double> share(-1.6, 1.6);
  for (int i = 0; i < 4000; ++i) {
    const Eigen::Array3d at = half * Eigen::Array3d(share(random), share(random), share(random));
    const Eigen::Array3d beyond = at.abs() - half;
    const double expected = beyond.max(0.0).matrix().norm() + std::min(beyond.maxCoeff(), 0.0);
    const Eigen::Vector3d point = Eigen::Vector3d(10.0, 20.0, 30.0) + at.matrix();
    ASSERT_NEAR(tree.signedDistance_mm(point.cast<float>()), expected, 1e-4) << at.transpose();
  }
}

TEST(Measure, CountsTheVoxelsOfALabel) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.diagonal().head<3>() << 0.5, 2.0, -1.0;
  media::Volume labels({10, 10, 10}, media::PixelType::kUint8, media::WorldFromVoxel(matrix));
  for (std::size_t v = 0; v < 37; ++v) labels.samples<std::uint8_t>()[v * 7] = 3;
  EXPECT_NEAR(labelVolumeMl(labels, 3), 0.037, 1e-12);
  EXPECT_EQ(labelVolumeMl(labels, 4), 0.0);
}

TEST(SurfaceDistance, IsTheGapBetweenConcentricBalls) {
  const media::Surface small = ellipsoidSurface({1.0, 2.0, 3.0}, {10.0, 10.0, 10.0}, 120);
  const media::Surface large = ellipsoidSurface({1.0, 2.0, 3.0}, {11.5, 11.5, 11.5}, 90);
  const SurfaceDistance distance = surfaceDistance(small, large);
  EXPECT_NEAR(distance.mean_mm, 1.5, 0.01);
  EXPECT_NEAR(distance.hd95_mm, 1.5, 0.02);
  EXPECT_NEAR(distance.max_mm, 1.5, 0.02);
}

// A box moved by d along x: the two end faces lie d apart, the sides not at all.
TEST(SurfaceDistance, WeighsByAreaAndGoesBothWays) {
  const media::Surface a = fineBox({0.0, 0.0, 0.0}, 10.0, 40);
  const media::Surface b = fineBox({0.8, 0.0, 0.0}, 10.0, 40);
  const SurfaceDistance distance = surfaceDistance(a, b);
  EXPECT_NEAR(distance.max_mm, 0.8, 1e-5);
  EXPECT_NEAR(distance.hd95_mm, 0.8, 1e-5);
  // Each way: one end face 0.8 off inside the other, one outside; a 4-sided rim in between.
  EXPECT_NEAR(distance.mean_mm, 2.0 / 6.0 * 0.8, 0.03);
  EXPECT_NEAR(surfaceDistance(b, a).mean_mm, distance.mean_mm, 1e-9);
  EXPECT_EQ(surfaceDistance(a, a).max_mm, 0.0);
}

TEST(SurfaceDistance, RefusesEmptyAndDamagedSurfaces) {
  const media::Surface box = boxSurface({0.0, 0.0, 0.0}, {2.0, 2.0, 2.0});
  media::Surface damaged = box;
  damaged.triangles[0][0] = 99;
  EXPECT_THROW(std::ignore = surfaceDistance(box, {}), Error);
  EXPECT_THROW(std::ignore = surfaceDistance(damaged, box), Error);
}

// Oracle: the nearest of a million points sampled on the triangle.
TEST(SquaredDistanceToTriangle, AgreesWithDenseSampling) {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> coordinate(-2.0F, 2.0F);
  const auto point = [&] {
    return Eigen::Vector3f(coordinate(random), coordinate(random), coordinate(random));
  };
  for (int trial = 0; trial < 60; ++trial) {
    const Eigen::Vector3f a = point(), b = point(), c = point(), p = point();
    float nearest = 1e9F;
    constexpr int kSteps = 300;
    for (int i = 0; i <= kSteps; ++i) {
      for (int j = 0; i + j <= kSteps; ++j) {
        const Eigen::Vector3f on = a + (b - a) * i / kSteps + (c - a) * j / kSteps;
        nearest = std::min(nearest, (on - p).norm());
      }
    }
    EXPECT_NEAR(std::sqrt(squaredDistanceToTriangle(p, a, b, c)), nearest, 0.012);
  }
}

TEST(TriangleTree, FindsWhatASearchOfAllTrianglesFinds) {
  const media::Surface surface = ellipsoidSurface({0.0, 0.0, 0.0}, {3.0, 5.0, 2.0}, 40);
  const TriangleTree tree(surface);
  std::mt19937 random(5);
  std::uniform_real_distribution<float> coordinate(-7.0F, 7.0F);
  for (int trial = 0; trial < 200; ++trial) {
    const Eigen::Vector3f p(coordinate(random), coordinate(random), coordinate(random));
    float nearest = 1e9F;
    for (const auto& t : surface.triangles) {
      const auto corner = [&](std::size_t i) {
        return Eigen::Vector3f(surface.vertices_mm[t[i]].data());
      };
      nearest = std::min(nearest, squaredDistanceToTriangle(p, corner(0), corner(1), corner(2)));
    }
    ASSERT_FLOAT_EQ(static_cast<float>(tree.distance_mm(p)), std::sqrt(nearest));
  }
}
}  // namespace
}  // namespace sonotwin::reconstruct
