// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace sonotwin::media {

/// One class of a segmentation.
struct Label {
  int value = 0;  ///< in [1, 255]; 0 is background
  std::string name;
  bool operator==(const Label&) const = default;
};

/// Label of every pixel of one frame.
struct FrameMask {
  int frame_index = 0;
  int rows = 0;
  int cols = 0;
  std::vector<std::uint8_t> labels;  ///< [rows x cols], row-major
  float confidence = 1.0F;           ///< mean probability of the chosen class over the foreground
};

/// Masks of a clip's frames, in frame order; frames without one are absent.
struct ClipMask {
  std::vector<Label> labels;
  std::vector<FrameMask> frames;
};

/// Colour of label `value` in every view (INTERFACE tokens), 8-bit RGB.
[[nodiscard]] std::array<std::uint8_t, 3> labelColour(int value);

}  // namespace sonotwin::media
