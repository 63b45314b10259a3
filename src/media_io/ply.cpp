// SPDX-License-Identifier: Apache-2.0
// Source: Greg Turk, "The PLY Polygon File Format".
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "header_lines.h"
#include "sonotwin/base/error.h"
#include "surface_formats.h"
#include "volume_formats.h"

namespace sonotwin::media {
namespace {
enum class Encoding { kText, kLittle, kBig };

struct Property {
  std::string name;
  SampleType type = SampleType::kFloat32;
  std::optional<SampleType> count_type;  ///< of a list
};

struct Element {
  std::string name;
  std::size_t count = 0;
  std::vector<Property> properties;
};

constexpr std::array<std::pair<std::string_view, SampleType>, 16> kTypes = {
    {{"char", SampleType::kInt8},
     {"int8", SampleType::kInt8},
     {"uchar", SampleType::kUint8},
     {"uint8", SampleType::kUint8},
     {"short", SampleType::kInt16},
     {"int16", SampleType::kInt16},
     {"ushort", SampleType::kUint16},
     {"uint16", SampleType::kUint16},
     {"int", SampleType::kInt32},
     {"int32", SampleType::kInt32},
     {"uint", SampleType::kUint32},
     {"uint32", SampleType::kUint32},
     {"float", SampleType::kFloat32},
     {"float32", SampleType::kFloat32},
     {"double", SampleType::kFloat64},
     {"float64", SampleType::kFloat64}}};

class PlyParser {
 public:
  PlyParser(std::span<const std::byte> bytes, const std::string& file) : file_(file), rest_(bytes) {
    surface_.world = kUnknownWorld;
  }

  Surface parse() {
    readHeader();
    for (const Element& element : elements_) readElement(element);
    return std::move(surface_);
  }

 private:
  [[noreturn]] void refuse(const std::string& reason) const {
    throwBadInput(file_ + ": " + reason + " Export it again.");
  }

  std::string line() {
    const auto end = std::ranges::find(rest_, std::byte{'\n'});
    if (end == rest_.end()) refuse("the PLY header ends too early.");
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    const std::string text(reinterpret_cast<const char*>(rest_.data()), length);
    rest_ = rest_.subspan(length + 1);
    return trimmed(text);
  }

  SampleType typeOf(const std::string& word) const {
    for (const auto& [name, type] : kTypes) {
      if (word == name) return type;
    }
    refuse("the PLY type " + inQuotes(word) + " is not known.");
  }

  void readHeader();
  void readComment(const std::string& text);
  void readProperty(const std::vector<std::string>& parts);
  void readElement(const Element& element);
  double number(SampleType type);
  double textNumber();
  void addVertex(const Element& element, std::span<const double> values);

