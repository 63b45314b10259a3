// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "shape.h"
#include "sonotwin/media/mask.h"
#include "sonotwin/phantom/virtual_patient.h"

namespace sonotwin::phantom {

/// How an organ sounds. Levels in dB relative to deep tissue, attenuation two-way.
struct Material {
  double echo_db = 0.0;
  double texture_db = 0.0;     ///< slow variation of the level inside
  double core_db = 0.0;        ///< level added in the core (a kidney's sinus)
  double core_depth_mm = 0.0;  ///< below the wall; 0: no core
  double wall_echo = 1.0;      ///< strength of the specular wall
  double attenuation_db_mm = 0.35;
};

struct Organ {
  media::Label label;
  std::unique_ptr<const Shape> shape;
  Material material;
};

/// Strata under the skin, as depths of their lower borders.
struct Strata {
  double skin_mm = 1.6;
  double fat_mm = 7.0;
  double muscle_mm = 15.0;
};

/// How the scanner is set for this patient, and how well the patient scans.
struct Setting {
  double gain_db = 0.0;
  double residual_attenuation_db_mm = 0.05;  ///< what time-gain compensation leaves
  double haze_db = -25.0;                    ///< clutter, relative to the mean echo of its depth
  double blur = 1.0;                         ///< of the point-spread function, 1 is the probe's own
};

/// What a virtual patient is made of. World: x to the marked side, y along the body, z out of it;
/// the probe's face lies at z = 0.
struct Anatomy {
  std::uint64_t seed = 0;  ///< of everything that is not in the fields below
  std::vector<Organ> organs;
  std::vector<std::unique_ptr<const Shape>> bones;  ///< unlabelled, cast shadows
  double bone_attenuation_db_mm = 2.5;
  Strata strata;
  double texture_db = 2.2;    ///< unevenness of deep tissue
  bool small_vessels = true;  ///< in deep tissue
  Setting setting;

  [[nodiscard]] std::vector<media::Label> labels() const;
  /// @throws Error(kNotFound) listing the labels.
  [[nodiscard]] const Organ& organ(int label) const;
  [[nodiscard]] int labelAt(const Eigen::Vector3d& world_mm) const;
};

/// @throws Error(kNotFound) listing the names.
[[nodiscard]] Anatomy makeAnatomy(const std::string& case_name, std::uint64_t seed);
[[nodiscard]] std::vector<std::string> anatomyNames();
[[nodiscard]] const Anatomy& anatomyOf(const VirtualPatient& patient);

}  // namespace sonotwin::phantom
