// SPDX-License-Identifier: Apache-2.0
#include "vtk_xml.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base64.h"
#include "header_lines.h"
#include "inflate.h"
#include "raster_data.h"
#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
/// Where a binary array's bytes come from: plain, or as base64 that starts anew after a header.
class Payload {
 public:
  Payload(std::string_view text, bool base64, bool big_endian, std::size_t word)
      : rest_(text), base64_(base64), big_endian_(big_endian), word_(word) {}

  /// The next bytes, without going past them.
  [[nodiscard]] std::optional<std::vector<std::byte>> peek(std::uint64_t count) const {
    if (count > rest_.size()) return std::nullopt;
    const std::uint64_t stored = storedSize(count);
    if (stored > rest_.size()) return std::nullopt;
    if (!base64_) {
      const auto* first = reinterpret_cast<const std::byte*>(rest_.data());
      return std::vector<std::byte>(first, first + count);
    }
    auto bytes = base64Bytes(rest_.substr(0, stored));
    if (!bytes || bytes->size() < count) return std::nullopt;
    bytes->resize(count);
    return bytes;
  }
  void skip(std::uint64_t count) { rest_.remove_prefix(storedSize(count)); }
  [[nodiscard]] std::size_t word() const noexcept { return word_; }

  /// Word number `index` of a header.
  [[nodiscard]] std::uint64_t wordAt(std::span<const std::byte> header, std::size_t index) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < word_; ++i) {
      const std::size_t at = big_endian_ ? i : word_ - 1 - i;
      value = value << 8 | std::to_integer<std::uint64_t>(header[index * word_ + at]);
    }
    return value;
  }

 private:
  [[nodiscard]] std::uint64_t storedSize(std::uint64_t count) const {
    return base64_ ? (count + 2) / 3 * 4 : count;
  }

  std::string_view rest_;
  bool base64_, big_endian_;
  std::size_t word_;
};

std::optional<std::vector<std::byte>> plainBytes(const Payload& payload) {
  const auto header = payload.peek(payload.word());
  if (!header) return std::nullopt;
  const std::uint64_t count = payload.wordAt(*header, 0);
  if (count > (1ULL << 40)) return std::nullopt;
  auto bytes = payload.peek(payload.word() + count);
  if (bytes)
    bytes->erase(bytes->begin(), bytes->begin() + static_cast<std::ptrdiff_t>(payload.word()));
  return bytes;
}

// Header: count of blocks, size of each, size of the last if shorter, then each one's packed size.
std::optional<std::vector<std::byte>> inflatedArray(Payload payload) {
  const auto start = payload.peek(3 * payload.word());
  if (!start) return std::nullopt;
  const std::uint64_t blocks = payload.wordAt(*start, 0);
  const std::uint64_t size = payload.wordAt(*start, 1), last = payload.wordAt(*start, 2);
  if (blocks > (1ULL << 32)) return std::nullopt;
  const auto header = payload.peek((3 + blocks) * payload.word());
  if (!header) return std::nullopt;
  payload.skip(header->size());
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < blocks; ++i) total += payload.wordAt(*header, 3 + i);
  const auto packed = payload.peek(total);
  if (!packed) return std::nullopt;
  std::vector<std::byte> bytes;
  std::size_t at = 0;
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::uint64_t part = payload.wordAt(*header, 3 + i);
    const std::uint64_t full = i + 1 == blocks && last != 0 ? last : size;
    if (at + part > packed->size() || full / 1040 > part) return std::nullopt;
    const auto block = inflatedBytes(std::span(*packed).subspan(at, part), full);
    if (block.size() != full) return std::nullopt;
    bytes.insert(bytes.end(), block.begin(), block.end());
    at += part;
  }
  return bytes;
}

