// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "fuzz_input.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::fuzz {

inline void requireWhole(const media::Image& image) {
  const std::size_t samples = image.pixelCount() * static_cast<std::size_t>(image.channels);
  if (image.data.size() != samples * media::bytesPerSample(image.type)) {
    fail("an image's data do not fit its size");
  }
}

/// Decodes the first two frames and the last; holds them against what the clip says of itself.
inline void readFrames(const media::Clip& clip) {
  const media::ClipInfo& info = clip.info;
  if (clip.frames.size() != static_cast<std::size_t>(info.frame_count)) {
    fail("a clip has not as many frames as it counts");
  }
  for (const std::string& note : info.assumptions) {
    if (!isOneLine(note)) fail("an assumption is no line: " + note);
  }
  for (int i = 0; i < info.frame_count; i = std::max(i + 1, i < 1 ? 1 : info.frame_count - 1)) {
    const media::Image image = clip.pixels->frame(i);
    requireWhole(image);
    if (image.rows != info.rows || image.cols != info.cols || image.channels != info.channels ||
        image.type != info.type) {
      fail("a frame is not as its clip says");
    }
  }
}

}  // namespace sonotwin::fuzz
