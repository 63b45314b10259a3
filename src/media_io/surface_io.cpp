// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/surface_io.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "header_lines.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "surface_formats.h"

namespace sonotwin::media {
namespace {
static_assert(std::endian::native == std::endian::little, "the binary formats are written so");

void check(const Surface& surface, const std::string& file) {
  const auto finite = [](const std::array<float, 3>& vertex) {
    return std::isfinite(vertex[0]) && std::isfinite(vertex[1]) && std::isfinite(vertex[2]);
  };
  if (!std::ranges::all_of(surface.vertices_mm, finite)) {
    throwBadInput(file + ": a vertex is not a finite number. Export the surface again.");
  }
  for (const auto& triangle : surface.triangles) {
    if (std::ranges::max(triangle) >= surface.vertices_mm.size()) {
      throwBadInput(file +
                    ": a triangle names a vertex that is not there. Export the surface "
                    "again.");
    }
  }
}
}  // namespace

void addPolygon(std::span<const std::uint32_t> corners, Surface& surface) {
  for (std::size_t i = 2; i < corners.size(); ++i) {
    surface.triangles.push_back({corners[0], corners[i - 1], corners[i]});
  }
}

void writeSurface(const std::filesystem::path& path, const Surface& surface) {
  const std::string extension = folded(path.extension().string());
  check(surface, path.string());
  if (extension == ".stl") return writeFileAtomically(path, stlBytes(surface));
  if (extension == ".ply") return writeFileAtomically(path, plyBytes(surface));
  if (extension == ".obj") return writeFileAtomically(path, objText(surface));
  if (extension == ".vtp") return writeFileAtomically(path, vtpText(surface));
  if (extension == ".glb") return writeFileAtomically(path, glbBytes(surface));
  throwBadInput(path.string() + ": surfaces are .stl, .ply, .obj, .vtp or .glb. Name it so.");
}

Surface readSurface(const std::filesystem::path& path) {
  using Parser = Surface (*)(std::span<const std::byte>, const std::string&);
  const std::string extension = folded(path.extension().string());
  const Parser parse = extension == ".stl"   ? parseStl
                       : extension == ".ply" ? parsePly
                       : extension == ".obj" ? parseObj
                       : extension == ".vtp" ? parseVtp
                                             : nullptr;
  if (parse == nullptr) {
    throwBadInput(path.string() +
                  ": surfaces are read from .stl, .ply, .obj and .vtp. Convert it.");
  }
  const std::vector<std::byte> bytes = readFile(path);
  Surface surface = parse(bytes, path.string());
  check(surface, path.string());
  return surface;
}

}  // namespace sonotwin::media
