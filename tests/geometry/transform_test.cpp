// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/geometry/transform.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <numbers>

namespace sonotwin::geometry {
namespace {
using WorldFromProbe = Transform<World, Probe>;
using ProbeFromImage = Transform<Probe, Image>;
using WorldFromImage = Transform<World, Image>;

template <class A, class B>
concept Chains = requires(A a, B b) {
  a* b;
};
static_assert(Chains<WorldFromProbe, ProbeFromImage>);
static_assert(!Chains<ProbeFromImage, WorldFromProbe>, "a wrong chain must not compile");
static_assert(!Chains<WorldFromImage, WorldFromProbe>);

template <class T>
T rigid(double angle_rad, const Eigen::Vector3d& axis, const Eigen::Vector3d& shift_mm) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() = Eigen::AngleAxisd(angle_rad, axis.normalized()).toRotationMatrix();
  matrix.topRightCorner<3, 1>() = shift_mm;
  return T(matrix);
}

// A quarter turn about z takes x to y; then everything moves by (10, 0, 0).
TEST(Transform, TakesPointsAndDirections) {
  const auto world_from_probe = rigid<WorldFromProbe>(std::numbers::pi / 2, {0, 0, 1}, {10, 0, 0});
  EXPECT_TRUE(world_from_probe({1, 2, 3}).isApprox(Eigen::Vector3d(8, 1, 3)));
  EXPECT_TRUE(world_from_probe.direction({1, 2, 3}).isApprox(Eigen::Vector3d(-2, 1, 3)));
}

TEST(Transform, ChainsFromRightToLeft) {
  const auto world_from_probe = rigid<WorldFromProbe>(0.7, {1, 2, 3}, {4, 5, 6});
  Eigen::Matrix4d pixels = Eigen::Matrix4d::Identity();
  pixels.diagonal() << 0.1, 0.2, 0.3, 1.0;
  pixels(0, 3) = -7.0;
  const ProbeFromImage probe_from_image(pixels);
  const WorldFromImage world_from_image = world_from_probe * probe_from_image;
  const Eigen::Vector3d pixel(30, 40, 0);
  EXPECT_TRUE(world_from_image(pixel).isApprox(world_from_probe(probe_from_image(pixel))));
}

TEST(Transform, InverseUndoes) {
  Eigen::Matrix4d sheared = Eigen::Matrix4d::Identity();
  sheared.topLeftCorner<3, 3>() << 0.08, 0.02, 0, -0.01, 0.09, 0, 0.001, 0, 0.07;
  sheared.topRightCorner<3, 1>() << 15, 49, -8;
  const ProbeFromImage probe_from_image(sheared);
  const Eigen::Vector3d point(1, -2, 3);
  EXPECT_TRUE(probe_from_image.inverse()(probe_from_image(point)).isApprox(point, 1e-9));
  EXPECT_TRUE((probe_from_image.inverse() * probe_from_image).matrix().isIdentity(1e-9));
  Eigen::Matrix4d flat = Eigen::Matrix4d::Identity();
  flat(2, 2) = 0.0;
  EXPECT_THROW(std::ignore = ProbeFromImage(flat).inverse(), Error);
}

TEST(Transform, RefusesWhatIsNoAffineMap) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix(3, 0) = 1e-6;
  EXPECT_THROW(WorldFromProbe{matrix}, Error);
  matrix = Eigen::Matrix4d::Identity();
  matrix(0, 3) = std::numeric_limits<double>::infinity();
  EXPECT_THROW(WorldFromProbe{matrix}, Error);
  matrix(0, 3) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(WorldFromProbe{matrix}, Error);
  EXPECT_TRUE(WorldFromProbe().matrix().isIdentity(0.0));
}

TEST(Transform, KnowsARigidMotion) {
  EXPECT_TRUE(rigid<WorldFromProbe>(1.2, {3, -1, 2}, {100, 200, 300}).isRigid(1e-12));
  for (const auto& scale : std::array{Eigen::Vector3d(1.01, 1, 1), Eigen::Vector3d(-1, 1, 1),
                                      Eigen::Vector3d(0, 1, 1)}) {
    Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
    matrix.diagonal().head<3>() = scale;
    EXPECT_FALSE(WorldFromProbe(matrix).isRigid()) << scale.transpose();
  }
}

TEST(Interpolate, RunsAtConstantSpeedAlongTheShorterWay) {
  const double degree = std::numbers::pi / 180.0;
  const auto a = rigid<WorldFromProbe>(170 * degree, {0, 0, 1}, {0, 0, 0});
  const auto b = rigid<WorldFromProbe>(-150 * degree, {0, 0, 1}, {8, -4, 2});
  EXPECT_TRUE(interpolate(a, b, 0.0).matrix().isApprox(a.matrix(), 1e-12));
  EXPECT_TRUE(interpolate(a, b, 1.0).matrix().isApprox(b.matrix(), 1e-12));
  // 170 to 210 degrees: a quarter of the way is 180.
  const auto expected = rigid<WorldFromProbe>(180 * degree, {0, 0, 1}, {2, -1, 0.5});
  EXPECT_TRUE(interpolate(a, b, 0.25).matrix().isApprox(expected.matrix(), 1e-12));
  EXPECT_TRUE(interpolate(a, b, 0.6).isRigid(1e-12));
}

// Poses as a recorder writes them, to four digits: what comes out is rigid to rounding, and turns
// as the exact poses do to within the digits lost.
TEST(Interpolate, StaysRigidBetweenPosesOfFewDigits) {
  const Eigen::Vector3d axis = Eigen::Vector3d(1, -2, 0.5).normalized();
  const auto rough = [&](double angle_rad) {
    Eigen::Matrix4d matrix = rigid<WorldFromProbe>(angle_rad, axis, {1, 2, 3}).matrix();
    matrix.topLeftCorner<3, 3>() = (matrix.topLeftCorner<3, 3>() * 1.0003e4).array().round() / 1e4;
    return WorldFromProbe(matrix);
  };
  const auto a = rough(0.2), b = rough(1.4);
  ASSERT_FALSE(a.isRigid(1e-4));
  for (const double fraction : {0.0, 0.25, 0.5, 1.0}) {
    const auto between = interpolate(a, b, fraction);
    EXPECT_TRUE(between.isRigid(1e-12)) << fraction;
    const auto exact = rigid<WorldFromProbe>(0.2 + 1.2 * fraction, axis, {1, 2, 3});
    EXPECT_LT((between.linear() - exact.linear()).cwiseAbs().maxCoeff(), 2e-4) << fraction;
  }
  Eigen::Matrix4d scaled = Eigen::Matrix4d::Identity();
  scaled(0, 0) = 1.1;
  EXPECT_THROW(std::ignore = interpolate(a, WorldFromProbe(scaled), 0.5), Error);
}
}  // namespace
}  // namespace sonotwin::geometry
