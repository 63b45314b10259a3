// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "codestream.h"
#include "pixel_format.h"
#include "pixel_recipe.h"

namespace sonotwin::dicom {

/// Turns the bytes of any frame of one object into a picture.
struct FrameDecoder {
  Codec codec = Codec::kUncompressed;
  PixelFormat format;            ///< sides, samples, bits_allocated and by_plane are used
  bool by_pairs = false;         ///< uncompressed: pairs of pixels share their colour
  bool converts_colour = false;  ///< the JPEG decoder makes RGB of YCbCr
  int precision = 8;             ///< bits of a decoded sample
  PixelRecipe recipe;

  /// Samples as they are stored, or converted where `ycbcr`.
  /// @throws Error(kBadInput) where the frame is damaged or not what it should be.
  [[nodiscard]] Samples decode(std::vector<std::byte> frame, bool ycbcr) const;
  [[nodiscard]] media::Image image(std::vector<std::byte> frame) const {
    return makeImage(decode(std::move(frame), converts_colour), recipe);
  }
  /// The header of a compressed frame, held against `format`; nothing for others.
  [[nodiscard]] std::optional<Codestream> headerOf(Bytes frame) const;
};

/// Decides from the header and the first frame what pixels mean, and completes `decoder`, of which
/// codec, format, by_pairs and the palette are set. Adds to `notes` what had to be assumed.
/// @param first_frame  its bytes; asked only where needed.
void completeDecoder(FrameDecoder& decoder,
                     const std::function<std::vector<std::byte>()>& first_frame,
                     std::vector<std::string>& notes);

/// The recipe of EncodedFrames, and back. @throws Error(kDamaged)
[[nodiscard]] std::vector<std::byte> packDecoder(const FrameDecoder& decoder);
[[nodiscard]] FrameDecoder unpackDecoder(Bytes recipe);

}  // namespace sonotwin::dicom
