// SPDX-License-Identifier: Apache-2.0
#include "jpeg2000_claims.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr std::size_t kSizeSegment = 2;  // of the first segment, behind the start marker
constexpr unsigned kCodingStyle = 0xFF52;
constexpr unsigned kComponentStyle = 0xFF53;
constexpr unsigned kTilePart = 0xFF90;
constexpr unsigned kData = 0xFF93;

std::uint64_t numberAt(Bytes bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (const std::byte b : bytes.subspan(at, count)) {
    value = value << 8 | std::to_integer<std::uint64_t>(b);
  }
  return value;
}

bool beginsWith(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

[[noreturn]] void refuseHeader() {
  throwBadInput("its JPEG 2000 header is damaged");
}

std::uint64_t parts(std::uint64_t length, unsigned part_bits) {
  return ((length - 1) >> part_bits) + 1;
}

Bytes withoutBoxes(Bytes frame) {
  if (!beginsWith(frame, std::string_view("\0\0\0\x0CjP  ", 8))) return frame;
  while (frame.size() >= 16) {
    const std::uint64_t length = numberAt(frame, 0, 4);
    // A length of 1 stands for a longer one behind it. What follows the codestream does no harm.
    if (beginsWith(frame.subspan(4), "jp2c")) return frame.subspan(length == 1 ? 16 : 8);
    if (length < 8 || length > frame.size()) break;
    frame = frame.subspan(length);
  }
  throwBadInput("its JPEG 2000 data lie in boxes that are damaged");
}

class Claims {
 public:
  explicit Claims(Bytes stream) : stream_(stream) {}

  void check() {
    checkSize();
    std::size_t at = checkSegments(kSizeSegment, kTilePart);
    while (at + 12 <= stream_.size() && numberAt(stream_, at, 2) == kTilePart) {
      const std::uint64_t length = numberAt(stream_, at + 6, 4);  // 0: up to the end
      checkSegments(at, kData);
      if (length == 0) return;
      if (length < 12 || length > stream_.size() - at) return;  // cut short: for the decoder to say
      at += length;
    }
  }

 private:
  void checkSize() {
    constexpr std::size_t kHeaderBytes = 42;
    constexpr std::uint64_t kMostComponents = 4;
    constexpr std::uint64_t kMostTiles = 4096;
    constexpr std::uint64_t kLargestSide = 65535;
    if (stream_.size() < kHeaderBytes || !beginsWith(stream_, "\xFF\x4F\xFF\x51")) refuseHeader();
    std::uint64_t tiles = 1;
    for (const std::size_t axis : {0, 1}) {
      const std::uint64_t end = numberAt(stream_, 8 + 4 * axis, 4);
      const std::uint64_t tile = numberAt(stream_, 24 + 4 * axis, 4);
      const std::uint64_t tile_begin = numberAt(stream_, 32 + 4 * axis, 4);
      if (end > kLargestSide || tile == 0 || tile_begin >= end) refuseHeader();
      tiles *= (end - tile_begin + tile - 1) / tile;
      (axis == 0 ? cols_ : rows_) = end;
    }
    components_ = numberAt(stream_, 40, 2);
    if (tiles > kMostTiles || components_ < 1 || components_ > kMostComponents) {
      throwBadInput("its JPEG 2000 header claims more tiles or components than a picture has");
    }
  }

  /// @returns where the `stop` marker stands, or the segments end otherwise.
  std::size_t checkSegments(std::size_t at, unsigned stop) {
    while (at + 4 <= stream_.size() && numberAt(stream_, at, 2) != stop) {
      const std::uint64_t marker = numberAt(stream_, at, 2);
      const std::uint64_t length = numberAt(stream_, at + 2, 2);
      if (length < 2 || length + 2 > stream_.size() - at) refuseHeader();
      const Bytes segment = stream_.subspan(at + 4, length - 2);
      if (marker == kCodingStyle) checkStyle(segment, 5);
      if (marker == kComponentStyle) checkStyle(segment, 2);
      at += 2 + length;
    }
    return at;
  }

  /// `style` begins with whether precincts have sizes; what concerns them stands from `at` on.
  void checkStyle(Bytes style, std::size_t at) {
    constexpr std::uint64_t kMostBlocks = 1U << 18;  // 16 x 16 pixels each in 3840 x 2160 colours
    constexpr std::size_t kStyleBytes = 5;
    if (style.size() < at + kStyleBytes) refuseHeader();
    const bool sized = (numberAt(style, at == 2 ? 1 : 0, 1) & 1) != 0;
    const auto levels = static_cast<std::size_t>(numberAt(style, at, 1));
    const std::uint64_t block_bits = 4 + numberAt(style, at + 1, 1) + numberAt(style, at + 2, 1);
    if (levels > 32 || block_bits > 12) refuseHeader();
    if (cols_ * rows_ * components_ >> block_bits > kMostBlocks) {
      throwBadInput("its JPEG 2000 header claims more code blocks than a picture has");
    }
    const Bytes sizes = style.subspan(at + kStyleBytes);
    if (sized && sizes.size() <= levels) refuseHeader();
    if (sized) checkPrecincts(sizes, levels);
  }

  /// Every precinct has a packet, and every packet a byte at least.
  void checkPrecincts(Bytes sizes, std::size_t levels) {
    std::uint64_t precincts = 0;
    for (std::size_t i = 0; i <= levels; ++i) {
      const auto size = static_cast<unsigned>(numberAt(sizes, i, 1));
      const auto halvings = static_cast<unsigned>(levels - i);
      precincts +=
          parts(parts(cols_, halvings), size & 15) * parts(parts(rows_, halvings), size >> 4);
    }
    if (precincts > stream_.size()) {
      throwBadInput("its JPEG 2000 header claims more precincts than its data have bytes");
    }
  }

  Bytes stream_;
  std::uint64_t cols_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t components_ = 0;
};
}  // namespace

Bytes checkedCodestream(Bytes frame) {
  const Bytes stream = withoutBoxes(frame);
  Claims(stream).check();
  return stream;
}

}  // namespace sonotwin::dicom
