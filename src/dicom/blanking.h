// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "frame_decoder.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::dicom {

/// How samples of one frame lie in memory.
struct SampleLayout {
  int rows = 0;
  int cols = 0;
  int samples = 1;
  int bytes = 1;  ///< a sample
  bool by_plane = false;
  bool by_pairs = false;  ///< two brightnesses, then the colour they share
};

/// Stored sample values of black, one a channel.
[[nodiscard]] std::vector<std::uint16_t> blackOf(const FrameDecoder& decoder);

/// Boxes clipped to the picture, without those that are empty.
[[nodiscard]] std::vector<media::PixelRectangle> clippedBoxes(
    std::span<const media::PixelRectangle> boxes, int cols, int rows);

/// Paints the boxes, which lie inside the picture, black. By pairs, they must begin and end at even
/// columns.
void blankBoxes(std::span<std::byte> frame, const SampleLayout& layout,
                std::span<const media::PixelRectangle> boxes, std::span<const std::uint16_t> black);

/// Clears bits that no picture uses: overlays used to hide there. Signed samples are extended.
void maskUnusedBits(std::span<std::byte> frame, int bytes, const PixelRecipe& recipe);

}  // namespace sonotwin::dicom
