// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sonotwin/media/volume.h"

namespace sonotwin::media {

/// Writes by extension: .nrrd (space left-posterior-superior where the world is LPS, else three
/// axes of no named space), .mha, .nii / .nii.gz (RAS: x and y negated on the way out), compressed
/// but for .nii. The world's and labels' names go into key/value pairs `sonotwin_world` and
/// `sonotwin_label_<n>`; NIfTI keeps the world in its description and no labels' names, and says
/// 2 (aligned to anatomy) where the world is LPS, else 1 (of the device that scanned).
/// Never half-written. @throws Error(kBadInput) for another extension, Error(kDevice)
void writeVolume(const std::filesystem::path& path, const Volume& volume);

/// Reads the same formats, and .nhdr and .mhd with their data beside them. Anatomical spaces come
/// out as LPS; volumes that PLUS reconstructed as Reference; others keep the name of their space,
/// or "unknown". A file that gives no voxel size is refused. @throws Error(kBadInput | kNotFound)
[[nodiscard]] Volume readVolume(const std::filesystem::path& path);

}  // namespace sonotwin::media
