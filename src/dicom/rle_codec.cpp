// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <bit>
#include <cstring>

#include "codestream.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr std::size_t kHeaderBytes = 64;

std::size_t littleEndian32(Bytes bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 4; i-- > 0;) {
    value = value << 8 | std::to_integer<std::size_t>(bytes[at + i]);
  }
  return value;
}

/// Unpacks one segment into every `stride`-th byte of `out`.
void unpackSegment(Bytes segment, std::byte* out, std::size_t count, std::size_t stride) {
  std::size_t made = 0;
  std::size_t at = 0;
  while (made < count && at < segment.size()) {
    const auto control = std::to_integer<unsigned>(segment[at++]);
    if (control == 128) continue;
    const bool is_run = control > 128;
    const std::size_t wanted = is_run ? 257 - control : control + 1;
    if (at + (is_run ? 1 : wanted) > segment.size()) break;
    // Rows may be padded beyond the picture: what is over is dropped.
    for (std::size_t i = 0; i < wanted && made < count; ++i) {
      out[stride * made++] = segment[is_run ? at : at + i];
    }
    at += is_run ? 1 : wanted;
  }
  if (made < count) throwBadInput("its RLE data are cut short");
}
}  // namespace

Samples decodeRle(Bytes frame, int rows, int cols, int components, int bytes) {
  static_assert(std::endian::native == std::endian::little);
  const auto segments = static_cast<std::size_t>(components * bytes);
  if (frame.size() < kHeaderBytes) throwBadInput("its RLE header is cut short");
  if (littleEndian32(frame, 0) != segments) {
    throwBadInput("its RLE data hold " + std::to_string(littleEndian32(frame, 0)) +
                  " segments where " + std::to_string(segments) + " are due");
  }
  const std::size_t pixels = static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  Samples samples{rows, cols, components, 8 * bytes, std::vector<std::byte>(pixels * segments)};
  for (std::size_t i = 0; i < segments; ++i) {
    const std::size_t begin = littleEndian32(frame, 4 + 4 * i);
    const std::size_t end = i + 1 < segments ? littleEndian32(frame, 8 + 4 * i) : frame.size();
    if (begin < kHeaderBytes || begin > end || end > frame.size()) {
      throwBadInput("its RLE header is damaged");
    }
    // A sample's most significant byte comes first; ours last.
    const auto width = static_cast<std::size_t>(bytes);
    const std::size_t offset = i / width * width + (width - 1 - i % width);
    unpackSegment(frame.subspan(begin, end - begin), samples.data.data() + offset, pixels,
                  segments);
  }
  return samples;
}

}  // namespace sonotwin::dicom