template <class T>
std::vector<double> widened(std::span<const std::byte> bytes) {
  const std::span values(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
  return {values.begin(), values.end()};
}

using Widen = std::vector<double> (*)(std::span<const std::byte>);
struct NumberType {
  std::string_view name;
  std::size_t width;
  Widen widen;
};
constexpr std::array<NumberType, 10> kTypes = {{{"Float32", 4, widened<float>},
                                                {"Float64", 8, widened<double>},
                                                {"Int64", 8, widened<std::int64_t>},
                                                {"UInt64", 8, widened<std::uint64_t>},
                                                {"Int32", 4, widened<std::int32_t>},
                                                {"UInt32", 4, widened<std::uint32_t>},
                                                {"Int16", 2, widened<std::int16_t>},
                                                {"UInt16", 2, widened<std::uint16_t>},
                                                {"Int8", 1, widened<std::int8_t>},
                                                {"UInt8", 1, widened<std::uint8_t>}}};
}  // namespace

VtkXml::VtkXml(std::span<const std::byte> bytes, const std::string& file) : file_(file) {
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  // Appended data may be binary, which no XML parser takes.
  if (const std::size_t start = text.find("<AppendedData"); start != std::string::npos) {
    const std::size_t mark = text.find('_', start);
    const std::size_t end = text.rfind("</AppendedData>");
    if (mark == std::string::npos || end == std::string::npos || end < mark) {
      refuse("its appended data are cut short.");
    }
    appended_ = text.substr(mark + 1, end - mark - 1);
    text = text.substr(0, mark) + "</AppendedData></VTKFile>";
  }
  if (!document_.load_buffer(text.data(), text.size()) || !root()) refuse("not whole XML.");
}

void VtkXml::refuse(const std::string& reason) const {
  throwBadInput(file_ + ": not a VTK file that can be read: " + reason + " Export it again.");
}

std::vector<std::byte> VtkXml::bytesOf(pugi::xml_node array) const {
  const std::string_view format = array.attribute("format").value();
  const std::string inlined = trimmed(array.text().get());
  std::string_view text = inlined;
  bool base64 = true;
  if (format == "appended") {
    const auto offset = array.attribute("offset").as_ullong();
    if (offset > appended_.size()) refuse("an array lies past the appended data.");
    text = std::string_view(appended_).substr(offset);
    base64 = std::string_view(root().child("AppendedData").attribute("encoding").value()) != "raw";
  } else if (format != "binary") {
    refuse("an array's format is unknown.");
  }
  const std::string_view compressor = root().attribute("compressor").value();
  if (!compressor.empty() && compressor != "vtkZLibDataCompressor") {
    refuse("only zlib compression is read.");
  }
  const bool big = std::string_view(root().attribute("byte_order").value()) == "BigEndian";
  const bool wide = std::string_view(root().attribute("header_type").value()) == "UInt64";
  const Payload payload(text, base64, big, wide ? 8 : 4);
  auto bytes = compressor.empty() ? plainBytes(payload) : inflatedArray(payload);
  if (!bytes) refuse("an array is damaged or cut short.");
  return std::move(*bytes);
}

std::vector<double> VtkXml::numbersIn(pugi::xml_node array) const {
  if (std::string_view(array.attribute("format").value()) == "ascii") {
    auto values = numbers(array.text().get());
    if (!values) refuse("an array holds something else than numbers.");
    return std::move(*values);
  }
  const std::string_view name = array.attribute("type").value();
  const auto type = std::ranges::find(kTypes, name, &NumberType::name);
  if (type == kTypes.end()) refuse("an array's type is unknown.");
  std::vector<std::byte> bytes = bytesOf(array);
  if (bytes.size() % type->width != 0) refuse("an array is cut short.");
  const bool big = std::string_view(root().attribute("byte_order").value()) == "BigEndian";
  if (big != (std::endian::native == std::endian::big)) swapEach(bytes, type->width);
  return type->widen(bytes);
}

std::string VtkXml::textIn(pugi::xml_node array) const {
  std::string text;
  if (!array) return text;
  const bool ascii = std::string_view(array.attribute("format").value()) == "ascii";
  if (ascii) {
    for (const double code : numbersIn(array)) text += static_cast<char>(static_cast<int>(code));
  } else {
    for (const std::byte code : bytesOf(array)) text += static_cast<char>(code);
  }
  return text.substr(0, text.find('\0'));
}

}  // namespace sonotwin::media
