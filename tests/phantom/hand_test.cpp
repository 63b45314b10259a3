// SPDX-License-Identifier: Apache-2.0
#include "hand.h"

#include <gtest/gtest.h>

#include "surface_nets.h"

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;

/// True where the moving fan passes over the point: it lies on either side of the plane of two
/// neighbouring frames and, in the nearer, inside the fan.
bool sweptOver(const std::vector<WorldFromPlane>& poses, const ScanGeometry& geometry,
               const Vector3d& world_mm, double margin_mm) {
  Vector3d before = poses.front().inverse()(world_mm);
  for (std::size_t i = 1; i < poses.size(); ++i) {
    const Vector3d now = poses[i].inverse()(world_mm);
    const Vector3d& nearer = std::abs(now.z()) < std::abs(before.z()) ? now : before;
    const bool crossed = (now.z() <= 0.0) != (before.z() <= 0.0);
    if (crossed && geometry.contains(nearer.x(), nearer.y(), margin_mm)) return true;
    before = now;
  }
  return false;
}

TEST(Hand, SweepsOverEveryOrganEntirely) {
  const ScanGeometry geometry = scanGeometry(ScanOptions{});
  for (const std::string& name : anatomyNames()) {
    for (std::uint64_t seed = 1; seed <= (name == "demo" ? 3U : 6U); ++seed) {
      const Anatomy anatomy = makeAnatomy(name, seed);
      const auto poses = handMotion(anatomy, ScanOptions{}, seed);
      for (const Organ& organ : anatomy.organs) {
        for (const auto& v : surfaceNets(*organ.shape, 2.0).vertices_mm) {
          const Vector3d p(v[0], v[1], v[2]);
          ASSERT_TRUE(sweptOver(poses, geometry, p, 1.0))
              << name << " " << seed << " " << organ.label.name << " at " << p.transpose();
          ASSERT_GT(poses.front().inverse()(p).z(), 2.0);
          ASSERT_LT(poses.back().inverse()(p).z(), -2.0);
        }
      }
    }
  }
}

TEST(Hand, MovesForwardInSmallRigidSteps) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto poses = handMotion(makeAnatomy("abdomen", seed), ScanOptions{}, seed);
    ASSERT_EQ(poses.size(), 180U);
    for (std::size_t i = 0; i < poses.size(); ++i) {
      ASSERT_TRUE(poses[i].isRigid(1e-9));
      if (i == 0) continue;
      const Vector3d step = poses[i].translation() - poses[i - 1].translation();
      ASSERT_GT(step.y(), 0.1);
      ASSERT_LT(step.norm(), 0.6);
    }
  }
}

TEST(Hand, RocksByTheAskedAngle) {
  ScanOptions options;
  options.tilt_amplitude_deg = 6.0;
  double most_deg = 0.0;
  for (const auto& pose : handMotion(makeAnatomy("demo", 1), options, 9)) {
    const double lean = pose.direction(Vector3d::UnitY()).y();  // of the beam towards the sweep
    most_deg = std::max(most_deg, std::abs(std::asin(lean)) * 57.29578);
  }
  EXPECT_GT(most_deg, 4.0);
  EXPECT_LT(most_deg, 6.5);
}

TEST(Hand, JitterMovesReportedPosesByItsSize) {
  ScanOptions options;
  options.jitter_mm = 0.3;
  options.jitter_deg = 0.5;
  const media::WorldFromProbe pose;
  double squares_mm2 = 0.0;
  double squares_deg2 = 0.0;
  constexpr int kDraws = 4000;
  for (int i = 0; i < kDraws; ++i) {
    const auto noisy = reported(pose, options, static_cast<std::uint64_t>(i));
    ASSERT_TRUE(noisy.isRigid(1e-9));
    squares_mm2 += noisy.translation().squaredNorm() / 3.0;
    squares_deg2 += std::pow(Eigen::AngleAxisd(noisy.linear()).angle() * 57.29578, 2) / 3.0;
  }
  EXPECT_NEAR(std::sqrt(squares_mm2 / kDraws), 0.3, 0.01);
  EXPECT_NEAR(std::sqrt(squares_deg2 / kDraws), 0.5, 0.02);
}

}  // namespace
}  // namespace sonotwin::phantom
