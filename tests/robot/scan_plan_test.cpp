// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/robot/scan_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <stop_token>
#include <tuple>

#include "sonotwin/base/error.h"

namespace sonotwin::robot {
namespace {
using Eigen::Vector3d;
constexpr double kPi = std::numbers::pi;
constexpr double kRadPerDeg = kPi / 180.0;

/// Ellipsoid with its poles on z, vertices on the exact surface.
media::Surface ellipsoid(const Vector3d& radii_mm, int rings = 120) {
  media::Surface surface;
  const int around = 2 * rings;
  const auto add = [&](double polar, double azimuth) {
    const Vector3d p = radii_mm.cwiseProduct(Vector3d(
        std::sin(polar) * std::cos(azimuth), std::sin(polar) * std::sin(azimuth), std::cos(polar)));
    surface.vertices_mm.push_back({float(p.x()), float(p.y()), float(p.z())});
  };
  add(0.0, 0.0);
  for (int i = 1; i < rings; ++i) {
    for (int j = 0; j < around; ++j) add(kPi * i / rings, 2.0 * kPi * j / around);
  }
  add(kPi, 0.0);
  const auto at = [&](int ring, int j) {
    return static_cast<std::uint32_t>(1 + (ring - 1) * around + j % around);
  };
  const auto last = static_cast<std::uint32_t>(surface.vertices_mm.size() - 1);
  for (int j = 0; j < around; ++j) {
    surface.triangles.push_back({0, at(1, j), at(1, j + 1)});
    surface.triangles.push_back({last, at(rings - 1, j + 1), at(rings - 1, j)});
    for (int i = 1; i + 1 < rings; ++i) {
      surface.triangles.push_back({at(i, j), at(i + 1, j), at(i + 1, j + 1)});
      surface.triangles.push_back({at(i, j), at(i + 1, j + 1), at(i, j + 1)});
    }
  }
  return surface;
}

void addBox(media::Surface& surface, const Vector3d& min, const Vector3d& max) {
  const auto base = static_cast<std::uint32_t>(surface.vertices_mm.size());
  for (int i = 0; i < 8; ++i) {
    surface.vertices_mm.push_back({float(i & 1 ? max.x() : min.x()),
                                   float(i & 2 ? max.y() : min.y()),
                                   float(i & 4 ? max.z() : min.z())});
  }
  const std::uint32_t quads[6][4] = {{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4},
                                     {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}};
  for (const auto& q : quads) {
    surface.triangles.push_back({base + q[0], base + q[1], base + q[2]});
    surface.triangles.push_back({base + q[0], base + q[2], base + q[3]});
  }
}

media::Surface box(const Vector3d& min, const Vector3d& max) {
  media::Surface surface;
  addBox(surface, min, max);
  return surface;
}

Vector3d origin(const PlanPose& pose) {
  return pose.world_from_tool.translation();
}
Vector3d axis(const PlanPose& pose, int which) {
  return pose.world_from_tool.linear().col(which);
}

std::vector<PlanPose> contacts(const ScanPlan& plan) {
  std::vector<PlanPose> poses;
  std::ranges::copy_if(plan.poses, std::back_inserter(poses), &PlanPose::contact);
  return poses;
}

std::string allNotes(const ScanPlan& plan) {
  std::string text;
  for (const std::string& note : plan.notes) text += note + "\n";
  return text;
}

/// What must hold of every plan.
void expectSound(const ScanPlan& plan, const PlanOptions& options) {
  ASSERT_FALSE(plan.poses.empty());
  EXPECT_FALSE(plan.poses.front().contact);
  EXPECT_FALSE(plan.poses.back().contact);
  const Vector3d approach = options.approach.normalized();
  for (std::size_t i = 0; i < plan.poses.size(); ++i) {
    const PlanPose& pose = plan.poses[i];
    ASSERT_TRUE(pose.world_from_tool.isRigid(1e-9));
    const double tilt_rad = std::acos(std::min(1.0, axis(pose, 2).dot(approach)));
    ASSERT_LE(tilt_rad, options.max_tilt_deg * kRadPerDeg + 1e-6);
    if (i == 0) continue;
    const PlanPose& before = plan.poses[i - 1];
    const double dt_s = pose.time_s - before.time_s;
    ASSERT_GT(dt_s, 0.0);
    const double moved_mm = (origin(pose) - origin(before)).norm();
    ASSERT_LE(moved_mm, options.speed_mm_s * dt_s * (1.0 + 1e-9));
    const Eigen::Quaterniond a(before.world_from_tool.linear()), b(pose.world_from_tool.linear());
    ASSERT_LE(a.angularDistance(b), options.max_turn_deg_s * kRadPerDeg * dt_s * (1.0 + 1e-6));
    if (pose.contact && before.contact) {
      ASSERT_EQ(pose.lane, before.lane);
    }
  }
  EXPECT_DOUBLE_EQ(plan.duration_s, plan.poses.back().time_s);
}

TEST(ScanPlan, FlatTopIsCoveredAtTheExactStandoff) {
  const PlanOptions options;
  const ScanPlan plan = planScan(box({-100, -60, -40}, {100, 60, 10}), options);
  expectSound(plan, options);
  EXPECT_EQ(plan.lane_count, 4);  // ceil(120 / 32)
  for (const PlanPose& pose : contacts(plan)) {
    ASSERT_NEAR(pose.standoff_mm, 5.0, 1e-9);
    ASSERT_NEAR(origin(pose).z(), 15.0, 1e-9);
    ASSERT_NEAR((axis(pose, 2) - Vector3d(0, 0, -1)).norm(), 0.0, 1e-9);
    ASSERT_NEAR((axis(pose, 0) - Vector3d(1, 0, 0)).norm(), 0.0, 1e-9);
  }
  EXPECT_GT(plan.coverage, 0.995);
  EXPECT_LE(plan.coverage, 1.0);
  EXPECT_TRUE(plan.notes.empty()) << allNotes(plan);
}

TEST(ScanPlan, LanesRunAlongTheLongSideBackAndForth) {
  const PlanOptions options;
  const ScanPlan plan = planScan(box({-40, -90, 0}, {40, 90, 20}), options);
  const auto poses = contacts(plan);
  std::map<int, std::vector<PlanPose>> lanes;
  for (const PlanPose& pose : poses) lanes[pose.lane].push_back(pose);
  ASSERT_EQ(lanes.size(), 3U);
  double before_x_mm = 0.0;
  for (const auto& [lane, of_lane] : lanes) {
    const double travel_mm = origin(of_lane.back()).y() - origin(of_lane.front()).y();
    EXPECT_NEAR(std::abs(travel_mm), 180.0, 0.01);
    EXPECT_EQ(travel_mm > 0.0, lane % 2 == 0);
    EXPECT_NEAR(std::abs(axis(of_lane.front(), 0).y()), 1.0, 1e-9);
    if (lane > 0) {
      EXPECT_LE(std::abs(origin(of_lane[0]).x() - before_x_mm), 32.0 + 1e-6);
    }
    before_x_mm = origin(of_lane[0]).x();
    for (std::size_t i = 1; i < of_lane.size(); ++i) {
      ASSERT_LE((origin(of_lane[i]) - origin(of_lane[i - 1])).norm(), options.step_mm + 1e-9);
    }
  }
}

// Oracle: on a sphere the normal is the radius, the averaged normal too, and distances along the
// surface are angles times the radius.
TEST(ScanPlan, SphereIsFollowedByItsRadii) {
  PlanOptions options;
  options.footprint_mm = 20.0;
  const double radius_mm = 80.0;
  const ScanPlan plan = planScan(ellipsoid(Vector3d::Constant(radius_mm)), options);
  expectSound(plan, options);
  for (const PlanPose& pose : contacts(plan)) {
    const Vector3d skin = origin(pose) + pose.standoff_mm * axis(pose, 2);
    ASSERT_NEAR(skin.norm(), radius_mm, 0.02);
    ASSERT_NEAR(pose.standoff_mm, options.standoff_mm, 1e-3);
    const double lean_rad = std::acos(skin.normalized().z());
    const double limit_rad = options.max_tilt_deg * kRadPerDeg;
    const double off_rad = std::acos(std::min(1.0, -axis(pose, 2).dot(skin.normalized())));
    ASSERT_NEAR(off_rad, std::max(lean_rad - limit_rad, 0.0), 0.02);
    ASSERT_LT(lean_rad, (options.max_tilt_deg + 11.0) * kRadPerDeg);
  }
  EXPECT_NE(allNotes(plan).find("Too steep"), std::string::npos);
  EXPECT_NE(allNotes(plan).find("Tilt limited"), std::string::npos);
  EXPECT_GT(plan.coverage, 0.93);
}

TEST(ScanPlan, SpacingIsMeasuredAlongTheSurface) {
  PlanOptions options;
  options.footprint_mm = 20.0;
  options.max_tilt_deg = 50.0;
  for (const double overlap : {0.0, 0.2, 0.5}) {
    options.overlap = overlap;
    const ScanPlan plan = planScan(ellipsoid({110, 60, 60}), options);
    // Around the long axis the section is a circle: arc length across is 60 mm times the angle.
    std::map<int, double> angle_of_lane;
    for (const PlanPose& pose : contacts(plan)) {
      const Vector3d skin = origin(pose) + pose.standoff_mm * axis(pose, 2);
      if (std::abs(skin.x()) < 2.0) angle_of_lane[pose.lane] = std::atan2(skin.y(), skin.z());
    }
    ASSERT_GE(angle_of_lane.size(), 4U);
    for (auto it = std::next(angle_of_lane.begin()); it != angle_of_lane.end(); ++it) {
      const double arc_mm = 60.0 * std::abs(it->second - std::prev(it)->second);
      EXPECT_LE(arc_mm, 20.0 * (1.0 - overlap) + 0.05);
      EXPECT_GT(arc_mm, 0.5 * 20.0 * (1.0 - overlap));
    }
  }
}

// A face wider than the body rests on all of it: off the crest of a thin curved bar the facet in
// the middle leans steeply, the mean under the face does not.
TEST(ScanPlan, AFaceWiderThanTheBodyStaysUpright) {
  media::Surface bar = ellipsoid({60, 5, 5});
  for (auto& vertex : bar.vertices_mm) vertex[1] += 0.0012F * vertex[0] * vertex[0];
  const PlanOptions options;
  const ScanPlan plan = planScan(bar, options);
  expectSound(plan, options);
  for (const PlanPose& pose : contacts(plan)) {
    const Vector3d z = axis(pose, 2);
    if (std::abs(origin(pose).x()) < 40.0) {
      ASSERT_LT(std::hypot(z.x(), z.y()), 0.3);
    }
  }
  EXPECT_GT(plan.coverage, 0.9);
}

TEST(ScanPlan, ApproachMayComeFromAnySide) {
  PlanOptions options;
  options.approach = {0.0, 2.0, 0.0};
  const ScanPlan plan = planScan(box({-100, -60, -30}, {100, 60, 30}), options);
  expectSound(plan, options);
  for (const PlanPose& pose : contacts(plan)) {
    ASSERT_NEAR(origin(pose).y(), -65.0, 1e-9);
    ASSERT_NEAR(axis(pose, 2).y(), 1.0, 1e-9);
  }
  EXPECT_GT(plan.coverage, 0.995);
}

TEST(ScanPlan, LiftsOverWhatStandsBetween) {
  media::Surface surface = box({-100, -60, -40}, {100, 60, 0});
  addBox(surface, {-10, -70, -20}, {10, 70, 50});  // a wall across every lane
  PlanOptions options;
  options.footprint_mm = 30.0;
  const ScanPlan plan = planScan(surface, options);
  expectSound(plan, options);
  double highest_mm = 0.0;
  for (const PlanPose& pose : plan.poses) {
    if (!pose.contact && std::abs(origin(pose).x()) < 9.0) {
      ASSERT_GE(origin(pose).z(), 50.0);
    }
    highest_mm = std::max(highest_mm, origin(pose).z());
  }
  EXPECT_GE(highest_mm, 50.0 + options.lift_mm - 1e-6);
}

TEST(ScanPlan, SaysWhatLiesInShadow) {
  media::Surface surface = box({-100, -60, -40}, {100, 60, 0});
  addBox(surface, {0, -60, 20}, {100, 60, 40});  // a shelf over half of it
  const ScanPlan plan = planScan(surface, PlanOptions{});
  EXPECT_NE(allNotes(plan).find("Shadowed"), std::string::npos) << allNotes(plan);
}

TEST(ScanPlan, WiderStepsAndFasterToolsShortenThePlan) {
  const media::Surface surface = box({-100, -60, -40}, {100, 60, 0});
  PlanOptions fast;
  fast.speed_mm_s = 30.0;
  const ScanPlan slow_plan = planScan(surface, PlanOptions{});
  const ScanPlan fast_plan = planScan(surface, fast);
  EXPECT_NEAR(slow_plan.duration_s / fast_plan.duration_s, 2.0, 1e-6);
  EXPECT_NEAR(slow_plan.length_mm, 4 * 200.0, 0.01);
}

TEST(ScanPlan, RefusesWhatItCannotPlan) {
  const auto refused = [](const media::Surface& surface, const PlanOptions& options) {
    try {
      std::ignore = planScan(surface, options);
      return false;
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kBadInput;
    }
  };
  const media::Surface good = box({-50, -50, 0}, {50, 50, 20});
  EXPECT_TRUE(refused({}, {}));
  media::Surface open = good;
  open.triangles.pop_back();
  EXPECT_TRUE(refused(open, {}));
  media::Surface inward = good;
  for (auto& triangle : inward.triangles) std::swap(triangle[0], triangle[1]);
  EXPECT_TRUE(refused(inward, {}));
  media::Surface broken = good;
  broken.vertices_mm[0][0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(refused(broken, {}));
  media::Surface loose = good;
  loose.triangles[0][0] = 99;
  EXPECT_TRUE(refused(loose, {}));
  PlanOptions options;
  options.overlap = 1.0;
  EXPECT_TRUE(refused(good, options));
  options = {};
  options.approach = Vector3d::Zero();
  EXPECT_TRUE(refused(good, options));
  options = {};
  options.max_tilt_deg = 0.0;
  options.approach = {1, 1, 0};  // two walls at 45 degrees
  EXPECT_TRUE(refused(good, options));
}

TEST(ScanPlan, ReportsAsItAdvancesAndStopsWhenAsked) {
  const media::Surface surface = box({-100, -60, -40}, {100, 60, 0});
  std::vector<double> fractions;
  std::stop_source stop;
  const auto listen = [&](double fraction, std::string_view stage) {
    EXPECT_TRUE(fraction == 1.0 || !stage.empty());
    fractions.push_back(fraction);
    if (fraction >= 0.2) stop.request_stop();
  };
  std::ignore = planScan(surface, {}, Progress(listen));
  EXPECT_TRUE(std::ranges::is_sorted(fractions));
  EXPECT_EQ(fractions.back(), 1.0);
  fractions.clear();
  stop = std::stop_source();
  try {
    std::ignore = planScan(surface, {}, Progress(listen, stop.get_token()));
    ADD_FAILURE() << "planned to the end";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  }
  EXPECT_LT(fractions.back(), 0.5);  // while the lanes are traced
}

TEST(ScanPlan, VerticesRepeatedAsInStlAreJoined) {
  const media::Surface shared = box({-50, -50, 0}, {50, 50, 20});
  media::Surface repeated;
  for (const auto& triangle : shared.triangles) {
    const auto base = static_cast<std::uint32_t>(repeated.vertices_mm.size());
    for (const auto corner : triangle) repeated.vertices_mm.push_back(shared.vertices_mm[corner]);
    repeated.triangles.push_back({base, base + 1, base + 2});
  }
  EXPECT_EQ(planScan(repeated, {}).poses.size(), planScan(shared, {}).poses.size());
}

TEST(ScanPlan, JsonHoldsThePlan) {
  const PlanOptions options;
  ScanPlan plan = planScan(box({-50, -50, 0}, {50, 50, 20}), options);
  plan.poses.back().standoff_mm = std::numeric_limits<double>::quiet_NaN();
  const auto json = nlohmann::json::parse(toJson(plan, options));
  EXPECT_EQ(json["format"], "sonotwin-scan-plan");
  EXPECT_EQ(json["units"]["length"], "mm");
  EXPECT_EQ(json["world"], "Reference");
  EXPECT_EQ(json["options"]["footprint_mm"], 40.0);
  ASSERT_EQ(json["poses"].size(), plan.poses.size());
  EXPECT_TRUE(json["poses"].back()["standoff_mm"].is_null());
  const auto& pose = json["poses"][10];
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(pose["world_from_tool"][static_cast<std::size_t>(i)].get<double>(),
              plan.poses[10].world_from_tool.matrix()(i / 4, i % 4));
  }
}

}  // namespace
}  // namespace sonotwin::robot
