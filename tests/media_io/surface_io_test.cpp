// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/surface_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "temporary_folder.h"

namespace sonotwin::media {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

// A tetrahedron whose corners have their own coordinates, wound outwards.
Surface tetrahedron() {
  Surface surface;
  surface.vertices_mm = {{0.5F, 0.25F, -0.125F}, {10, 0, 0}, {0, 20, 0}, {0.1F, 0, 30}};
  surface.triangles = {{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}};
  surface.label = "kidney";
  surface.world = "Tracker";
  return surface;
}

// The corners of each triangle, whatever order the vertices are listed in.
std::vector<std::array<std::array<float, 3>, 3>> cornersOf(const Surface& surface) {
  std::vector<std::array<std::array<float, 3>, 3>> corners;
  for (const auto& [a, b, c] : surface.triangles) {
    corners.push_back({surface.vertices_mm[a], surface.vertices_mm[b], surface.vertices_mm[c]});
  }
  return corners;
}

TEST(SurfaceIo, ComesBackAsWritten) {
  const test::TemporaryFolder folder;
  for (const char* name : {"a.stl", "a.ply", "a.obj", "a.vtp"}) {
    writeSurface(folder / name, tetrahedron());
    const Surface back = readSurface(folder / name);
    EXPECT_EQ(back.vertices_mm.size(), 4U) << name;
    EXPECT_EQ(cornersOf(back), cornersOf(tetrahedron())) << name;
    const bool stl = std::string(name) == "a.stl";
    EXPECT_EQ(back.world, stl ? "unknown" : "Tracker") << name;
    EXPECT_EQ(back.label, stl ? "" : "kidney") << name;
  }
}

TEST(SurfaceIo, EmptySurfacesAreFilesToo) {
  const test::TemporaryFolder folder;
  for (const char* name : {"a.stl", "a.ply", "a.vtp"}) {
    writeSurface(folder / name, Surface{});
    EXPECT_TRUE(readSurface(folder / name).triangles.empty()) << name;
  }
}

Surface read(const std::string& name, const std::string& bytes) {
  const test::TemporaryFolder folder;
  writeFileAtomically(folder / name, bytes);
  return readSurface(folder / name);
}

TEST(SurfaceIo, ReadsStlText) {
  const Surface surface =
      read("a.stl",
           "solid thing\n facet normal 0 0 1\n  outer loop\n"
           "   vertex 0 0 0\n   vertex 1 0 0\n   vertex 0 1e0 0\n  endloop\n"
           " endfacet\n facet normal 0 0 1\n  outer loop\n   vertex 1 0 0\n"
           "   vertex 1 1 0\n   vertex 0 1 0\n  endloop\n endfacet\nendsolid\n");
  EXPECT_EQ(surface.vertices_mm.size(), 4U);
  EXPECT_THAT(surface.triangles[1], ElementsAre(1U, 3U, 2U));
}

TEST(SurfaceIo, ReadsPlyOfOtherWriters) {
  const std::string header =
      "element vertex 4\nproperty double x\nproperty double y\nproperty double z\n"
      "property uchar red\nelement face 1\nproperty list uchar uint vertex_index\n"
      "property float quality\nelement edge 1\nproperty int a\nend_header\n";
  const Surface text =
      read("a.ply", "ply\r\nformat ascii 1.0\r\ncomment x\n" + header +
                        "0 0 0 9\n1 0 0 9\n1 1 0 9\n0 1 0.5 9\n4 0 1 2 3 0.5\n7\n");
  ASSERT_EQ(text.triangles.size(), 2U);
  EXPECT_THAT(text.triangles[1], ElementsAre(0U, 2U, 3U));
  EXPECT_EQ(text.vertices_mm[3][2], 0.5F);

  std::string big = "ply\nformat binary_big_endian 1.0\n" + header;
  const auto put = [&big](auto value) {
    std::string raw(reinterpret_cast<const char*>(&value), sizeof value);
    std::ranges::reverse(raw);
    big += raw;
  };
  for (const auto& vertex : text.vertices_mm) {
    for (const float value : vertex) put(static_cast<double>(value));
    put(std::uint8_t{9});
  }
  put(std::uint8_t{4});
  for (std::uint32_t corner = 0; corner < 4; ++corner) put(corner);
  put(0.5F);
  put(std::int32_t{7});
  EXPECT_EQ(cornersOf(read("b.ply", big)), cornersOf(text));
}

TEST(SurfaceIo, ReadsObjOfOtherWriters) {
  const Surface surface =
      read("a.obj",
           "mtllib a.mtl\nv 0 0 0\nv 1 0 0 1.0\nv 1 1 0\nv 0 1 0\nvt 0 0\n"
           "vn 0 0 1\nusemtl m\nf 1/1/1 2/1/1 3/1/1 4/1/1\nf -4//1 -3//1 -2//1");
  EXPECT_EQ(surface.triangles.size(), 3U);
  EXPECT_THAT(surface.triangles[1], ElementsAre(0U, 2U, 3U));
  EXPECT_THAT(surface.triangles[2], ElementsAre(0U, 1U, 2U));
  EXPECT_EQ(surface.world, "unknown");
}

TEST(SurfaceIo, RefusesInWords) {
  const auto refusalOf = [](const std::string& name, const std::string& bytes) -> std::string {
    try {
      std::ignore = read(name, bytes);
    } catch (const Error& error) {
      return error.what();
    }
    return "read without complaint";
  };
  EXPECT_THAT(refusalOf("a.glb", ""), HasSubstr("Convert"));
  EXPECT_THAT(refusalOf("a.stl", ""), HasSubstr("STL"));
  EXPECT_THAT(refusalOf("a.stl", std::string(100, '\x7f')), HasSubstr("length"));
  EXPECT_THAT(refusalOf("a.ply", "plx"), HasSubstr("PLY"));
  EXPECT_THAT(refusalOf("a.obj", "nothing"), HasSubstr("no vertices"));
  EXPECT_THAT(refusalOf("a.obj", "v 0 0 0\nf 1 2 3"), HasSubstr("names a vertex"));
  EXPECT_THAT(refusalOf("a.obj", "v 0 0 0\nf 0 1 1"), HasSubstr("not a vertex"));
  EXPECT_THAT(refusalOf("a.obj", "v 0 0 nan"), HasSubstr("three numbers"));
  EXPECT_THAT(refusalOf("a.vtp", "<VTKFile/>"), HasSubstr("PolyData"));
  const test::TemporaryFolder folder;
  Surface bad = tetrahedron();
  bad.triangles[0][0] = 4;
  EXPECT_THROW(writeSurface(folder / "a.stl", bad), Error);
  EXPECT_THROW(writeSurface(folder / "a.step", tetrahedron()), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

// By the format's own rules: chunk lengths, bounds in the accessor, metres, y up.
TEST(SurfaceIo, GlbIsInMetresWithYUp) {
  const test::TemporaryFolder folder;
  writeSurface(folder / "a.glb", tetrahedron());
  const std::string bytes = readTextFile(folder / "a.glb");
  const auto word = [&bytes](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, 4);
    return value;
  };
  EXPECT_EQ(bytes.substr(0, 4), "glTF");
  EXPECT_EQ(word(4), 2U);
  EXPECT_EQ(word(8), bytes.size());
  const std::uint32_t json_bytes = word(12);
  EXPECT_EQ(json_bytes % 4, 0U);
  EXPECT_EQ(bytes.substr(16, 4), "JSON");
  const auto document = nlohmann::json::parse(bytes.substr(20, json_bytes));
  const std::size_t data = 20 + json_bytes + 8;
  EXPECT_EQ(word(data - 8) + data, bytes.size());
  EXPECT_EQ(document["buffers"][0]["byteLength"], word(data - 8));
  const auto at = [&](std::size_t index) {
    std::array<float, 3> point{};
    std::memcpy(point.data(), bytes.data() + data + 12 * index, 12);
    return point;
  };
  // (0, 20, 0) mm and (0.1, 0, 30) mm.
  EXPECT_THAT(at(2),
              ElementsAre(testing::FloatEq(0), testing::FloatEq(0), testing::FloatEq(-0.02F)));
  EXPECT_THAT(at(3), ElementsAre(testing::FloatEq(1e-4F), testing::FloatEq(0.03F), 0.0F));
  EXPECT_NEAR(document["accessors"][0]["max"][1].get<double>(), 0.03, 1e-8);
  EXPECT_NEAR(document["accessors"][0]["min"][2].get<double>(), -0.02, 1e-8);
  EXPECT_EQ(document["accessors"][2]["count"], 12);
}
}  // namespace
}  // namespace sonotwin::media
