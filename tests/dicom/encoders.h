// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synthetic_object.h"

namespace sonotwin::dicom::test {

/// How a JPEG stream presents its colour.
struct JpegDress {
  bool ycbcr = true;        ///< what the components are
  bool jfif = false;        ///< marker that means YCbCr
  bool adobe = false;       ///< marker that says which
  bool rgb_names = false;   ///< components called R, G, B; else 1, 2, 3
  bool subsampled = false;  ///< colour at half the resolution
  bool progressive = false;
};

/// 8-bit JPEG of interleaved RGB pixels, by libjpeg.
[[nodiscard]] Bytes8 jpegOf(const Shape& shape, const Bytes8& rgb, const JpegDress& dress);

/// 12-bit grey JPEG, by DCMTK.
[[nodiscard]] Bytes8 jpeg12Of(const Shape& shape, Words16 levels);

struct Jpeg2000Dress {
  bool colour_transform = false;
  bool lossy = false;
  int precision = 8;
};

/// JPEG 2000 codestream of interleaved samples, by OpenJPEG.
[[nodiscard]] Bytes8 jpeg2000Of(const Shape& shape, const Words16& samples,
                                const Jpeg2000Dress& dress);

/// JFIF's formula, in doubles.
[[nodiscard]] Bytes8 ycbcrOf(const Bytes8& rgb);

}  // namespace sonotwin::dicom::test
