// SPDX-License-Identifier: Apache-2.0
#include "scrub.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
using Frame = std::span<std::byte>;

unsigned byteAt(Bytes bytes, std::size_t i) {
  return std::to_integer<unsigned>(bytes[i]);
}
std::size_t wordAt(Bytes bytes, std::size_t i) {
  return byteAt(bytes, i) << 8 | byteAt(bytes, i + 1);
}
std::size_t longAt(Bytes bytes, std::size_t i) {
  return wordAt(bytes, i) << 16 | wordAt(bytes, i + 2);
}

bool beginsWith(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

void clear(Frame bytes) {
  std::ranges::fill(bytes, std::byte{0});
}

/// Bytes of an application segment that change how the picture is decoded.
std::size_t neededBytes(unsigned marker, Bytes segment) {
  constexpr std::size_t kJfif = 14;
  constexpr std::size_t kAdobe = 12;
  constexpr std::size_t kTransform = 5;
  if (marker == 0xE0 && beginsWith(segment, std::string_view("JFIF\0", 5))) return kJfif;
  if (marker == 0xEE && beginsWith(segment, "Adobe")) return kAdobe;
  if (marker == 0xE8 && beginsWith(segment, "mrfx")) return kTransform;
  return 0;
}

/// Where the entropy-coded data that begin at `at` end: the next marker.
std::size_t endOfScan(Bytes bytes, std::size_t at, bool jpeg_ls) {
  while (at + 1 < bytes.size()) {
    const void* found = std::memchr(bytes.data() + at, 0xFF, bytes.size() - 1 - at);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - bytes.data());
    const unsigned next = byteAt(bytes, at + 1);
    const bool stuffed = jpeg_ls ? next < 0x80 : next == 0x00;
    const bool is_restart = next >= 0xD0 && next <= 0xD7;
    if (!stuffed && !is_restart && next != 0xFF) return at;
    at += next == 0xFF ? 1 : 2;
  }
  return bytes.size();
}

void scrubSegment(unsigned marker, Frame segment) {
  const bool is_application = marker >= 0xE0 && marker <= 0xEF;
  if (marker != 0xFE && !is_application) return;
  const std::size_t kept = std::min(neededBytes(marker, segment), segment.size());
  if (kept == 14) {
    // JFIF's thumbnail would be a picture of its own.
    segment[12] = segment[13] = std::byte{0};
  }
  clear(segment.subspan(kept));
}

/// The quantisation tables that the components of a frame header name.
std::uint32_t tablesNamed(Bytes header) {
  constexpr std::size_t kFixed = 6;
  std::uint32_t named = 0;
  const std::size_t components = header.size() >= kFixed ? byteAt(header, kFixed - 1) : 0;
  for (std::size_t i = 0; i < components && kFixed + 3 * i + 2 < header.size(); ++i) {
    named |= 1U << (byteAt(header, kFixed + 3 * i + 2) & 0x1FU);
  }
  return named;
}

/// Levels out the quantisation tables that no component is decoded with: they may be any text.
void scrubTables(Frame segment, std::uint32_t used) {
  std::size_t at = 0;
  while (at < segment.size()) {
    const unsigned head = byteAt(segment, at);
    const std::size_t width = head >> 4 == 0 ? 1 : 2;
    const std::size_t length = std::min(64 * width, segment.size() - at - 1);
    if ((used >> (head & 0xFU) & 1U) == 0) {
      std::ranges::fill(segment.subspan(at + 1, length), std::byte{1});
    }
    at += 1 + length;
  }
}

/// JPEG and JPEG-LS. @returns bytes up to the end of the image.
std::size_t scrubJpeg(Frame frame, bool jpeg_ls) {
  std::size_t at = 2;
  std::vector<Frame> tables;
  std::optional<std::uint32_t> used;
  const auto finish = [&](std::size_t end) {
    for (const Frame& table : tables) scrubTables(table, used.value_or(~0U));
    return end;
  };
  while (at + 2 <= frame.size()) {
    if (byteAt(frame, at) != 0xFF) throwBadInput("its JPEG segments are damaged");
    const unsigned marker = byteAt(frame, at + 1);
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    at += 2;
    if (marker == 0xD9) return finish(at);
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;
    const std::size_t length = at + 2 <= frame.size() ? wordAt(frame, at) : 0;
    if (length < 2 || at + length > frame.size()) throwBadInput("its JPEG data are cut short");
    const Frame segment = frame.subspan(at + 2, length - 2);
    scrubSegment(marker, segment);
    if (marker == 0xDB) tables.push_back(segment);
    if (marker >= 0xC0 && marker <= 0xC2) used = used.value_or(0) | tablesNamed(segment);
    at += length;
    if (marker == 0xDA) at = endOfScan(frame, at, jpeg_ls);
  }
  return finish(frame.size());  // the end marker is missing, which decoders may forgive
}

