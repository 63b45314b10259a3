// SPDX-License-Identifier: Apache-2.0
#include "raster_header.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "header_lines.h"
#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
constexpr std::uint64_t kMaxHeaderBytes = 1ULL << 29;
constexpr std::size_t kMaxLineBytes = 1ULL << 20;
constexpr std::uint64_t kMaxSampleBytes = 1ULL << 42;
constexpr std::uint64_t kMaxInflatedBytes = 1ULL << 33;
constexpr std::uint64_t kDeflateRatio = 1040;  // the format allows 1032 : 1

bool isSeparator(char c) {
  return c == ',' || std::isspace(static_cast<unsigned char>(c)) != 0;
}

template <class T>
std::optional<std::vector<T>> parseAll(std::string_view text) {
  std::vector<T> values;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    while (at != end && isSeparator(*at)) ++at;
    if (at == end) return values;
    if (*at == '+' && at + 1 != end && at[1] != '-') ++at;
    T value{};
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || (next != end && !isSeparator(*next))) return std::nullopt;
    values.push_back(value);
    at = next;
  }
}
}  // namespace

HeaderLines::HeaderLines(const std::filesystem::path& path)
    : path_(path), stream_(path, std::ios::binary) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed) || !stream_) {
    throwNotFound("Cannot read " + path.string() + ": no such file, or no permission to read it.");
  }
}

std::optional<std::string> HeaderLines::next() {
  std::string line;
  std::streambuf& bytes = *stream_.rdbuf();
  bool any = false;
  for (int c = bytes.sbumpc(); c != std::char_traits<char>::eof(); c = bytes.sbumpc()) {
    any = true;
    ++offset_;
    if (c == '\n') break;
    line += static_cast<char>(c);
    if (line.size() > kMaxLineBytes || offset_ > kMaxHeaderBytes) {
      throwBadInput(path_.string() + ": no header of lines. This is not a MetaImage or NRRD file.");
    }
  }
  if (!any) return std::nullopt;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  return std::string(text);
}

std::string folded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isspace(byte) == 0 && c != '_') result += static_cast<char>(std::tolower(byte));
  }
  return result;
}

std::string shown(std::string_view text) {
  std::string result(text.substr(0, 80));
  std::ranges::replace_if(
      result, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return result;
}

std::string inQuotes(std::string_view text) {
  return '"' + shown(text) + '"';
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> result;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin =
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), isSeparator);
    const auto end = std::find_if(begin, text.end(), isSeparator);
    if (begin != end) result.emplace_back(begin, end);
    at = static_cast<std::size_t>(end - text.begin());
  }
  return result;
}

std::optional<std::vector<double>> numbers(std::string_view text) {
  auto values = parseAll<double>(text);
  const auto finite = [](double value) { return std::isfinite(value); };
  if (values && !std::ranges::all_of(*values, finite)) return std::nullopt;
  return values;
}

std::optional<std::vector<std::size_t>> sizes(std::string_view text) {
  const auto values = parseAll<std::int32_t>(text);
  if (!values || std::ranges::any_of(*values, [](auto value) { return value < 0; })) {
    return std::nullopt;
  }
  return std::vector<std::size_t>(values->begin(), values->end());
}

std::string_view RasterHeader::field(std::string_view name) const {
  const std::string wanted = folded(name);
  const auto at = std::ranges::find_if(
      fields, [&](const auto& entry) { return folded(entry.first) == wanted; });
  return at == fields.end() ? std::string_view() : std::string_view(at->second);
}

void RasterHeader::refuse(const std::string& field, const std::string& reason) const {
  throwBadInput(file.string() + ": " + field + ": " + reason);
}

std::size_t bytesPerSample(SampleType type) noexcept {
  switch (type) {
    case SampleType::kInt8:
    case SampleType::kUint8:
      return 1;
    case SampleType::kInt16:
    case SampleType::kUint16:
      return 2;
    case SampleType::kInt32:
    case SampleType::kUint32:
    case SampleType::kFloat32:
      return 4;
    case SampleType::kFloat64:
      return 8;
  }
  return 1;
}

void addField(RasterHeader& header, const std::string& name, const std::string& value) {
  constexpr std::string_view kPrefix = "Seq_Frame";
  const std::size_t split = name.find('_', kPrefix.size());
  if (name.starts_with(kPrefix) && split != std::string::npos) {
    const auto index = sizes(std::string_view(name).substr(kPrefix.size(), split - kPrefix.size()));
    if (index && index->size() == 1) {
      header.frame_fields.push_back({index->front(), name.substr(split + 1), value});
      return;
    }
  }
  header.fields[name] = value;
}

void setDataFile(RasterHeader& header, const std::string& field, const std::string& name) {
  const std::filesystem::path wanted(name);
  const bool climbs = std::ranges::any_of(wanted, [](const auto& part) { return part == ".."; });
  if (name.empty() || wanted.is_absolute() || climbs) {
    header.refuse(field, inQuotes(name) +
                             " does not lie beside the header. Put the data file into the same "
                             "folder and name it there.");
  }
  header.data_file = header.file.parent_path() / wanted;
  std::error_code failed;  // a name may be too long for any file
  if (!std::filesystem::is_regular_file(header.data_file, failed)) {
    throwNotFound(header.file.string() + ": " + field + ": the data file " + inQuotes(name) +
                  " is missing. Copy it beside the header.");
  }
}

void measureData(RasterHeader& header, const std::string& size_field, std::int64_t skip,
                 std::optional<std::uint64_t> stored) {
  header.sample_bytes = bytesPerSample(header.sample);
  for (const Axis& axis : header.axes) {
    if (axis.size == 0) {
      header.refuse(size_field,
                    "the file holds no pictures (a size is 0), only header fields such "
                    "as poses. Record the image stream too.");
    }
    if (header.sample_bytes > kMaxSampleBytes / axis.size) {
      header.refuse(size_field, "more samples than any file holds. The header is damaged.");
    }
    header.sample_bytes *= axis.size;
  }
  std::error_code failed;
  const std::uint64_t length = std::filesystem::file_size(header.data_file, failed);
  if (failed)
    throwNotFound(header.data_file.string() + " cannot be read: " + failed.message() + ".");
  const std::uint64_t needed = header.compressed ? stored.value_or(1) : header.sample_bytes;
  if (skip >= 0)
    header.data_offset += static_cast<std::uint64_t>(skip);
  else if (length >= needed)
    header.data_offset = length - needed;
  const std::uint64_t there = length - std::min(length, header.data_offset);
  if (there < needed) {
    header.refuse(size_field, "the header promises " + std::to_string(needed) + " bytes of " +
                                  (header.compressed ? "compressed " : "") + "samples, " +
                                  std::to_string(there) +
                                  " are there. The file was cut short; copy it again.");
  }
  header.stored_bytes = header.compressed ? stored.value_or(there) : needed;
  if (!header.compressed) return;
  if (header.sample_bytes > kMaxInflatedBytes) {
    header.refuse(size_field, "more than 8 GB of compressed samples. Save the file uncompressed.");
  }
  if (header.sample_bytes / kDeflateRatio > header.stored_bytes) {
    header.refuse(size_field,
                  "the compressed data are too few for that many samples. The file was "
                  "cut short; copy it again.");
  }
}

RasterHeader readRasterHeader(const std::filesystem::path& path) {
  const std::string extension = folded(path.extension().string());
  return extension == ".nrrd" || extension == ".nhdr" ? readNrrdHeader(path)
                                                      : readMetaImageHeader(path);
}

}  // namespace sonotwin::media
