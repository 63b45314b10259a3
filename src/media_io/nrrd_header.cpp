// SPDX-License-Identifier: Apache-2.0
// Source: "Definition of NRRD File Format", version 5.
#include <algorithm>
#include <array>
#include <utility>

#include "header_lines.h"
#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
using TypeName = std::pair<std::string_view, SampleType>;
// As `folded` writes them: lower case, no spaces, no underscores.
constexpr std::array<TypeName, 31> kTypes = {{
    {"signedchar", SampleType::kInt8},
    {"int8", SampleType::kInt8},
    {"int8t", SampleType::kInt8},
    {"uchar", SampleType::kUint8},
    {"unsignedchar", SampleType::kUint8},
    {"uint8", SampleType::kUint8},
    {"uint8t", SampleType::kUint8},
    {"short", SampleType::kInt16},
    {"shortint", SampleType::kInt16},
    {"signedshort", SampleType::kInt16},
    {"signedshortint", SampleType::kInt16},
    {"int16", SampleType::kInt16},
    {"int16t", SampleType::kInt16},
    {"ushort", SampleType::kUint16},
    {"unsignedshort", SampleType::kUint16},
    {"unsignedshortint", SampleType::kUint16},
    {"uint16", SampleType::kUint16},
    {"uint16t", SampleType::kUint16},
    {"int", SampleType::kInt32},
    {"signedint", SampleType::kInt32},
    {"int32", SampleType::kInt32},
    {"int32t", SampleType::kInt32},
    {"uint", SampleType::kUint32},
    {"unsignedint", SampleType::kUint32},
    {"uint32", SampleType::kUint32},
    {"uint32t", SampleType::kUint32},
    {"float", SampleType::kFloat32},
    {"float32", SampleType::kFloat32},
    {"double", SampleType::kFloat64},
    {"float64", SampleType::kFloat64},
    {"char", SampleType::kInt8},
}};

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size();
    if (escape && text[i + 1] == 'n')
      result += '\n', ++i;
    else if (escape && text[i + 1] == '\\')
      result += '\\', ++i;
    else
      result += text[i];
  }
  return result;
}

// True where a blank line ended the header, so that data follow in the same file.
bool readLines(RasterHeader& header, HeaderLines& lines) {
  const auto magic = lines.next();
  if (!magic || !magic->starts_with("NRRD")) {
    header.refuse("first line", "must begin with NRRD. This is not an NRRD file.");
  }
  while (const auto line = lines.next()) {
    if (line->empty()) return true;
    if (line->front() == '#') continue;
    const std::size_t pair = line->find(":=");
    const std::size_t field = line->find(": ");
    if (pair != std::string::npos && pair <= field) {
      addField(header, trimmed(unescaped(std::string_view(*line).substr(0, pair))),
               trimmed(unescaped(std::string_view(*line).substr(pair + 2))));
    } else if (field != std::string::npos) {
      addField(header, folded(std::string_view(*line).substr(0, field)),
               trimmed(std::string_view(*line).substr(field + 2)));
    } else {
      header.refuse("header", "a line is neither a field nor a key. The header is damaged.");
    }
  }
  return false;
}

void readSampleType(RasterHeader& header) {
  const std::string type = folded(header.field("type"));
  const auto known = std::ranges::find(kTypes, type, &TypeName::first);
  if (known == kTypes.end()) {
    header.refuse("type",
                  inQuotes(header.field("type")) + " is not read. Save the pictures as uint8.");
  }
  header.sample = known->second;
  const std::string order = folded(header.field("endian"));
  header.big_endian = order == "big";
  if (bytesPerSample(header.sample) > 1 && order != "big" && order != "little") {
    header.refuse("endian", "must be little or big.");
  }
}

AxisKind kindOf(std::string_view word) {
  constexpr std::array<std::string_view, 8> kChannels = {
      "vector", "rgb-color", "rgba-color", "3-color", "4-color", "3-vector", "4-vector", "scalar"};
  if (std::ranges::find(kChannels, word) != kChannels.end()) return AxisKind::kChannel;
  return word == "list" || word == "time" ? AxisKind::kList : AxisKind::kSpace;
}

void readAxes(RasterHeader& header) {
  const auto count = sizes(header.field("dimension"));
  const auto dims = sizes(header.field("sizes"));
  if (!count || count->size() != 1 || count->front() < 1 || count->front() > 5) {
    header.refuse("dimension", "must be 2 to 5. The header is damaged.");
  }
  if (!dims || dims->size() != count->front()) {
    header.refuse("sizes",
                  "must hold as many whole numbers as there are dimensions. The header is "
                  "damaged.");
  }
  const std::vector<std::string> kinds = words(header.field("kinds"));
  header.kinds_known =
      kinds.size() == dims->size() && std::ranges::find(kinds, "???") == kinds.end();
  for (std::size_t i = 0; i < dims->size(); ++i) {
    Axis axis{(*dims)[i], AxisKind::kSpace, Eigen::Vector3d::Zero()};
    if (kinds.size() == dims->size()) axis.kind = kindOf(folded(kinds[i]));
    header.axes.push_back(axis);
  }
}

