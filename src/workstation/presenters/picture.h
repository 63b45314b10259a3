// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QLineF>
#include <QList>
#include <map>
#include <vector>

#include "sonotwin/media/image.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::workstation {

/// Grey levels [level − window / 2, level + window / 2] become black to white.
struct Window {
  double window = 255.0;
  double level = 127.5;
  bool operator==(const Window&) const = default;
};

/// An 8-bit picture as Qt draws it, through a window.
[[nodiscard]] QImage toQImage(const media::Image& image, const Window& window = {});

/// The fill of a mask: the label's colour at `opacity`, clear where there is none.
[[nodiscard]] QImage maskFill(const media::FrameMask& mask, double opacity);

/// The boundary of one label in picture coordinates, as loose segments, halfway between pixels in
/// and out. Source: marching squares at level 0.5.
[[nodiscard]] QList<QLineF> maskOutline(const media::FrameMask& mask, int label);

/// Pixels of each label.
[[nodiscard]] std::map<int, qint64> labelAreas_px(const media::FrameMask& mask);

/// A picture no larger than `side_px` on its longer side, for a card.
[[nodiscard]] QImage thumbnail(const media::Image& image, int side_px);

}  // namespace sonotwin::workstation
