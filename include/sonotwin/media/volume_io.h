// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sonotwin/media/volume.h"

namespace sonotwin::media {

/// Writes by extension: .nrrd (space left-posterior-superior or scanner-xyz named by the world),
/// .mha, .nii / .nii.gz (RAS: x and y negated on the way out). Label names go into .nrrd as
/// 3D Slicer segment fields are not used here; into key/value pairs `sonotwin_label_<n>`.
/// Never half-written. @throws Error(kBadInput) for another extension, Error(kDevice)
void writeVolume(const std::filesystem::path& path, const Volume& volume);

/// Reads the same formats. @throws Error(kBadInput | kNotFound)
[[nodiscard]] Volume readVolume(const std::filesystem::path& path);

}  // namespace sonotwin::media
