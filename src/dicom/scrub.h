// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "frame_decoder.h"

namespace sonotwin::dicom {

/// Overwrites with zeros what a compressed frame holds beside its picture: comments, application
/// segments (EXIF, thumbnails, ICC profiles), bytes after its end. What decoders need of them (JFIF
/// and Adobe's colour marks, JPEG-LS colour transforms) stays. The picture does not change.
/// @throws Error(kBadInput) where the stream cannot be followed.
void scrubFrame(std::vector<std::byte>& frame, const FrameDecoder& decoder);

/// True where a frame cannot be scrubbed, only decoded and encoded anew: a JPEG 2000 file with
/// boxes around its codestream.
[[nodiscard]] bool needsRecoding(Bytes frame, Codec codec);

}  // namespace sonotwin::dicom
