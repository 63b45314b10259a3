// SPDX-License-Identifier: Apache-2.0
#include "presenters/picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace sonotwin::workstation {
namespace {
std::array<std::uint8_t, 256> lookup(const Window& window) {
  std::array<std::uint8_t, 256> table{};
  const double width = std::max(1.0, window.window);
  const double black = window.level - width / 2.0;
  for (int i = 0; i < 256; ++i) {
    table[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(std::clamp(std::lround(255.0 * (i - black) / width), 0L, 255L));
  }
  return table;
}

QImage grey(const media::Image& image, const std::array<std::uint8_t, 256>& table) {
  QImage picture(image.cols, image.rows, QImage::Format_Grayscale8);
  const auto levels = image.samples<std::uint8_t>();
  for (int row = 0; row < image.rows; ++row) {
    const auto line = levels.subspan(static_cast<std::size_t>(row) * image.cols, image.cols);
    std::ranges::transform(line, picture.scanLine(row), [&](std::uint8_t v) { return table[v]; });
  }
  return picture;
}

QImage colour(const media::Image& image, const std::array<std::uint8_t, 256>& table) {
  QImage picture(image.cols, image.rows, QImage::Format_RGB888);
  const auto levels = image.samples<std::uint8_t>();
  const std::size_t width = static_cast<std::size_t>(image.cols) * 3;
  for (int row = 0; row < image.rows; ++row) {
    const auto line = levels.subspan(static_cast<std::size_t>(row) * width, width);
    std::ranges::transform(line, picture.scanLine(row), [&](std::uint8_t v) { return table[v]; });
  }
  return picture;
}

/// Segments of one cell of four pixel centres, between the midpoints of its sides: 0 above, 1
/// right, 2 below, 3 left; -1: none. Diagonal cells are cut apart.
constexpr std::array<std::array<int, 4>, 16> kSegments = {{{-1, -1, -1, -1},
                                                           {3, 0, -1, -1},
                                                           {0, 1, -1, -1},
                                                           {3, 1, -1, -1},
                                                           {1, 2, -1, -1},
                                                           {3, 0, 1, 2},
                                                           {0, 2, -1, -1},
                                                           {3, 2, -1, -1},
                                                           {2, 3, -1, -1},
                                                           {2, 0, -1, -1},
                                                           {0, 1, 2, 3},
                                                           {2, 1, -1, -1},
                                                           {1, 3, -1, -1},
                                                           {1, 0, -1, -1},
                                                           {0, 3, -1, -1},
                                                           {-1, -1, -1, -1}}};

QPointF sideMiddle(int side, int col, int row) {
  switch (side) {
    case 0:
      return {col + 0.5, double(row)};
    case 1:
      return {col + 1.0, row + 0.5};
    case 2:
      return {col + 0.5, row + 1.0};
    default:
      return {double(col), row + 0.5};
  }
}
}  // namespace

QImage toQImage(const media::Image& image, const Window& window) {
  const auto table = lookup(window);
  return image.channels == 1 ? grey(image, table) : colour(image, table);
}

QImage maskFill(const media::FrameMask& mask, double opacity) {
  QImage fill(mask.cols, mask.rows, QImage::Format_Indexed8);
  QList<QRgb> table(256);
  for (int value = 1; value < 256; ++value) {
    const auto [r, g, b] = media::labelColour(value);
    table[value] = qRgba(r, g, b, static_cast<int>(std::lround(255.0 * opacity)));
  }
  fill.setColorTable(table);
  for (int row = 0; row < mask.rows; ++row) {
    std::memcpy(fill.scanLine(row),
                mask.labels.data() + static_cast<std::ptrdiff_t>(row) * mask.cols,
                static_cast<std::size_t>(mask.cols));
  }
  return fill;
}

QList<QLineF> maskOutline(const media::FrameMask& mask, int label) {
  QList<QLineF> lines;
  const auto in = [&](int col, int row) {
    return col >= 0 && row >= 0 && col < mask.cols && row < mask.rows &&
           mask.labels[static_cast<std::size_t>(row) * mask.cols + col] == label;
  };
  for (int row = -1; row < mask.rows; ++row) {
    for (int col = -1; col < mask.cols; ++col) {
      const int corners = int(in(col, row)) | int(in(col + 1, row)) << 1 |
                          int(in(col + 1, row + 1)) << 2 | int(in(col, row + 1)) << 3;
      const auto& sides = kSegments[static_cast<std::size_t>(corners)];
      for (std::size_t i = 0; i < 4 && sides[i] >= 0; i += 2) {
        lines.append({sideMiddle(sides[i], col, row), sideMiddle(sides[i + 1], col, row)});
      }
    }
  }
  return lines;
}

std::map<int, qint64> labelAreas_px(const media::FrameMask& mask) {
  std::map<int, qint64> areas;
  for (const std::uint8_t value : mask.labels) {
    if (value != 0) ++areas[value];
  }
  return areas;
}

QImage thumbnail(const media::Image& image, int side_px) {
  const media::Image shown = image.channels == 1 ? media::toGray8(image) : image;
  const bool drawable = shown.type == media::PixelType::kUint8;
  return toQImage(drawable ? shown : media::toGray8(shown))
      .scaled(side_px, side_px, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

}  // namespace sonotwin::workstation
