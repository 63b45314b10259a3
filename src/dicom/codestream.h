// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "transfer_syntax.h"

namespace sonotwin::dicom {

using Bytes = std::span<const std::byte>;

/// What a compressed frame says of itself, which is to be believed over the DICOM header.
struct Codestream {
  int rows = 0;
  int cols = 0;
  int components = 0;
  int precision = 0;             ///< bits a sample
  bool discrete_cosine = false;  ///< JPEG, but not its lossless processes
  bool jpeg_arithmetic = false;
  bool colour_transform = false;   ///< JPEG 2000: its own transform, undone by the decoder
  bool subsampled = false;         ///< colour has fewer samples than brightness
  std::optional<bool> says_ycbcr;  ///< by markers or component names; nothing: it is silent
};

/// Samples of one frame, as decoded: interleaved, native byte order.
struct Samples {
  int rows = 0;
  int cols = 0;
  int components = 1;
  int precision = 8;  ///< > 8: two bytes a sample
  std::vector<std::byte> data;
};

/// Reads only the headers. @throws Error(kBadInput) where there is no such stream.
[[nodiscard]] Codestream readCodestream(Codec codec, Bytes frame);
/// JPEG and JPEG-LS: marker segments up to the first scan.
[[nodiscard]] Codestream readJpegHeader(Bytes frame);
[[nodiscard]] Codestream readJpeg2000Header(Bytes frame);

/// Decoders of one frame. `ycbcr`: components are YCbCr, to be made RGB; else they come out as
/// they are. @throws Error(kBadInput) where data are damaged or cut short: never half a picture.
[[nodiscard]] Samples decodeJpeg(Bytes frame, const Codestream& header, bool ycbcr);
[[nodiscard]] Samples decodeJpegLs(Bytes frame, const Codestream& header);
[[nodiscard]] Samples decodeJpeg2000(Bytes frame);
/// Source: PS3.5 annex G.
[[nodiscard]] Samples decodeRle(Bytes frame, int rows, int cols, int components, int bytes);

}  // namespace sonotwin::dicom
