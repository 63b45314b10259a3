// SPDX-License-Identifier: Apache-2.0
#include "safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/base/hash.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;
static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own limit
constexpr std::size_t kLengthBytes = 8;
constexpr const char* kMetadataKey = "__metadata__";
constexpr std::array<std::pair<Dtype, const char*>, 3> kDtypeNames{
    {{Dtype::kU8, "U8"}, {Dtype::kF16, "F16"}, {Dtype::kF32, "F32"}}};

const char* nameOf(Dtype dtype) {
  return std::ranges::find(kDtypeNames, dtype, [](const auto& pair) { return pair.first; })->second;
}

struct Unfit {
  std::string why;
};

Dtype parseDtype(const json& item, const std::string& name) {
  const auto text = item.is_string() ? item.get<std::string>() : std::string("not text");
  for (const auto& [dtype, known] : kDtypeNames) {
    if (text == known) return dtype;
  }
  throw Unfit{"tensor '" + name + "' has element type '" + text + "', not U8, F16 or F32"};
}

std::uint64_t parseCount(const json& item, const std::string& name, const char* what) {
  if (!item.is_number_unsigned()) {
    throw Unfit{"tensor '" + name + "' has " + what + " that is not a whole number >= 0"};
  }
  return item.get<std::uint64_t>();
}

const json& member(const json& item, const char* key, const std::string& name) {
  const auto found = item.find(key);
  if (found == item.end()) throw Unfit{"tensor '" + name + "' has no '" + key + "'"};
  return *found;
}

TensorEntry parseTensor(const std::string& name, const json& item) {
  if (!item.is_object()) throw Unfit{"the entry of tensor '" + name + "' is not an object"};
  if (item.size() != 3) throw Unfit{"the entry of tensor '" + name + "' has unknown fields"};
  TensorEntry entry{.name = name, .shape = {}};
  entry.dtype = parseDtype(member(item, "dtype", name), name);
  const json& shape = member(item, "shape", name);
  const json& offsets = member(item, "data_offsets", name);
  if (!shape.is_array()) throw Unfit{"tensor '" + name + "' has a shape that is not a list"};
  if (!offsets.is_array() || offsets.size() != 2) {
    throw Unfit{"tensor '" + name + "' has data_offsets that are not two numbers"};
  }
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t bytes = bytesPerElement(entry.dtype);
  for (const json& side : shape) {
    const std::uint64_t length = parseCount(side, name, "a side");
    if (length != 0 && bytes > kMost / length) {
      throw Unfit{"tensor '" + name + "' is too large to exist"};
    }
    bytes *= length;
    entry.shape.push_back(static_cast<std::int64_t>(length));
  }
  entry.begin = parseCount(offsets[0], name, "an offset");
  entry.end = parseCount(offsets[1], name, "an offset");
  if (entry.end < entry.begin || entry.end - entry.begin != bytes) {
    throw Unfit{"the bytes of tensor '" + name + "' do not match its shape and type"};
  }
  return entry;
}

// nlohmann keeps the last of two equal keys: two tensors of one name would go unseen. And brackets
// in brackets cost eighty times their bytes in memory.
json parseStrictly(const std::string& text) {
  std::vector<std::set<std::string>> seen;
  std::string repeated;
  const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
    constexpr int kDeepest = 2;  // a list in a tensor in the header
    const bool opens =
        event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth > kDeepest) throw Unfit{"the header nests deeper than the format does"};
    if (event == json::parse_event_t::object_start) seen.emplace_back();
    if (event == json::parse_event_t::object_end) seen.pop_back();
    if (event == json::parse_event_t::key &&
        !seen.back().insert(parsed.get<std::string>()).second) {
      repeated = parsed.get<std::string>();
    }
    return true;
  };
  json header = json::parse(text, check, false);
  if (header.is_discarded()) throw Unfit{"the header is not JSON"};
  if (!header.is_object()) throw Unfit{"the header is not a JSON object"};
  if (!repeated.empty()) throw Unfit{"the header names '" + repeated + "' twice"};
  return header;
}