Eigen::Vector3d vectorOf(const RasterHeader& header, const std::string& field,
                         std::string_view text) {
  const auto values = numbers(text);
  if (!values || values->empty() || values->size() > 4) {
    header.refuse(field, inQuotes(text) + " is no vector. The header is damaged.");
  }
  Eigen::Vector3d result = Eigen::Vector3d::Zero();
  for (std::size_t i = 0; i < std::min<std::size_t>(values->size(), 3); ++i) {
    result[static_cast<Eigen::Index>(i)] = (*values)[i];
  }
  return result;
}

void readDirections(RasterHeader& header) {
  const std::string_view text = header.field("space directions");
  std::size_t at = 0;
  for (Axis& axis : header.axes) {
    at = text.find_first_not_of(" \t", at);
    if (at == std::string_view::npos) {
      header.refuse("space directions", "too few vectors. The header is damaged.");
    }
    const bool vector = text[at] == '(';
    const std::size_t end = vector ? text.find(')', at) : text.find_first_of(" \t", at);
    if (vector && end == std::string_view::npos) {
      header.refuse("space directions", "a bracket is not closed. The header is damaged.");
    }
    if (vector) {
      axis.step_mm = vectorOf(header, "space directions", text.substr(at + 1, end - at - 1));
    } else if (!header.kinds_known && axis.kind == AxisKind::kSpace) {
      axis.kind = AxisKind::kList;  // "none": not a direction in space
    }
    at = end == std::string_view::npos ? end : end + 1;
  }
}

void readGeometry(RasterHeader& header) {
  header.space = trimmed(header.field("space"));
  std::ranges::transform(header.space, header.space.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!header.field("space directions").empty()) {
    readDirections(header);
  } else if (const auto spacings = words(header.field("spacings"));
             spacings.size() == header.axes.size()) {
    Eigen::Index k = 0;
    for (std::size_t i = 0; i < spacings.size(); ++i) {
      if (header.axes[i].kind != AxisKind::kSpace || k > 2) continue;
      const auto value = numbers(spacings[i]);
      if (value && value->size() == 1) {
        header.axes[i].step_mm[k] = value->front();
      }
      ++k;
    }
  }
  const std::string origin = trimmed(header.field("space origin"));
  if (origin.size() > 2) {
    header.origin_mm =
        vectorOf(header, "space origin", std::string_view(origin).substr(1, origin.size() - 2));
  }
}
}  // namespace

RasterHeader readNrrdHeader(const std::filesystem::path& path) {
  RasterHeader header;
  header.file = path;
  header.format = "NRRD";
  HeaderLines lines(path);
  const bool attached_ends = readLines(header, lines);
  readAxes(header);
  readSampleType(header);
  readGeometry(header);
  const std::string encoding = folded(header.field("encoding"));
  header.compressed = encoding == "gz" || encoding == "gzip";
  if (!header.compressed && encoding != "raw") {
    header.refuse("encoding", inQuotes(encoding) + " is not read. Save the file as raw or gzip.");
  }
  const std::string data = trimmed(header.field("data file"));
  if (data.starts_with("LIST") || data.find('%') != std::string::npos) {
    header.refuse("data file", "one file a frame is not read. Save all frames in one file.");
  }
  if (!data.empty())
    setDataFile(header, "data file", data);
  else if (attached_ends)
    header.data_file = path, header.data_offset = lines.offset();
  else
    header.refuse("data file", "neither named nor attached. The file was cut short.");

  const auto line_skip = numbers(header.field("line skip")).value_or(std::vector<double>{});
  if (!line_skip.empty() && line_skip.front() != 0.0) {
    header.refuse("line skip", "is not read. Use byte skip.");
  }
  const auto skip = numbers(header.field("byte skip")).value_or(std::vector<double>{});
  const double bytes = skip.size() == 1 ? skip.front() : 0.0;
  if (header.compressed && bytes != 0.0) {
    header.refuse("byte skip", "of compressed data is not read. Save the file again without it.");
  }
  if (!(bytes >= -1.0 && bytes < 1e15)) header.refuse("byte skip", "must be -1 or more.");
  measureData(header, "sizes", static_cast<std::int64_t>(bytes), std::nullopt);
  return header;
}

}  // namespace sonotwin::media
