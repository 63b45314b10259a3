// SPDX-License-Identifier: Apache-2.0
#include "codestream.h"

#include <algorithm>
#include <string_view>

#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr unsigned kStartOfImage = 0xD8;
constexpr unsigned kEndOfImage = 0xD9;
constexpr unsigned kStartOfScan = 0xDA;
constexpr unsigned kJfif = 0xE0;
constexpr unsigned kAdobe = 0xEE;
constexpr unsigned kJpegLsFrame = 0xF7;

unsigned byteAt(Bytes bytes, std::size_t i) {
  return std::to_integer<unsigned>(bytes[i]);
}
unsigned wordAt(Bytes bytes, std::size_t i) {
  return byteAt(bytes, i) << 8 | byteAt(bytes, i + 1);
}

bool beginsWith(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() &&
         std::equal(text.begin(), text.end(), bytes.begin(),
                    [](char c, std::byte b) { return static_cast<std::byte>(c) == b; });
}

bool isFrameMarker(unsigned marker) {
  const bool is_table = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
  return (marker >= 0xC0 && marker <= 0xCF && !is_table) || marker == kJpegLsFrame;
}

bool hasNoLength(unsigned marker) {
  return marker == kStartOfImage || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
}

/// Colour hints of a JPEG header, from the strongest down. Subsampled colour cannot be RGB.
struct ColourHints {
  bool subsampled = false;
  bool named_rgb = false;  ///< components are called R, G and B
  bool jfif = false;
  std::optional<bool> adobe_ycbcr;

  [[nodiscard]] std::optional<bool> ycbcr() const {
    if (subsampled) return true;
    if (adobe_ycbcr) return adobe_ycbcr;
    if (named_rgb) return false;
    if (jfif) return true;
    return std::nullopt;
  }
};

void readFrameSegment(unsigned marker, Bytes segment, Codestream& stream, ColourHints& hints) {
  if (segment.size() < 6) throwBadInput("its JPEG header is cut short");
  stream.precision = static_cast<int>(byteAt(segment, 0));
  stream.rows = static_cast<int>(wordAt(segment, 1));
  stream.cols = static_cast<int>(wordAt(segment, 3));
  stream.components = static_cast<int>(byteAt(segment, 5));
  stream.discrete_cosine = marker != kJpegLsFrame && marker % 4 != 3;
  stream.jpeg_arithmetic = marker >= 0xC8 && marker <= 0xCF;
  const auto count = static_cast<std::size_t>(stream.components);
  if (segment.size() < 6 + 3 * count) throwBadInput("its JPEG header is cut short");
  hints.named_rgb = count == 3 && byteAt(segment, 6) == 'R' && byteAt(segment, 9) == 'G' &&
                    byteAt(segment, 12) == 'B';
  for (std::size_t i = 1; i < count; ++i) {
    hints.subsampled |= byteAt(segment, 7) != byteAt(segment, 7 + 3 * i);
  }
}

void readApplicationSegment(unsigned marker, Bytes segment, ColourHints& hints) {
  if (marker == kJfif && beginsWith(segment, std::string_view("JFIF\0", 5))) hints.jfif = true;
  if (marker == kAdobe && beginsWith(segment, "Adobe") && segment.size() >= 12) {
    const unsigned transform = byteAt(segment, 11);
    if (transform <= 1) hints.adobe_ycbcr = transform == 1;
  }
}
}  // namespace

Codestream readJpegHeader(Bytes bytes) {
  Codestream stream;
  ColourHints hints;
  if (bytes.size() < 4 || wordAt(bytes, 0) != 0xFF00 + kStartOfImage) {
    throwBadInput("its pixel data are no JPEG stream");
  }
  for (std::size_t at = 2; at + 4 <= bytes.size();) {
    if (byteAt(bytes, at) != 0xFF) throwBadInput("its JPEG header is damaged");
    const unsigned marker = byteAt(bytes, at + 1);
    if (marker == 0xFF || hasNoLength(marker)) {  // 0xFF: fill bytes
      at += marker == 0xFF ? 1 : 2;
      continue;
    }
    if (marker == kStartOfScan || marker == kEndOfImage) break;
    const std::size_t length = wordAt(bytes, at + 2);
    if (length < 2 || at + 2 + length > bytes.size()) break;
    const Bytes segment = bytes.subspan(at + 4, length - 2);
    if (isFrameMarker(marker) && stream.components == 0) {
      readFrameSegment(marker, segment, stream, hints);
    } else {
      readApplicationSegment(marker, segment, hints);
    }
    at += 2 + length;
  }
  if (stream.components == 0) throwBadInput("its JPEG header describes no picture");
  stream.subsampled = hints.subsampled;
  if (stream.components == 3) stream.says_ycbcr = hints.ycbcr();
  return stream;
}

Codestream readCodestream(Codec codec, Bytes frame) {
  return codec == Codec::kJpeg2000 ? readJpeg2000Header(frame) : readJpegHeader(frame);
}

}  // namespace sonotwin::dicom
