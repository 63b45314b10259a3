// SPDX-License-Identifier: Apache-2.0
// Source: ITK MetaIO documentation; PLUS user manual, "Sequence metafile".
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "header_lines.h"
#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
constexpr std::array<std::pair<std::string_view, SampleType>, 8> kTypes = {{
    {"MET_CHAR", SampleType::kInt8},
    {"MET_UCHAR", SampleType::kUint8},
    {"MET_SHORT", SampleType::kInt16},
    {"MET_USHORT", SampleType::kUint16},
    {"MET_INT", SampleType::kInt32},
    {"MET_UINT", SampleType::kUint32},
    {"MET_FLOAT", SampleType::kFloat32},
    {"MET_DOUBLE", SampleType::kFloat64},
}};

bool isTrue(std::string_view value) {
  const std::string word = folded(value);
  return word == "true" || word == "1" || word == "t" || word == "yes";
}

// Everything up to ElementDataFile, which the format puts last; returns its value.
std::string readLines(RasterHeader& header, HeaderLines& lines) {
  while (const auto line = lines.next()) {
    if (trimmed(*line).empty()) continue;
    const std::size_t equals = line->find('=');
    if (equals == std::string::npos) break;
    const std::string name = trimmed(std::string_view(*line).substr(0, equals));
    const std::string value = trimmed(std::string_view(*line).substr(equals + 1));
    if (name == "ElementDataFile") return value;
    addField(header, name, value);
  }
  header.refuse("ElementDataFile",
                "the header ends without it. This is not a whole MetaImage "
                "file; export it again.");
}

void readSampleType(RasterHeader& header) {
  const std::string_view type = header.field("ElementType");
  // A file of poses alone says MET_OTHER and a size of 0: the size is the better reason.
  if (type == "MET_OTHER" || type == "MET_NONE") return;
  for (const auto& [name, sample] : kTypes) {
    if (type != name) continue;
    header.sample = sample;
    return;
  }
  header.refuse("ElementType", inQuotes(type) + " is not read. Save the pictures as MET_UCHAR.");
}

AxisKind kindOf(const RasterHeader& header, const std::string& word) {
  if (word == "domain" || word == "space") return AxisKind::kSpace;
  if (word == "list" || word == "time") return AxisKind::kList;
  header.refuse("Kinds", inQuotes(word) + " is not known. Use domain and list.");
}

void readAxes(RasterHeader& header) {
  const auto dims = sizes(header.field("DimSize"));
  const auto count = sizes(header.field("NDims"));
  if (!count || count->size() != 1 || count->front() < 2 || count->front() > 4) {
    header.refuse("NDims", "must be 2, 3 or 4. The header is damaged.");
  }
  if (!dims || dims->size() != count->front()) {
    header.refuse("DimSize", "must hold NDims whole numbers. The header is damaged.");
  }
  const std::vector<std::string> kinds = words(header.field("Kinds"));
  header.kinds_known = kinds.size() == dims->size();
  const auto channels =
      sizes(header.field("ElementNumberOfChannels")).value_or(std::vector<std::size_t>{0});
  if (channels.size() == 1 && channels.front() != 1) {
    header.axes.push_back({channels.front(), AxisKind::kChannel, Eigen::Vector3d::Zero()});
  }
  for (std::size_t i = 0; i < dims->size(); ++i) {
    Axis axis{(*dims)[i], AxisKind::kSpace, Eigen::Vector3d::Zero()};
    if (header.kinds_known) axis.kind = kindOf(header, kinds[i]);
    header.axes.push_back(axis);
  }
}

// ElementSpacing along the columns of TransformMatrix: its rows are the directions of the axes.
void readGeometry(RasterHeader& header) {
  const std::size_t dims = sizes(header.field("NDims"))->front();
  const auto spacing = numbers(header.field("ElementSpacing"));
  const auto matrix = numbers(header.field("TransformMatrix"));
  const auto offset =
      numbers(header.field("Offset").empty() ? header.field("Position") : header.field("Offset"));
  const bool turned = matrix && matrix->size() == dims * dims;
  std::size_t i = 0;
  for (Axis& axis : header.axes) {
    if (axis.kind == AxisKind::kChannel) continue;
    if (i < 3 && spacing && spacing->size() == dims) {
      for (std::size_t k = 0; k < std::min<std::size_t>(dims, 3); ++k) {
        const double part = turned ? (*matrix)[i * dims + k] : (i == k ? 1.0 : 0.0);
        axis.step_mm[static_cast<Eigen::Index>(k)] = part * (*spacing)[i];
      }
    }
    ++i;
  }
  if (!offset) return;
  for (std::size_t k = 0; k < std::min<std::size_t>(offset->size(), 3); ++k) {
    header.origin_mm[static_cast<Eigen::Index>(k)] = (*offset)[k];
  }
}

// A size in bytes or, for "the rest", -1.
std::optional<std::int64_t> byteCount(const RasterHeader& header, const std::string& field) {
  const auto values = numbers(header.field(field));
  if (!values || values->empty()) return std::nullopt;
  const double value = values->front();
  if (values->size() != 1 || value < -1.0 || value > 1e15 || value != std::floor(value)) {
    header.refuse(field, "must be a whole number of bytes. The header is damaged.");
  }
  return static_cast<std::int64_t>(value);
}
}  // namespace

RasterHeader readMetaImageHeader(const std::filesystem::path& path) {
  RasterHeader header;
  header.file = path;
  header.format = "MetaImage";
  header.space = "left-posterior-superior";
  HeaderLines lines(path);
  const std::string data = readLines(header, lines);
  readAxes(header);
  readGeometry(header);
  readSampleType(header);
  header.compressed = isTrue(header.field("CompressedData"));
  header.big_endian =
      isTrue(header.field("BinaryDataByteOrderMSB")) || isTrue(header.field("ElementByteOrderMSB"));
  if (!header.field("BinaryData").empty() && !isTrue(header.field("BinaryData"))) {
    header.refuse("BinaryData", "samples written as text are not read. Save them as binary.");
  }
  if (data.starts_with("LIST") || data.find('%') != std::string::npos) {
    header.refuse("ElementDataFile", "one file a frame is not read. Save all frames in one file.");
  }
  const bool local = data == "LOCAL" || data == "Local" || data == "local";
  if (local)
    header.data_file = path, header.data_offset = lines.offset();
  else
    setDataFile(header, "ElementDataFile", data);

  const auto skip = byteCount(header, "HeaderSize");
  const auto stored = byteCount(header, "CompressedDataSize");
  measureData(header, "DimSize", local ? 0 : skip.value_or(0),
              stored.value_or(0) > 0 ? std::optional<std::uint64_t>(*stored) : std::nullopt);
  return header;
}

}  // namespace sonotwin::media