std::string headerText(const std::vector<TensorView>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  json header = json::object();
  if (!metadata.empty()) header[kMetadataKey] = metadata;
  std::uint64_t offset = 0;
  for (const TensorView& tensor : tensors) {
    const std::uint64_t end = offset + tensor.bytes.size();
    header[tensor.name] = {
        {"dtype", nameOf(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes, ' ');
  return text;
}

void checkWritable(const TensorView& tensor) {
  std::uint64_t bytes = bytesPerElement(tensor.dtype);
  for (const std::int64_t side : tensor.shape) bytes *= static_cast<std::uint64_t>(side);
  if (bytes != tensor.bytes.size() || tensor.name == kMetadataKey) {
    throw Error(ErrorKind::kInternal, "Tensor '" + tensor.name + "' cannot be written as it is.");
  }
}
}  // namespace

std::size_t bytesPerElement(Dtype dtype) noexcept {
  return dtype == Dtype::kU8 ? 1 : dtype == Dtype::kF16 ? 2 : 4;
}

SafetensorsReader::SafetensorsReader(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code failed;
  const std::uint64_t size = std::filesystem::file_size(path_, failed);
  stream_.open(path_, std::ios::binary);
  if (failed || !stream_) throwNotFound("Cannot read " + path_.string() + ".");
  std::uint64_t header_size = 0;
  stream_.read(reinterpret_cast<char*>(&header_size), kLengthBytes);
  if (!stream_) refuse("it is too short to be a safetensors file");
  if (header_size > kMaxHeaderBytes || header_size > size - kLengthBytes) {
    refuse("it is no safetensors file, or only the beginning of one");
  }
  std::string text(static_cast<std::size_t>(header_size), '\0');
  stream_.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream_) refuse("its header cannot be read");
  data_start_ = kLengthBytes + header_size;
  try {
    parseHeader(text);
    checkTiling(size - data_start_);
  } catch (const Unfit& unfit) {
    refuse(unfit.why);
  }
}

void SafetensorsReader::refuse(const std::string& why) const {
  constexpr std::size_t kLongest = 400;
  // Names of tensors are anything, without an end if need be.
  std::string line = why.substr(0, kLongest);
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  throwBadInput(path_.string() + " cannot be used: " + line + ".");
}

void SafetensorsReader::parseHeader(const std::string& text) {
  const json header = parseStrictly(text);
  for (const auto& [name, item] : header.items()) {
    if (name != kMetadataKey) {
      tensors_.push_back(parseTensor(name, item));
      continue;
    }
    if (!item.is_object()) throw Unfit{"its metadata is not an object"};
    for (const auto& [key, value] : item.items()) {
      if (!value.is_string()) throw Unfit{"its metadata '" + key + "' is not text"};
      metadata_[key] = value.get<std::string>();
    }
  }
}

void SafetensorsReader::checkTiling(std::uint64_t data_size) {
  std::ranges::sort(tensors_, {}, [](const TensorEntry& entry) {
    return std::tuple(entry.begin, entry.end, entry.name);
  });
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    const TensorEntry& entry = tensors_[i];
    if (entry.begin != expected) {
      throw Unfit{"tensor '" + entry.name + "' overlaps another or leaves a gap before it"};
    }
    expected = entry.end;
    by_name_[entry.name] = i;
  }
  if (expected != data_size) {
    throw Unfit{"it holds " + std::to_string(data_size) +
                " bytes of tensors where its header names " + std::to_string(expected)};
  }
}

const TensorEntry& SafetensorsReader::find(const std::string& name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) refuse("it has no tensor '" + name + "'");
  return tensors_[found->second];
}

std::vector<std::byte> SafetensorsReader::read(const TensorEntry& entry) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(entry.end - entry.begin));
  readInto(entry, bytes);
  return bytes;
}

void SafetensorsReader::readInto(const TensorEntry& entry, std::span<std::byte> target) {
  if (target.size() != entry.end - entry.begin) {
    throw Error(ErrorKind::kInternal, "Tensor '" + entry.name + "' read into the wrong size.");
  }
  stream_.clear();
  stream_.seekg(static_cast<std::streamoff>(data_start_ + entry.begin));
  stream_.read(reinterpret_cast<char*>(target.data()), static_cast<std::streamsize>(target.size()));
  if (stream_.gcount() != static_cast<std::streamsize>(target.size())) {
    refuse("tensor '" + entry.name + "' ends before its time");
  }
}

std::string writeSafetensors(const std::filesystem::path& path, std::vector<TensorView> tensors,
                             const std::map<std::string, std::string>& metadata) {
  // Wide elements first keeps every tensor aligned to its type; then by name, for equal bytes.
  std::ranges::sort(tensors, [](const TensorView& a, const TensorView& b) {
    const auto width_a = bytesPerElement(a.dtype), width_b = bytesPerElement(b.dtype);
    return width_a != width_b ? width_a > width_b : a.name < b.name;
  });
  std::ranges::for_each(tensors, checkWritable);
  const std::string text = headerText(tensors, metadata);
  const std::uint64_t length = text.size();
  AtomicFile file(path);
  Sha256 hash;
  const auto put = [&](std::span<const std::byte> bytes) {
    file.write(bytes);
    hash.update(bytes);
  };
  put(std::as_bytes(std::span(&length, 1)));
  put(std::as_bytes(std::span(text)));
  for (const TensorView& tensor : tensors) put(tensor.bytes);
  file.commit();
  return hash.finishHex();
}

std::string fileSha256(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throwNotFound("Cannot read " + path.string() + ".");
  Sha256 hash;
  std::vector<char> block(1 << 20);
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.update(std::as_bytes(std::span(block).first(static_cast<std::size_t>(stream.gcount()))));
  }
  return hash.finishHex();
}

}  // namespace sonotwin::segment
