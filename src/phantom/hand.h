// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "anatomy.h"
#include "scan_geometry.h"
#include "sonotwin/phantom/virtual_patient.h"

namespace sonotwin::phantom {

/// Poses of a hand that draws the probe along y over all organs, or over `sweep_mm` around their
/// middle: uneven speed, slow rocking, a little yaw, roll, sway and pressure. Rocking fades towards
/// the ends.
[[nodiscard]] std::vector<WorldFromPlane> handMotion(const Anatomy& anatomy,
                                                     const ScanOptions& options,
                                                     std::uint64_t seed);

/// The pose as a tracker with the jitter of `options` reports it.
[[nodiscard]] media::WorldFromProbe reported(const media::WorldFromProbe& pose,
                                             const ScanOptions& options, std::uint64_t seed);

}  // namespace sonotwin::phantom
