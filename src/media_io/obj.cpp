// SPDX-License-Identifier: Apache-2.0
// Source: Wavefront, "Object Files (.obj)", polygonal part.
#include <charconv>
#include <cmath>

#include "header_lines.h"
#include "sonotwin/base/error.h"
#include "surface_formats.h"
#include "volume_formats.h"

namespace sonotwin::media {
namespace {
std::array<float, 3> vertexOf(std::string_view line, const std::string& file) {
  const auto values = numbers(line.substr(1));
  if (!values || values->size() < 3) {
    throwBadInput(file + ": a vertex is not three numbers. Export the surface again.");
  }
  return {static_cast<float>((*values)[0]), static_cast<float>((*values)[1]),
          static_cast<float>((*values)[2])};
}

// "12", "12/3", "12/3/4", "12//4"; below zero it counts back from the last vertex.
std::uint32_t cornerOf(std::string_view word, std::size_t vertices, const std::string& file) {
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
  const bool whole = end == word.data() + word.size() || *end == '/';
  const std::int64_t from_zero =
      index > 0 ? index - 1 : static_cast<std::int64_t>(vertices) + index;
  if (error != std::errc{} || !whole || index == 0 || from_zero < 0 || from_zero >= 4294967295LL) {
    throwBadInput(file + ": the corner " + inQuotes(word) +
                  " of a face is not a vertex. Export the surface again.");
  }
  return static_cast<std::uint32_t>(from_zero);
}

void readLine(std::string_view line, const std::string& file, Surface& surface) {
  const std::string world_mark = std::string("# ") + kWorldComment + " ";
  if (line.starts_with("v ") || line.starts_with("v\t")) {
    surface.vertices_mm.push_back(vertexOf(line, file));
  } else if (line.starts_with("f ") || line.starts_with("f\t")) {
    std::vector<std::uint32_t> corners;
    for (const std::string& word : words(line.substr(1))) {
      corners.push_back(cornerOf(word, surface.vertices_mm.size(), file));
    }
    if (corners.size() < 3) throwBadInput(file + ": a face has fewer than three corners.");
    addPolygon(corners, surface);
  } else if (line.starts_with("o ") && surface.label.empty()) {
    surface.label = line.substr(2);
  } else if (line.starts_with(world_mark)) {
    surface.world = line.substr(world_mark.size());
  }
}

void appendNumber(std::string& text, float value) {
  std::array<char, 32> digits{};
  text += ' ';
  text.append(digits.data(), std::to_chars(digits.begin(), digits.end(), value).ptr);
}
}  // namespace

std::string objText(const Surface& surface) {
  std::string text = "# millimetres\n# ";
  text.append(kWorldComment).append(" ").append(oneLine(surface.world)).append("\n");
  if (!surface.label.empty()) text.append("o ").append(oneLine(surface.label)).append("\n");
  for (const auto& vertex : surface.vertices_mm) {
    text += 'v';
    for (const float value : vertex) appendNumber(text, value);
    text += '\n';
  }
  for (const auto& triangle : surface.triangles) {
    text += 'f';
    for (const std::uint32_t corner : triangle) text.append(" ").append(std::to_string(corner + 1));
    text += '\n';
  }
  return text;
}

Surface parseObj(std::span<const std::byte> bytes, const std::string& file) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Surface surface;
  surface.world = kUnknownWorld;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    readLine(trimmed(text.substr(at, end - at)), file, surface);
    at = end + 1;
  }
  if (surface.vertices_mm.empty()) {
    throwBadInput(file + ": no vertices. This is not an OBJ surface.");
  }
  return surface;
}

}  // namespace sonotwin::media
