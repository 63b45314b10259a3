// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sonotwin/dicom/frame_codec.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::store {

/// The arrays of a clip's frames as the database holds them (see `frame_tables` in the schema).
struct FrameTable {
  std::vector<std::byte> places, times_s, poses, recipe;
};
[[nodiscard]] FrameTable packFrames(std::span<const media::FrameInfo> frames);
[[nodiscard]] std::vector<std::byte> packPlaces(std::span<const dicom::FrameBytes> places);

/// @throws Error(kDamaged) unless the arrays hold exactly `count` frames
[[nodiscard]] std::vector<media::FrameInfo> unpackFrames(std::span<const std::byte> times_s,
                                                         std::span<const std::byte> poses,
                                                         int count);
/// Where each frame lies. @param frame_bytes  size of one frame where the object holds raw frames
/// @throws Error(kDamaged) unless there are `count` frames, each inside the object
[[nodiscard]] std::vector<dicom::FrameBytes> unpackPlaces(std::span<const std::byte> places,
                                                          int count, std::uint64_t frame_bytes,
                                                          std::uint64_t object_bytes);

}  // namespace sonotwin::store
