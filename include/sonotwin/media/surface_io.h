// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sonotwin/media/surface.h"

namespace sonotwin::media {

/// Writes by extension: .stl (binary), .ply (binary), .obj, .vtp, .glb (metres, y up: the file
/// format's own convention). Never half-written. @throws Error(kBadInput | kDevice)
void writeSurface(const std::filesystem::path& path, const Surface& surface);

/// Reads .stl, .ply, .obj, .vtp; STL vertices are merged, polygons cut into triangles. The world is
/// "unknown" where the file does not name it (only ours do). @throws Error(kBadInput | kNotFound)
[[nodiscard]] Surface readSurface(const std::filesystem::path& path);

}  // namespace sonotwin::media
