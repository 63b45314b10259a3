// SPDX-License-Identifier: Apache-2.0
#include "text_picture.h"

#include <algorithm>
#include <cmath>

namespace sonotwin::ocr {
namespace {
// Screens print letters 8 to 16 pixels high; the engine was taught with about 30.
constexpr int kWidthThatNeedsNoScale = 2000;
constexpr int kLargestScale = 3;

template <class T>
double whiteOf(const media::Image& image) {
  if constexpr (std::is_floating_point_v<T>) {
    const auto samples = image.samples<T>();
    return std::max<double>(*std::ranges::max_element(samples), 1e-30);
  } else {
    const auto samples = image.samples<T>();
    return sizeof(T) == 1 ? 255.0 : std::max<double>(*std::ranges::max_element(samples), 1.0);
  }
}

template <class T>
void fillBrightest(const media::Image& image, media::Image& gray) {
  const double factor = 255.0 / whiteOf<T>(image);
  const auto from = image.samples<T>();
  const auto to = gray.samples<std::uint8_t>();
  const auto channels = static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < to.size(); ++i) {
    const auto pixel = from.subspan(i * channels, channels);
    to[i] = static_cast<std::uint8_t>(std::clamp(
        std::lround(factor * static_cast<double>(*std::ranges::max_element(pixel))), 0L, 255L));
  }
}
}  // namespace

media::Image brightestChannel(const media::Image& image) {
  media::Image gray(image.rows, image.cols);
  switch (image.type) {
    case media::PixelType::kUint8:
      fillBrightest<std::uint8_t>(image, gray);
      break;
    case media::PixelType::kUint16:
      fillBrightest<std::uint16_t>(image, gray);
      break;
    case media::PixelType::kFloat32:
      fillBrightest<float>(image, gray);
      break;
  }
  return gray;
}

void keepDarkest(media::Image& into, const media::Image& other) {
  const auto to = into.samples<std::uint8_t>();
  const auto from = other.samples<std::uint8_t>();
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = std::min(to[i], from[i]);
}

TextPicture makeTextPicture(const media::Image& gray, const media::PixelRectangle& area,
                            double black) {
  const int cols = area.x1 - area.x0, rows = area.y1 - area.y0;
  TextPicture picture;
  picture.scale = std::clamp(kWidthThatNeedsNoScale / std::max(cols, 1), 1, kLargestScale);
  picture.cols = cols * picture.scale;
  picture.rows = rows * picture.scale;
  picture.gray.resize(static_cast<std::size_t>(picture.cols) *
                      static_cast<std::size_t>(picture.rows));
  const auto from = gray.samples<std::uint8_t>();
  const auto at = [&](int col, int row) {
    return static_cast<double>(
        from[static_cast<std::size_t>(area.y0 + std::clamp(row, 0, rows - 1)) *
                 static_cast<std::size_t>(gray.cols) +
             static_cast<std::size_t>(area.x0 + std::clamp(col, 0, cols - 1))]);
  };
  std::size_t next = 0;
  for (int row = 0; row < picture.rows; ++row) {
    const double y = (row + 0.5) / picture.scale - 0.5;
    const int y0 = static_cast<int>(std::floor(y));
    for (int col = 0; col < picture.cols; ++col) {
      const double x = (col + 0.5) / picture.scale - 0.5;
      const int x0 = static_cast<int>(std::floor(x));
      const double top = std::lerp(at(x0, y0), at(x0 + 1, y0), x - x0);
      const double bottom = std::lerp(at(x0, y0 + 1), at(x0 + 1, y0 + 1), x - x0);
      const double level = std::max(std::lerp(top, bottom, y - y0) - black, 0.0);
      picture.gray[next++] = static_cast<std::uint8_t>(255.5 - level * (255.0 / (255.0 - black)));
    }
  }
  return picture;
}

}  // namespace sonotwin::ocr
