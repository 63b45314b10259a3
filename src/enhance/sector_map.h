// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sonotwin/media/clip.h"

namespace sonotwin::enhance {

/// Which pixels of a picture are ultrasound, within the box that just holds them.
struct SectorMap {
  media::ScanSector sector;
  media::PixelRectangle box;
  std::vector<std::uint8_t> inside;   ///< [box rows x box cols], 1 inside
  std::vector<std::int32_t> nearest;  ///< per box pixel its (nearly) nearest inside one
  [[nodiscard]] int rows() const { return box.y1 - box.y0; }
  [[nodiscard]] int cols() const { return box.x1 - box.x0; }
};

/// Remembers each thread's last map: the frames of a clip share one.
/// @throws Error(kBadInput) if the picture has no pixel in the sector.
[[nodiscard]] std::shared_ptr<const SectorMap> sectorMap(const media::ScanSector& sector, int rows,
                                                         int cols);

/// The box of a picture on which filters work.
struct Patch {
  std::shared_ptr<const SectorMap> map;
  std::vector<float> levels;  ///< [box rows x box cols]
  [[nodiscard]] int rows() const { return map->rows(); }
  [[nodiscard]] int cols() const { return map->cols(); }
};

/// The grey levels inside the sector, in row order.
[[nodiscard]] std::vector<float> insideLevels(const Patch& patch);

/// Continues the ultrasound past its border, so that neighbourhoods there hold ultrasound only.
void fillOutside(Patch& patch);

}  // namespace sonotwin::enhance
