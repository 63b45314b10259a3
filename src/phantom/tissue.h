// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "anatomy.h"

namespace sonotwin::phantom {

/// A piece of wall that reflects like a mirror: strongest where the beam meets it squarely.
struct WallEcho {
  Eigen::Vector3d normal;
  double strength = 0.0;
};

/// How one point of the body answers sound.
struct Echo {
  double level_db = 0.0;  ///< of the diffuse scatter, relative to deep tissue
  std::optional<WallEcho> wall;
};

/// Sound in an anatomy under a probe whose face presses the strata to its own curve.
class Tissue {
 public:
  /// `face_radius_mm` 0: a flat face.
  Tissue(const Anatomy& anatomy, double face_radius_mm)
      : anatomy_(anatomy), face_radius_mm_(face_radius_mm) {}

  [[nodiscard]] Echo echoAt(const Eigen::Vector3d& world_mm) const;
  /// Below the skin; negative above it.
  [[nodiscard]] double depth_mm(const Eigen::Vector3d& world_mm) const;
  /// Two-way attenuation beyond what time-gain compensation makes up for; negative in fluid.
  [[nodiscard]] double excessAttenuation_db_mm(const Eigen::Vector3d& world_mm) const;

 private:
  [[nodiscard]] double border_mm(int stratum, const Eigen::Vector3d& p) const;
  [[nodiscard]] double organLevel_db(const Organ& organ, double distance_mm,
                                     const Eigen::Vector3d& p) const;
  [[nodiscard]] double deepLevel_db(const Eigen::Vector3d& p) const;
  [[nodiscard]] double muscleLevel_db(const Eigen::Vector3d& p, double depth_mm) const;
  [[nodiscard]] Echo strataEcho(const Eigen::Vector3d& p) const;

  const Anatomy& anatomy_;
  double face_radius_mm_;
};

}  // namespace sonotwin::phantom
