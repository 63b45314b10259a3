// SPDX-License-Identifier: Apache-2.0
#include "hand.h"

#include <array>
#include <cmath>
#include <numbers>

#include "noise.h"

namespace sonotwin::phantom {
namespace {
using Eigen::AngleAxisd;
using Eigen::Vector3d;

constexpr double kRadPerDeg = std::numbers::pi / 180.0;
constexpr double kTurn = 2.0 * std::numbers::pi;
constexpr double kSpeedSwing = 0.15;  // of the mean speed
constexpr double kYaw_deg = 2.0;
constexpr double kRoll_deg = 1.0;
constexpr double kSway_mm = 0.7;
constexpr double kPress_mm = 0.3;
constexpr double kSweepMargin_mm = 7.0;  // beyond the organs at each end

struct Wave {
  double cycles = 1.0;
  double phase_rad = 0.0;
  [[nodiscard]] double at(double t) const { return std::sin(kTurn * cycles * t + phase_rad); }
};

Wave drawWave(Random& random, double least_cycles, double most_cycles) {
  const double cycles = std::lerp(least_cycles, most_cycles, random.uniform());
  return {cycles, kTurn * random.uniform()};
}

std::array<double, 2> sweepRange_mm(const Anatomy& anatomy, const ScanOptions& options) {
  Eigen::AlignedBox3d box;
  for (const Organ& organ : anatomy.organs) box.extend(organ.shape->bounds_mm());
  const double middle_mm = box.center().y();
  const double length_mm =
      options.sweep_mm > 0.0 ? options.sweep_mm : box.sizes().y() + 2.0 * kSweepMargin_mm;
  return {middle_mm - 0.5 * length_mm, middle_mm + 0.5 * length_mm};
}
}  // namespace

std::vector<WorldFromPlane> handMotion(const Anatomy& anatomy, const ScanOptions& options,
                                       std::uint64_t seed) {
  const auto [begin_mm, end_mm] = sweepRange_mm(anatomy, options);
  Random random(seed);
  const Wave speed = drawWave(random, 2.0, 2.0);
  const Wave rock = drawWave(random, 0.9, 1.1);
  const Wave yaw = drawWave(random, 0.6, 1.2);
  const Wave roll = drawWave(random, 0.6, 1.2);
  const Wave sway = drawWave(random, 0.8, 1.5);
  const Wave press = drawWave(random, 0.8, 2.0);
  Eigen::Matrix3d upright;  // picture's right, down, and along the sweep
  upright << 1, 0, 0, 0, 0, 1, 0, -1, 0;
  std::vector<WorldFromPlane> poses;
  for (int i = 0; i < options.frames; ++i) {
    const double t = options.frames > 1 ? static_cast<double>(i) / (options.frames - 1) : 0.5;
    const double swing = kSpeedSwing / (kTurn * speed.cycles);
    const double along = t + swing * (speed.at(t) - speed.at(0.0));
    const double fade = std::sqrt(std::sin(std::numbers::pi * (0.05 + 0.9 * t)));
    const double rock_rad = options.tilt_amplitude_deg * kRadPerDeg * fade * rock.at(t);
    const Eigen::Matrix3d lean =
        (AngleAxisd(kYaw_deg * kRadPerDeg * yaw.at(t), Vector3d::UnitY()) *
         AngleAxisd(rock_rad, Vector3d::UnitX()) *
         AngleAxisd(kRoll_deg * kRadPerDeg * roll.at(t), Vector3d::UnitZ()))
            .toRotationMatrix();
    Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
    matrix.topLeftCorner<3, 3>() = upright * lean;
    matrix.topRightCorner<3, 1>() = Vector3d(
        kSway_mm * sway.at(t), std::lerp(begin_mm, end_mm, along), kPress_mm * press.at(t));
    poses.emplace_back(matrix);
  }
  return poses;
}

media::WorldFromProbe reported(const media::WorldFromProbe& pose, const ScanOptions& options,
                               std::uint64_t seed) {
  if (options.jitter_mm == 0.0 && options.jitter_deg == 0.0) return pose;
  Random random(seed);
  const auto normal3 = [&] {
    const double x = random.normal();
    const double y = random.normal();
    return Vector3d(x, y, random.normal());
  };
  const Vector3d shift_mm = options.jitter_mm * normal3();
  const Vector3d turn_rad = options.jitter_deg * kRadPerDeg * normal3();
  Eigen::Matrix4d matrix = pose.matrix();
  if (turn_rad.norm() > 0.0) {
    matrix.topLeftCorner<3, 3>() =
        pose.linear() * AngleAxisd(turn_rad.norm(), turn_rad.normalized()).toRotationMatrix();
  }
  matrix.topRightCorner<3, 1>() += shift_mm;
  return media::WorldFromProbe(matrix);
}

}  // namespace sonotwin::phantom
