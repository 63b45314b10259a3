// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sonotwin/media/image.h"

namespace sonotwin::dicom {

/// Where one frame lies in its file, in bytes.
struct FrameBytes {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool operator==(const FrameBytes&) const = default;
};

/// Where the frames of one DICOM object lie and how they are encoded: enough to decode any of them
/// without reading its header.
struct EncodedFrames {
  /// Versioned; opaque to all but `decodeFrame`. Under 100 bytes; with a 16-bit palette 200 KB.
  std::vector<std::byte> recipe;
  std::vector<FrameBytes> frames;
};

/// The picture that `readDicom` gives of the same frame, by the same code.
///
/// @param recipe  of the object the frame belongs to.
/// @param bytes   of the frame, as its FrameBytes say.
/// @param index   of the frame, from 0; for messages only.
/// @throws Error(kDamaged) for a recipe or bytes that cannot be decoded, naming the frame. Any
///         thread.
[[nodiscard]] media::Image decodeFrame(std::span<const std::byte> recipe,
                                       std::span<const std::byte> bytes, int index);

}  // namespace sonotwin::dicom
