// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "sonotwin/media/clip.h"
#include "sonotwin/media/mask.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::workstation::testing {

inline constexpr int kFrames = 12;
inline constexpr int kRows = 48;
inline constexpr int kCols = 64;
inline constexpr double kSpacingX_mm = 0.5;
inline constexpr double kSpacingY_mm = 0.25;
inline constexpr double kFrameTime_s = 0.02;
inline constexpr double kStep_mm = 1.0;  ///< between frames of the sweep, along z
inline constexpr double kSphereRadius_mm = 12.0;
inline const std::string kLabel = "ball";

/// A tracked sweep along z whose frame f has the grey level 20 f everywhere; 50 frames a second.
[[nodiscard]] media::Clip makeSweep();
/// The same picture untracked and uncalibrated.
[[nodiscard]] media::Clip makeCine();
/// A 20 x 10 rectangle of label 1 at column 10, row 5 of every frame.
[[nodiscard]] media::ClipMask makeMask();
/// A sphere of kSphereRadius_mm around `centre`.
[[nodiscard]] media::Surface makeSphere(const Eigen::Vector3d& centre);
/// Grey 2 x + 3 y + 4 z mm, 1 mm voxels from the origin.
[[nodiscard]] media::Volume makeRamp();

struct StoreIds {
  std::string sweep_patient, cine_patient;
  std::string sweep, cine, mask, surface;
};

/// Two patients: one with a tracked sweep with mask, volumes and a surface, one with a plain cine.
StoreIds makeStore(const std::filesystem::path& folder);

}  // namespace sonotwin::workstation::testing
