// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sonotwin/base/error.h"
#include "sonotwin/media/image.h"

namespace sonotwin::media {

/// Bytes of one picture file, and what to call it when it is refused.
struct EncodedImage {
  std::span<const std::byte> bytes;
  std::string name;

  [[noreturn]] void refuse(const std::string& reason) const { throwBadInput(name + ": " + reason); }
};

/// Largest picture the decoders accept, in pixels: beyond it a header is taken for damaged.
inline constexpr double kMaxImagePixels = 268435456.0;

/// Checks a header before memory is asked for: `pixels_per_byte` is the most the format can pack.
/// @throws Error(kBadInput) unless both sides are in [1, 65535] and the file can hold them.
void checkImageSize(const EncodedImage& encoded, double cols, double rows, double pixels_per_byte);

[[nodiscard]] Image decodePng(const EncodedImage& encoded);
[[nodiscard]] Image decodeJpeg(const EncodedImage& encoded);
[[nodiscard]] Image decodeTiff(const EncodedImage& encoded);
[[nodiscard]] Image decodeBmp(const EncodedImage& encoded);

/// @throws Error(kBadInput) unless 8- or 16-bit.
[[nodiscard]] std::vector<std::byte> encodePng(const Image& image);

/// One channel where all three are the same everywhere: palettes hide grey pictures in colour.
[[nodiscard]] Image grayWhereColourless(Image image);

}  // namespace sonotwin::media
