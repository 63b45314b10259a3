// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sonotwin::dicom {

enum class Codec : std::uint8_t { kUncompressed, kRle, kJpeg, kJpegLs, kJpeg2000 };

/// How a file's pixel data are packed. Source: PS3.5 annex A, PS3.6 annex A.
struct TransferSyntax {
  std::string uid;
  Codec codec = Codec::kUncompressed;
  bool deflated = false;
};

/// @throws Error(kBadInput) that names the syntax where its pixels cannot be decoded.
[[nodiscard]] TransferSyntax transferSyntaxOf(std::string_view uid);

}  // namespace sonotwin::dicom
