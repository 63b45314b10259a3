// SPDX-License-Identifier: Apache-2.0
#include "tissue.h"

#include <algorithm>
#include <cmath>

#include "noise.h"

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;

constexpr double kTissueAttenuation_db_mm = 0.42;  // 0.6 dB/cm/MHz, 3.5 MHz, both ways
constexpr double kWallHalf_mm = 0.3;               // scatterers this near to a wall belong to it
constexpr double kEchogenicRim_mm = 1.6;           // fat around an organ
constexpr double kBoneWall = 6.0;
constexpr double kBoneLevel_db = -14.0;
constexpr double kEdgeBlur_mm = 0.4;  // of attenuation at a wall

// Streams of the noise fields.
enum Stream : std::uint64_t {
  kCoarse = 11,
  kFine,
  kBranchA,
  kBranchB,
  kStriae,
  kFatSepta,
  kCore,
  kBorder,
  kTear
};

double inverseSmooth(double distance_mm) {
  return std::clamp(0.5 - 0.5 * distance_mm / kEdgeBlur_mm, 0.0, 1.0);
}
}  // namespace

double Tissue::depth_mm(const Vector3d& p) const {
  if (face_radius_mm_ == 0.0) return -p.z();
  return std::hypot(p.x(), face_radius_mm_ - p.z()) - face_radius_mm_;
}

double Tissue::border_mm(int stratum, const Vector3d& p) const {
  const Strata& s = anatomy_.strata;
  const double base_mm = stratum == 0 ? s.skin_mm : stratum == 1 ? s.fat_mm : s.muscle_mm;
  const double swing_mm = stratum == 0 ? 0.15 : 1.1;
  const Vector3d at(p.x() / 16.0, p.y() / 22.0, stratum);
  return base_mm + swing_mm * smoothNoise(anatomy_.seed + kBorder, at);
}

double Tissue::organLevel_db(const Organ& organ, double distance_mm, const Vector3d& p) const {
  const Material& m = organ.material;
  double level_db = m.echo_db;
  if (m.texture_db > 0.0) level_db += m.texture_db * smoothNoise(anatomy_.seed + kFine, p / 3.0);
  if (m.core_depth_mm <= 0.0) return level_db;
  const double lobes_mm = 1.8 * smoothNoise(anatomy_.seed + kCore, p / 5.0);
  const double below_mm = -distance_mm - m.core_depth_mm - lobes_mm;
  const double core = std::clamp(0.5 + 0.6 * below_mm, 0.0, 1.0);
  // Pyramids: darker patches of the medulla between cortex and sinus.
  const double medulla = std::clamp(1.0 - std::abs(below_mm + 2.2) / 2.2, 0.0, 1.0);
  const double pyramid = std::clamp(3.0 * smoothNoise(anatomy_.seed + kCore, p / 6.5), 0.0, 1.0);
  return level_db + core * m.core_db - 5.0 * medulla * pyramid * (1.0 - core);
}

double Tissue::deepLevel_db(const Vector3d& p) const {
  const std::uint64_t seed = anatomy_.seed;
  double level_db = anatomy_.texture_db * (smoothNoise(seed + kCoarse, p / 9.0) +
                                           0.8 * smoothNoise(seed + kFine, p / 3.0));
  if (!anatomy_.small_vessels) return level_db;
  // Two noise sheets cross in curves: small vessels with bright walls, as in any parenchyma.
  const double a = smoothNoise(seed + kBranchA, p / 12.0);
  const double b = smoothNoise(seed + kBranchB, p / 12.0);
  const double from_axis = std::hypot(a, b);
  if (from_axis < 0.09) {
    level_db -= 12.0;
  } else if (from_axis < 0.16) {
    level_db += 4.0;
  }
  return level_db;
}

double Tissue::muscleLevel_db(const Vector3d& p, double depth_mm) const {
  const Vector3d along(p.x() / 9.0, p.y() / 14.0, depth_mm / 0.9);
  const double fibre = smoothNoise(anatomy_.seed + kStriae, along);
  return -6.0 + 15.0 * std::max(fibre - 0.15, 0.0) / 0.85 - 3.0 * std::max(-fibre, 0.0);
}

Echo Tissue::strataEcho(const Vector3d& p) const {
  const double depth = depth_mm(p);
  if (depth > anatomy_.strata.muscle_mm + 2.0) return {deepLevel_db(p), std::nullopt};
  Echo echo;
  for (int stratum = 0; stratum < 3; ++stratum) {
    if (std::abs(depth - border_mm(stratum, p)) > kWallHalf_mm) continue;
    const Vector3d axis(p.x(), 0.0, p.z() - face_radius_mm_);
    const Vector3d normal =
        face_radius_mm_ > 0.0 ? Vector3d(-axis.normalized()) : Vector3d::UnitZ();
    const double torn = smoothNoise(anatomy_.seed + kTear, p / 4.0);
    echo.wall = WallEcho{normal, (stratum == 2 ? 1.0 : 0.6) * (0.8 + 0.9 * torn)};
  }
  if (depth < border_mm(0, p)) {
    echo.level_db = 5.0;
  } else if (depth < border_mm(1, p)) {
    const Vector3d septa(p.x() / 5.0, p.y() / 6.0, depth / 1.3);
    echo.level_db = -8.0 + 7.0 * std::max(smoothNoise(anatomy_.seed + kFatSepta, septa), 0.0);
  } else if (depth < border_mm(2, p)) {
    echo.level_db = muscleLevel_db(p, depth);
  } else {
    echo.level_db = deepLevel_db(p);
  }
  return echo;
}

Echo Tissue::echoAt(const Vector3d& p) const {
  for (const auto& bone : anatomy_.bones) {
    const double distance_mm = bone->distanceWithin_mm(p, 1.0);
    if (distance_mm > kWallHalf_mm) continue;
    Echo echo{kBoneLevel_db, std::nullopt};
    if (distance_mm > -kWallHalf_mm) echo.wall = WallEcho{bone->normal(p), kBoneWall};
    return echo;
  }
  for (const Organ& organ : anatomy_.organs) {
    const double distance_mm = organ.shape->distanceWithin_mm(p, kEchogenicRim_mm);
    if (distance_mm > kEchogenicRim_mm) continue;
    Echo echo;
    if (distance_mm < 0.0) {
      echo.level_db = organLevel_db(organ, distance_mm, p);
    } else {
      echo = strataEcho(p);
      echo.level_db += 2.0 * (1.0 - distance_mm / kEchogenicRim_mm);
    }
    if (std::abs(distance_mm) < kWallHalf_mm) {
      echo.wall = WallEcho{organ.shape->normal(p), organ.material.wall_echo};
    }
    return echo;
  }
  return strataEcho(p);
}

double Tissue::excessAttenuation_db_mm(const Vector3d& p) const {
  double excess = anatomy_.setting.residual_attenuation_db_mm;
  for (const Organ& organ : anatomy_.organs) {
    const double inside = inverseSmooth(organ.shape->distanceWithin_mm(p, kEdgeBlur_mm));
    excess += inside * (organ.material.attenuation_db_mm - kTissueAttenuation_db_mm);
  }
  for (const auto& bone : anatomy_.bones) {
    const double inside = inverseSmooth(bone->distanceWithin_mm(p, kEdgeBlur_mm));
    excess += inside * anatomy_.bone_attenuation_db_mm;
  }
  return excess;
}

}  // namespace sonotwin::phantom
