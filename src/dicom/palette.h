// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace sonotwin::dicom {

using Rgb = std::array<std::uint8_t, 3>;

/// Colours of PALETTE COLOR pixels, 8 bits a channel.
struct Palette {
  int first = 0;  ///< pixel value of the first colour
  std::vector<Rgb> colours;

  /// Values before the first take the first colour, values beyond the last the last.
  [[nodiscard]] const Rgb& operator[](int value) const {
    const auto last = static_cast<std::ptrdiff_t>(colours.size()) - 1;
    return colours[static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(std::ptrdiff_t{value} - first, 0, last))];
  }
};

/// Reads plain or segmented tables of 8- or 16-bit entries. Adds to `notes` what had to be assumed.
/// @throws Error(kBadInput) where tables are missing, too short or damaged.
/// Source: PS3.3 C.7.6.3.1.5, C.7.6.3.1.6 and C.7.9.2.
[[nodiscard]] Palette readPalette(DcmItem& dataset, bool signed_pixels,
                                  std::vector<std::string>& notes);

}  // namespace sonotwin::dicom
