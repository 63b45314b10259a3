// SPDX-License-Identifier: Apache-2.0
#include "surface_bytes.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
struct Header {
  std::array<char, 8> magic = {'S', 'N', 'T', 'W', 'S', 'R', 'F', '1'};
  std::uint64_t vertices = 0;
  std::uint64_t triangles = 0;
};
static_assert(sizeof(Header) == 24);
}  // namespace

void writeSurface(const media::Surface& surface, NewObject& object) {
  const std::size_t count = surface.vertices_mm.size();
  for (std::size_t i = 0; i < surface.triangles.size(); ++i) {
    if (std::ranges::max(surface.triangles[i]) < count) continue;
    throwBadInput("Triangle " + std::to_string(i) + " of the surface \"" + surface.label +
                  "\" has a vertex beyond the " + std::to_string(count) + " there are.");
  }
  const std::array header = {Header{.vertices = count, .triangles = surface.triangles.size()}};
  object.write(std::as_bytes(std::span(header)));
  object.write(std::as_bytes(std::span(surface.vertices_mm)));
  object.write(std::as_bytes(std::span(surface.triangles)));
}

media::Surface readSurface(std::span<const std::byte> bytes) {
  Header header;
  const Header expected;
  if (bytes.size() >= sizeof header) std::memcpy(&header, bytes.data(), sizeof header);
  const std::size_t rest = bytes.size() - std::min(bytes.size(), sizeof header);
  const bool whole = bytes.size() >= sizeof header && header.magic == expected.magic &&
                     header.vertices <= rest / 12 && header.triangles <= rest / 12 &&
                     12 * (header.vertices + header.triangles) == rest;
  if (!whole) throw Error(ErrorKind::kDamaged, "A surface's object is not one of a surface.");
  media::Surface surface;
  surface.vertices_mm.resize(header.vertices);
  surface.triangles.resize(header.triangles);
  const std::byte* const data = bytes.data() + sizeof header;
  const std::size_t vertex_bytes = 12 * surface.vertices_mm.size();
  if (vertex_bytes > 0) std::memcpy(surface.vertices_mm.data(), data, vertex_bytes);
  if (rest > vertex_bytes) {
    std::memcpy(surface.triangles.data(), data + vertex_bytes, rest - vertex_bytes);
  }
  return surface;
}

}  // namespace sonotwin::store
