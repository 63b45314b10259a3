// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "codestream.h"

namespace sonotwin::dicom {

/// One frame as RLE Lossless. Source: PS3.5 annex G.
[[nodiscard]] std::vector<std::byte> encodeRle(const Samples& samples);

/// Bytes that `encodeRle` makes at most of a frame of `raw` bytes with `rows` rows a segment.
[[nodiscard]] std::size_t longestRle(std::size_t raw_bytes, int rows, int segments);

}  // namespace sonotwin::dicom
