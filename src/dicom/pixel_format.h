// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sonotwin::dicom {

enum class Photometric : std::uint8_t {
  kMonochrome1,
  kMonochrome2,
  kPalette,
  kRgb,
  kYbrFull,
  kYbrFull422,
  kYbrPartial422,
  kYbrPartial420,
  kYbrRct,
  kYbrIct,
};

/// What the header says of the pixel data, checked for contradictions. Source: PS3.3 C.7.6.3.
struct PixelFormat {
  int rows = 0;
  int cols = 0;
  int frames = 1;
  int samples = 1;         ///< a pixel: 1 or 3
  int bits_allocated = 8;  ///< 8 or 16
  int bits_stored = 8;
  int high_bit = 7;
  bool is_signed = false;
  bool by_plane = false;  ///< all reds, then all greens, then all blues
  Photometric photometric = Photometric::kMonochrome2;
  std::vector<std::string> notes;  ///< what was missing or wrong, and what was assumed

  [[nodiscard]] std::size_t pixelCount() const noexcept {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  }
  /// Of one uncompressed frame whose samples are all there.
  [[nodiscard]] std::size_t frameBytes() const noexcept {
    return pixelCount() * static_cast<std::size_t>(samples * bits_allocated / 8);
  }
};

/// @throws Error(kBadInput) that names the attribute at fault.
[[nodiscard]] PixelFormat readPixelFormat(DcmItem& dataset);

}  // namespace sonotwin::dicom
