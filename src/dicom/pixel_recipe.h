// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "codestream.h"
#include "palette.h"
#include "pixel_format.h"
#include "sonotwin/media/image.h"

namespace sonotwin::dicom {

/// What decoded samples mean.
enum class ColourModel : std::uint8_t {
  kGrey,
  kInverseGrey,
  kPalette,
  kRgb,
  kYbrFull,
  kYbrPartial,  ///< black at 16, white at 235
};

/// How decoded samples become a picture.
struct PixelRecipe {
  ColourModel model = ColourModel::kGrey;
  int bits = 8;   ///< that count, of each sample
  int shift = 0;  ///< of the lowest of them
  bool is_signed = false;
  std::shared_ptr<const Palette> palette;  ///< of ColourModel::kPalette

  [[nodiscard]] int channels() const noexcept {
    return model == ColourModel::kGrey || model == ColourModel::kInverseGrey ? 1 : 3;
  }
  [[nodiscard]] media::PixelType type() const noexcept {
    return channels() == 1 && bits > 8 ? media::PixelType::kUint16 : media::PixelType::kUint8;
  }
};

/// Sets the bits of a recipe for samples that were decoded with `precision` bits.
void setBits(const PixelFormat& format, int precision, PixelRecipe& recipe);

/// Grey keeps its stored values (signed ones are shifted to start at zero); colour comes out as
/// 8-bit RGB. Source: PS3.3 C.7.6.3.1.2; YBR: JFIF 1.02, partial range: ITU-R BT.601.
[[nodiscard]] media::Image makeImage(Samples samples, const PixelRecipe& recipe);

/// Uncompressed frames: planes or chroma shared by pairs of pixels, to interleaved full samples.
[[nodiscard]] Samples interleavePlanes(std::vector<std::byte> frame, const PixelFormat& format);
[[nodiscard]] Samples expandPairs(const std::vector<std::byte>& frame, const PixelFormat& format);

/// True where RGB or YCbCr can be told apart by the picture itself: most of an ultrasound screen
/// is grey, that is three equal samples in RGB, and two in the middle of their range in YCbCr.
[[nodiscard]] std::optional<bool> looksLikeYcbcr(const Samples& samples);

}  // namespace sonotwin::dicom