  const std::string& file_;
  std::span<const std::byte> rest_;
  Encoding encoding_ = Encoding::kText;
  std::vector<Element> elements_;
  Surface surface_;
};

void PlyParser::readComment(const std::string& text) {
  const auto after = [&](const std::string& mark) -> std::optional<std::string> {
    const std::string start = "comment " + mark + " ";
    if (!text.starts_with(start)) return std::nullopt;
    return text.substr(start.size());
  };
  if (const auto world = after(kWorldComment)) surface_.world = *world;
  if (const auto label = after(kLabelComment)) surface_.label = *label;
}

void PlyParser::readProperty(const std::vector<std::string>& parts) {
  if (elements_.empty()) refuse("a PLY property belongs to no element.");
  const bool list = parts.size() == 5 && parts[1] == "list";
  if (!list && parts.size() != 3) refuse("a PLY property is not understood.");
  Property property{parts.back(), typeOf(parts[list ? 3 : 1]), std::nullopt};
  if (list) property.count_type = typeOf(parts[2]);
  elements_.back().properties.push_back(property);
}

void PlyParser::readHeader() {
  if (line() != "ply") refuse("this is not a PLY file.");
  while (true) {
    const std::string text = line();
    const std::vector<std::string> parts = words(text);
    if (text == "end_header") break;
    if (parts.empty() || parts[0] == "obj_info") continue;
    if (parts[0] == "comment")
      readComment(text);
    else if (parts[0] == "property")
      readProperty(parts);
    else if (parts[0] == "format" && parts.size() > 1) {
      encoding_ = parts[1] == "ascii"                  ? Encoding::kText
                  : parts[1] == "binary_little_endian" ? Encoding::kLittle
                                                       : Encoding::kBig;
    } else if (const auto count = parts.size() == 3 ? sizes(parts[2]) : std::nullopt;
               parts[0] == "element" && count) {
      // Every element takes a byte at least: more cannot be there.
      if (count->front() > rest_.size()) refuse("the PLY promises more than the file holds.");
      elements_.push_back({parts[1], count->front(), {}});
    } else {
      refuse("the PLY header line " + inQuotes(text) + " is not understood.");
    }
  }
}

double PlyParser::textNumber() {
  const auto is_space = [](std::byte b) { return std::to_integer<int>(b) <= ' '; };
  const auto begin = std::ranges::find_if_not(rest_, is_space);
  const auto end = std::find_if(begin, rest_.end(), is_space);
  const auto* first = reinterpret_cast<const char*>(std::to_address(begin));
  double value = 0.0;
  const auto [at, error] = std::from_chars(first, first + (end - begin), value);
  if (begin == end || error != std::errc{}) refuse("a number in the PLY is missing or damaged.");
  rest_ = rest_.subspan(static_cast<std::size_t>(end - rest_.begin()));
  return value;
}

double PlyParser::number(SampleType type) {
  if (encoding_ == Encoding::kText) return textNumber();
  const std::size_t width = bytesPerSample(type);
  if (rest_.size() < width) refuse("the PLY ends too early.");
  std::array<std::byte, 8> raw{};
  std::ranges::copy(rest_.first(width), raw.begin());
  rest_ = rest_.subspan(width);
  if (encoding_ == Encoding::kBig) std::reverse(raw.begin(), raw.begin() + static_cast<int>(width));
  const auto as = [&](auto value) {
    std::memcpy(&value, raw.data(), sizeof value);
    return static_cast<double>(value);
  };
  switch (type) {
    case SampleType::kInt8:
      return as(std::int8_t{});
    case SampleType::kUint8:
      return as(std::uint8_t{});
    case SampleType::kInt16:
      return as(std::int16_t{});
    case SampleType::kUint16:
      return as(std::uint16_t{});
    case SampleType::kInt32:
      return as(std::int32_t{});
    case SampleType::kUint32:
      return as(std::uint32_t{});
    case SampleType::kFloat32:
      return as(float{});
    case SampleType::kFloat64:
      return as(double{});
  }
  return 0.0;
}

void PlyParser::addVertex(const Element& element, std::span<const double> values) {
  std::array<float, 3> vertex{};
  int found = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& name = element.properties[i].name;
    if (name.size() != 1 || name[0] < 'x' || name[0] > 'z') continue;
    vertex[static_cast<std::size_t>(name[0] - 'x')] = static_cast<float>(values[i]);
    ++found;
  }
  if (found != 3) refuse("the PLY's vertices have no x, y and z.");
  surface_.vertices_mm.push_back(vertex);
}

void PlyParser::readElement(const Element& element) {
  std::vector<double> values;
  std::vector<std::uint32_t> corners;
  for (std::size_t i = 0; i < element.count; ++i) {
    values.clear();
    for (const Property& property : element.properties) {
      if (!property.count_type) {
        values.push_back(number(property.type));
        continue;
      }
      const double count = number(*property.count_type);
      if (!(count >= 0.0 && count <= static_cast<double>(rest_.size()))) {
        refuse("a list in the PLY is longer than the file.");
      }
      corners.clear();
      for (double k = 0.0; k < count; k += 1.0) {
        const double corner = number(property.type);
        const bool index = corner >= 0.0 && corner < 4294967295.0;
        corners.push_back(index ? static_cast<std::uint32_t>(corner) : 0xFFFFFFFFU);
      }
      const bool face = property.name == "vertex_indices" || property.name == "vertex_index";
      if (element.name == "face" && face) addPolygon(corners, surface_);
      values.push_back(0.0);
    }
    if (element.name == "vertex") addVertex(element, values);
  }
}
}  // namespace

std::vector<std::byte> plyBytes(const Surface& surface) {
  std::string header = "ply\nformat binary_little_endian 1.0\ncomment millimetres\n";
  header.append("comment ").append(kWorldComment).append(" ").append(oneLine(surface.world));
  if (!surface.label.empty()) {
    header.append("\ncomment ").append(kLabelComment).append(" ").append(oneLine(surface.label));
  }
  header += "\nelement vertex " + std::to_string(surface.vertices_mm.size()) +
            "\nproperty float x\nproperty float y\nproperty float z\nelement face " +
            std::to_string(surface.triangles.size()) +
            "\nproperty list uchar int vertex_indices\nend_header\n";
  const auto* first = reinterpret_cast<const std::byte*>(header.data());
  std::vector<std::byte> bytes(first, first + header.size());
  for (const auto& vertex : surface.vertices_mm) appendBytes(bytes, vertex);
  for (const auto& triangle : surface.triangles) {
    bytes.push_back(std::byte{3});
    appendBytes(bytes, triangle);
  }
  return bytes;
}

Surface parsePly(std::span<const std::byte> bytes, const std::string& file) {
  return PlyParser(bytes, file).parse();
}

}  // namespace sonotwin::media
