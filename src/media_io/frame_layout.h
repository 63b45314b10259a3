// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "raster_header.h"

namespace sonotwin::media {

/// Where the samples of MF frames lie among the samples of a file. Strides count samples; negative
/// ones run against the file, where it shows the picture mirrored.
struct FrameLayout {
  int cols = 0, rows = 0, channels = 1;
  int slices = 1;  ///< of a frame of 3D ultrasound
  int times = 1;
  std::int64_t origin = 0;  ///< of column 0, row 0 of the first frame
  std::int64_t col_stride = 0, row_stride = 0, channel_stride = 0;
  std::int64_t slice_stride = 0, time_stride = 0;
  std::optional<std::array<double, 2>> spacing_mm;  ///< of columns and rows, where the file says
  std::string orientation;                          ///< as the file gives it, where it is one
  std::vector<std::string> assumptions;

  [[nodiscard]] int frameCount() const noexcept { return slices * times; }
};

/// Works out which axis of the file is which from its kinds and `UltrasoundImageOrientation`.
/// @throws Error(kBadInput) for a volume or anything else that is no sequence of pictures.
[[nodiscard]] FrameLayout layOutFrames(const RasterHeader& header);

}  // namespace sonotwin::media
