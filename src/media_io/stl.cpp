// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Geometry>
#include <array>
#include <unordered_map>

#include "header_lines.h"
#include "sonotwin/base/error.h"
#include "surface_formats.h"

namespace sonotwin::media {
namespace {
constexpr std::size_t kHeaderBytes = 80;
constexpr std::size_t kTriangleBytes = 50;

using Vertex = std::array<float, 3>;

struct VertexHash {
  std::size_t operator()(const Vertex& vertex) const noexcept {
    std::size_t hash = 0;
    for (const float value : vertex) {
      hash = hash * 0x9E3779B97F4A7C15ULL + std::hash<float>{}(value);
    }
    return hash;
  }
};

/// Gives equal corners of triangles one vertex.
class VertexMerger {
 public:
  explicit VertexMerger(Surface& surface) : surface_(surface) {}

  std::uint32_t indexOf(const Vertex& vertex) {
    const auto next = static_cast<std::uint32_t>(surface_.vertices_mm.size());
    const auto [at, added] = indices_.try_emplace(vertex, next);
    if (added) surface_.vertices_mm.push_back(vertex);
    return at->second;
  }

 private:
  Surface& surface_;
  std::unordered_map<Vertex, std::uint32_t, VertexHash> indices_;
};

Vertex normalOf(const Surface& surface, const std::array<std::uint32_t, 3>& triangle) {
  const auto corner = [&](std::size_t i) {
    return Eigen::Vector3f(surface.vertices_mm[triangle[i]].data());
  };
  const Eigen::Vector3f normal =
      (corner(1) - corner(0)).cross(corner(2) - corner(0)).stableNormalized();
  return {normal.x(), normal.y(), normal.z()};
}

Surface parseBinary(std::span<const std::byte> bytes, std::size_t count) {
  Surface surface;
  VertexMerger merger(surface);
  const std::byte* at = bytes.data() + kHeaderBytes + 4;
  for (std::size_t i = 0; i < count; ++i, at += kTriangleBytes) {
    std::array<Vertex, 3> corners{};
    std::memcpy(corners.data(), at + 12, sizeof corners);
    surface.triangles.push_back(
        {merger.indexOf(corners[0]), merger.indexOf(corners[1]), merger.indexOf(corners[2])});
  }
  return surface;
}

Surface parseText(std::string_view text, const std::string& file) {
  Surface surface;
  VertexMerger merger(surface);
  std::vector<std::uint32_t> corners;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = trimmed(text.substr(at, end - at));
    at = end + 1;
    if (line.starts_with("endloop")) {
      if (corners.size() != 3) throwBadInput(file + ": a facet has not three corners.");
      addPolygon(corners, surface);
      corners.clear();
    }
    if (!line.starts_with("vertex")) continue;
    const auto values = numbers(std::string_view(line).substr(6));
    if (!values || values->size() != 3) throwBadInput(file + ": a vertex is not three numbers.");
    corners.push_back(
        merger.indexOf({static_cast<float>((*values)[0]), static_cast<float>((*values)[1]),
                        static_cast<float>((*values)[2])}));
  }
  return surface;
}
}  // namespace

std::vector<std::byte> stlBytes(const Surface& surface) {
  std::vector<std::byte> bytes(kHeaderBytes);
  // A binary file must not begin with "solid", by which readers know the text form.
  constexpr std::string_view kTitle = "binary STL, millimetres, written by Sonotwin";
  std::memcpy(bytes.data(), kTitle.data(), kTitle.size());
  bytes.reserve(kHeaderBytes + 4 + kTriangleBytes * surface.triangles.size());
  appendBytes(bytes, static_cast<std::uint32_t>(surface.triangles.size()));
  for (const auto& triangle : surface.triangles) {
    appendBytes(bytes, normalOf(surface, triangle));
    for (const std::uint32_t corner : triangle) appendBytes(bytes, surface.vertices_mm[corner]);
    appendBytes(bytes, std::uint16_t{0});
  }
  return bytes;
}

Surface parseStl(std::span<const std::byte> bytes, const std::string& file) {
  std::uint32_t count = 0;
  if (bytes.size() >= kHeaderBytes + 4) std::memcpy(&count, bytes.data() + kHeaderBytes, 4);
  const bool exact = bytes.size() == kHeaderBytes + 4 + kTriangleBytes * std::size_t{count};
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Surface surface;
  if (bytes.size() >= kHeaderBytes + 4 && exact) {
    surface = parseBinary(bytes, count);
  } else if (text.starts_with("solid") && text.find("endsolid") != std::string_view::npos) {
    surface = parseText(text, file);
  } else {
    throwBadInput(file +
                  ": not a whole STL file: its length does not fit its count of triangles. "
                  "Export it again.");
  }
  surface.world = kUnknownWorld;
  return surface;
}

}  // namespace sonotwin::media
