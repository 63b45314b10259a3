// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "raster_header.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::media {

/// Level of the volumes' compression: most of their size goes at once, the rest takes long.
inline constexpr int kVolumeDeflateLevel = 1;

void writeNrrdVolume(const std::filesystem::path& path, const Volume& volume);
void writeMetaImageVolume(const std::filesystem::path& path, const Volume& volume);
void writeNifti(const std::filesystem::path& path, const Volume& volume, bool compressed);

/// Either MetaImage or NRRD.
[[nodiscard]] Volume readRasterVolume(const std::filesystem::path& path);
[[nodiscard]] Volume readNifti(const std::filesystem::path& path);

/// A volume from samples in this machine's byte order, scaled where `slope` and `intercept` are
/// not 1 and 0. `samples` must hold as many as `dims` says.
[[nodiscard]] Volume volumeOf(std::span<const std::byte> samples, SampleType type,
                              std::array<int, 3> dims, const WorldFromVoxel& world_from_voxel,
                              double slope = 1.0, double intercept = 0.0);

[[nodiscard]] std::string nrrdType(PixelType type);
/// The labels' names, a line each, as our own fields.
[[nodiscard]] std::string labelFields(const std::vector<Label>& labels,
                                      const std::string& separator);

/// One line of text for a header, whatever a name holds.
[[nodiscard]] std::string oneLine(std::string text);
/// The shortest text that reads back as the same number.
[[nodiscard]] std::string numberText(double value);

}  // namespace sonotwin::media