/// Marker segments of a JPEG 2000 header from `at` on. @returns where they stop.
std::size_t scrubJpeg2000Header(Frame frame, std::size_t at, unsigned stop) {
  constexpr unsigned kComment = 0xFF64;
  while (at + 4 <= frame.size() && wordAt(frame, at) != stop) {
    const std::size_t length = wordAt(frame, at + 2);
    if (length < 2 || at + 2 + length > frame.size()) {
      throwBadInput("its JPEG 2000 data are cut short");
    }
    if (wordAt(frame, at) == kComment) clear(frame.subspan(at + 4, length - 2));
    at += 2 + length;
  }
  return at;
}

std::size_t scrubJpeg2000(Frame frame) {
  constexpr unsigned kTilePart = 0xFF90;
  constexpr unsigned kData = 0xFF93;
  constexpr unsigned kEnd = 0xFFD9;
  std::size_t at = scrubJpeg2000Header(frame, 2, kTilePart);
  while (at + 12 <= frame.size() && wordAt(frame, at) == kTilePart) {
    const std::size_t length = longAt(frame, at + 6);
    scrubJpeg2000Header(frame, at, kData);
    // No length: up to the end marker, which is the last.
    if (length == 0) return frame.size();
    if (length < 12 || at + length > frame.size())
      throwBadInput("its JPEG 2000 data are cut short");
    at += length;
  }
  if (at + 2 <= frame.size() && wordAt(frame, at) == kEnd) return at + 2;
  return frame.size();
}

std::size_t littleEndianAt(Bytes bytes, std::size_t i) {
  return byteAt(bytes, i) | byteAt(bytes, i + 1) << 8 | byteAt(bytes, i + 2) << 16 |
         static_cast<std::size_t>(byteAt(bytes, i + 3)) << 24;
}

/// Bytes of a segment that its pixels need.
std::size_t usedBytes(Bytes segment, std::size_t pixels) {
  std::size_t made = 0;
  std::size_t at = 0;
  while (made < pixels && at < segment.size()) {
    const unsigned control = byteAt(segment, at);
    if (control == 128) {
      ++at;
      continue;
    }
    made += control > 128 ? 257 - control : control + 1;
    at += control > 128 ? 2 : control + 2;
  }
  return std::min(at, segment.size());
}

void scrubRle(Frame frame, const PixelFormat& format) {
  constexpr std::size_t kHeaderBytes = 64;
  const auto segments = static_cast<std::size_t>(format.samples * format.bits_allocated / 8);
  if (frame.size() < kHeaderBytes || littleEndianAt(frame, 0) != segments) {
    throwBadInput("its RLE header is damaged");
  }
  clear(frame.subspan(4 + 4 * segments, kHeaderBytes - 4 - 4 * segments));
  std::size_t end_of_previous = kHeaderBytes;
  for (std::size_t i = 0; i < segments; ++i) {
    const std::size_t begin = littleEndianAt(frame, 4 + 4 * i);
    const std::size_t end = i + 1 < segments ? littleEndianAt(frame, 8 + 4 * i) : frame.size();
    if (begin < end_of_previous || begin > end || end > frame.size()) {
      throwBadInput("its RLE header is damaged");
    }
    clear(frame.subspan(end_of_previous, begin - end_of_previous));
    const std::size_t used = usedBytes(frame.subspan(begin, end - begin), format.pixelCount());
    clear(frame.subspan(begin + used, end - begin - used));
    end_of_previous = end;
  }
}
}  // namespace

void scrubFrame(std::vector<std::byte>& frame, const FrameDecoder& decoder) {
  switch (decoder.codec) {
    case Codec::kUncompressed:
      return;
    case Codec::kRle:
      return scrubRle(frame, decoder.format);
    case Codec::kJpeg:
    case Codec::kJpegLs:
      if (frame.size() < 4) throwBadInput("its pixel data are no JPEG stream");
      frame.resize(scrubJpeg(frame, decoder.codec == Codec::kJpegLs));
      return;
    case Codec::kJpeg2000:
      if (frame.size() < 4) throwBadInput("its pixel data are no JPEG 2000 stream");
      frame.resize(scrubJpeg2000(frame));
      return;
  }
}

bool needsRecoding(Bytes frame, Codec codec) {
  return codec == Codec::kJpeg2000 && !beginsWith(frame, "\xFF\x4F\xFF\x51");
}

}  // namespace sonotwin::dicom
