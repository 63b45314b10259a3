// SPDX-License-Identifier: Apache-2.0
// Source: Khronos, glTF 2.0 specification, "GLB file format".
#include <Eigen/Geometry>
#include <limits>
#include <nlohmann/json.hpp>

#include "surface_formats.h"

namespace sonotwin::media {
namespace {
using nlohmann::json;

constexpr int kFloat = 5126, kUint32 = 5125;                // component types
constexpr int kVertexBuffer = 34962, kIndexBuffer = 34963;  // buffer targets

// Millimetres with z up (superior, in LPS) become metres with y up.
Eigen::Vector3f toGltf(const std::array<float, 3>& mm) {
  return Eigen::Vector3f(mm[0], mm[2], -mm[1]) * 1e-3F;
}

// Area-weighted, so that viewers shade the surface smooth as it is.
std::vector<Eigen::Vector3f> normalsOf(const std::vector<Eigen::Vector3f>& points,
                                       const Surface& surface) {
  std::vector<Eigen::Vector3f> normals(points.size(), Eigen::Vector3f::Zero());
  for (const auto& [a, b, c] : surface.triangles) {
    const Eigen::Vector3f normal = (points[b] - points[a]).cross(points[c] - points[a]);
    for (const std::uint32_t corner : {a, b, c}) normals[corner] += normal;
  }
  for (Eigen::Vector3f& normal : normals) {
    normal.stableNormalize();
    // The format wants unit length even where no triangle has any area.
    if (!(normal.norm() > 0.5F)) normal = Eigen::Vector3f::UnitY();
  }
  return normals;
}

json describe(const Surface& surface, const std::vector<Eigen::Vector3f>& points) {
  const std::size_t vertex_bytes = points.size() * 12;
  const std::size_t index_bytes = surface.triangles.size() * 12;
  Eigen::Vector3f low = Eigen::Vector3f::Zero(), high = low;
  if (!points.empty()) low = high = points.front();
  for (const Eigen::Vector3f& point : points) {
    low = low.cwiseMin(point);
    high = high.cwiseMax(point);
  }
  const auto view = [](std::size_t offset, std::size_t length, int target) {
    return json{{"buffer", 0}, {"byteOffset", offset}, {"byteLength", length}, {"target", target}};
  };
  json position = {
      {"bufferView", 0}, {"componentType", kFloat}, {"count", points.size()}, {"type", "VEC3"}};
  position["min"] = {low.x(), low.y(), low.z()};
  position["max"] = {high.x(), high.y(), high.z()};
  const json normal = {
      {"bufferView", 1}, {"componentType", kFloat}, {"count", points.size()}, {"type", "VEC3"}};
  const json index = {{"bufferView", 2},
                      {"componentType", kUint32},
                      {"count", surface.triangles.size() * 3},
                      {"type", "SCALAR"}};
  const json primitive = {{"attributes", {{"POSITION", 0}, {"NORMAL", 1}}}, {"indices", 2}};
  return {{"asset", {{"version", "2.0"}, {"generator", "Sonotwin"}}},
          {"scene", 0},
          {"scenes", json::array({{{"nodes", {0}}}})},
          {"nodes", json::array({{{"mesh", 0},
                                  {"name", surface.label},
                                  {"extras", {{"sonotwin_world", surface.world}}}}})},
          {"meshes",
           json::array({{{"name", surface.label}, {"primitives", json::array({primitive})}}})},
          {"accessors", json::array({position, normal, index})},
          {"bufferViews", json::array({view(0, vertex_bytes, kVertexBuffer),
                                       view(vertex_bytes, vertex_bytes, kVertexBuffer),
                                       view(2 * vertex_bytes, index_bytes, kIndexBuffer)})},
          {"buffers", json::array({{{"byteLength", 2 * vertex_bytes + index_bytes}}})}};
}

void appendChunk(std::vector<std::byte>& bytes, std::uint32_t kind,
                 std::span<const std::byte> content, std::byte padding) {
  const std::size_t length = (content.size() + 3) / 4 * 4;
  appendBytes(bytes, static_cast<std::uint32_t>(length));
  appendBytes(bytes, kind);
  bytes.insert(bytes.end(), content.begin(), content.end());
  bytes.insert(bytes.end(), length - content.size(), padding);
}
}  // namespace

std::vector<std::byte> glbBytes(const Surface& surface) {
  std::vector<Eigen::Vector3f> points;
  for (const auto& vertex : surface.vertices_mm) points.push_back(toGltf(vertex));
  std::vector<std::byte> data;
  const auto put = [&data](const Eigen::Vector3f& v) {
    appendBytes(data, std::array{v.x(), v.y(), v.z()});
  };
  std::ranges::for_each(points, put);
  std::ranges::for_each(normalsOf(points, surface), put);
  for (const auto& triangle : surface.triangles) appendBytes(data, triangle);
  // A label may come from anywhere: bytes that are no UTF-8 are replaced, not refused.
  const std::string text =
      describe(surface, points).dump(-1, ' ', false, json::error_handler_t::replace);

  std::vector<std::byte> body;
  appendChunk(body, 0x4E4F534A, std::as_bytes(std::span(text)), std::byte{' '});
  appendChunk(body, 0x004E4942, data, std::byte{0});
  std::vector<std::byte> file;
  appendBytes(file, std::array<std::uint32_t, 3>{0x46546C67, 2,
                                                 static_cast<std::uint32_t>(body.size() + 12)});
  file.insert(file.end(), body.begin(), body.end());
  return file;
}

}  // namespace sonotwin::media
