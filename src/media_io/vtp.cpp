// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>

#include "base64.h"
#include "sonotwin/base/error.h"
#include "surface_formats.h"
#include "vtk_xml.h"

namespace sonotwin::media {
namespace {
pugi::xml_node namedChild(pugi::xml_node parent, const char* name) {
  for (const pugi::xml_node child : parent.children()) {
    if (std::string_view(child.attribute("Name").value()) == name) return child;
  }
  return {};
}

void takePoints(const VtkXml& xml, pugi::xml_node piece, Surface& surface) {
  const pugi::xml_node array = piece.child("Points").child("DataArray");
  if (!array) return;
  const std::vector<double> values = xml.numbersIn(array);
  if (values.size() % 3 != 0) xml.refuse("a point has not three coordinates.");
  for (std::size_t i = 0; i < values.size(); i += 3) {
    surface.vertices_mm.push_back({static_cast<float>(values[i]), static_cast<float>(values[i + 1]),
                                   static_cast<float>(values[i + 2])});
  }
}

void takePolygons(const VtkXml& xml, pugi::xml_node piece, std::size_t first_point,
                  Surface& surface) {
  const pugi::xml_node polygons = piece.child("Polys");
  const pugi::xml_node corner_array = namedChild(polygons, "connectivity");
  const pugi::xml_node end_array = namedChild(polygons, "offsets");
  if (!corner_array || !end_array) return;
  const std::vector<double> corners = xml.numbersIn(corner_array);
  std::vector<std::uint32_t> polygon;
  std::size_t at = 0;
  for (const double end : xml.numbersIn(end_array)) {
    if (!(end >= static_cast<double>(at) && end <= static_cast<double>(corners.size()))) {
      xml.refuse("the polygons' offsets do not fit.");
    }
    polygon.clear();
    for (; at < static_cast<std::size_t>(end); ++at) {
      const double index = corners[at] + static_cast<double>(first_point);
      if (!(index >= 0.0 && index < 4294967295.0)) xml.refuse("a polygon names no vertex.");
      polygon.push_back(static_cast<std::uint32_t>(index));
    }
    addPolygon(polygon, surface);
  }
}

// VTK keeps text as the codes of its characters, ended by 0.
std::string textArray(const char* name, const std::string& text) {
  std::string xml = std::string("      <Array type=\"String\" Name=\"") + name +
                    "\" NumberOfTuples=\"1\" format=\"ascii\">";
  for (const char c : text) xml += std::to_string(static_cast<unsigned char>(c)) + " ";
  return xml + "0</Array>\n";
}

template <class T>
std::string dataArray(const std::string& attributes, std::span<const T> values) {
  std::vector<std::byte> bytes;
  appendBytes(bytes, static_cast<std::uint64_t>(values.size_bytes()));
  const auto raw = std::as_bytes(values);
  bytes.insert(bytes.end(), raw.begin(), raw.end());
  return "        <DataArray " + attributes + " format=\"binary\">" + base64Text(bytes) +
         "</DataArray>\n";
}
}  // namespace

std::string vtpText(const Surface& surface) {
  const std::string points = std::to_string(surface.vertices_mm.size());
  const std::string polygons = std::to_string(surface.triangles.size());
  std::vector<std::int64_t> corners, ends;
  for (const auto& triangle : surface.triangles) {
    corners.insert(corners.end(), triangle.begin(), triangle.end());
    ends.push_back(static_cast<std::int64_t>(corners.size()));
  }
  const std::span<const float> coordinates(
      surface.vertices_mm.empty() ? nullptr : surface.vertices_mm.front().data(),
      surface.vertices_mm.size() * 3);
  return "<?xml version=\"1.0\"?>\n<VTKFile type=\"PolyData\" version=\"1.0\" "
         "byte_order=\"LittleEndian\" header_type=\"UInt64\">\n  <PolyData>\n    <FieldData>\n" +
         textArray(kWorldComment, surface.world) + textArray(kLabelComment, surface.label) +
         "    </FieldData>\n    <Piece NumberOfPoints=\"" + points +
         "\" NumberOfVerts=\"0\" NumberOfLines=\"0\" NumberOfStrips=\"0\" NumberOfPolys=\"" +
         polygons + "\">\n      <Points>\n" +
         dataArray("type=\"Float32\" Name=\"Points\" NumberOfComponents=\"3\"", coordinates) +
         "      </Points>\n      <Polys>\n" +
         dataArray("type=\"Int64\" Name=\"connectivity\"", std::span<const std::int64_t>(corners)) +
         dataArray("type=\"Int64\" Name=\"offsets\"", std::span<const std::int64_t>(ends)) +
         "      </Polys>\n    </Piece>\n  </PolyData>\n</VTKFile>\n";
}

Surface parseVtp(std::span<const std::byte> bytes, const std::string& file) {
  const VtkXml xml(bytes, file);
  const pugi::xml_node mesh = xml.root().child("PolyData");
  if (!mesh) xml.refuse("it holds no PolyData.");
  Surface surface;
  for (const pugi::xml_node piece : mesh.children("Piece")) {
    if (piece.attribute("NumberOfStrips").as_ullong() > 0) {
      xml.refuse("triangle strips are not read; save triangles.");
    }
    const std::size_t first_point = surface.vertices_mm.size();
    takePoints(xml, piece, surface);
    takePolygons(xml, piece, first_point, surface);
  }
  surface.label = xml.textIn(namedChild(mesh.child("FieldData"), kLabelComment));
  const std::string world = xml.textIn(namedChild(mesh.child("FieldData"), kWorldComment));
  surface.world = world.empty() ? kUnknownWorld : world;
  return surface;
}

}  // namespace sonotwin::media
