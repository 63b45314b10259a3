// SPDX-License-Identifier: Apache-2.0
#include "text_picture.h"

#include <algorithm>
#include <cmath>

namespace sonotwin::ocr {
namespace {
constexpr double kReaderHeight_px = 32.0;  // of letters, as the engine was taught
constexpr double kMargin = 0.5;            // around a line, over the height of its letters
constexpr int kWidest_px = 4000;
// Doppler's colours and print differ by more; the tint and the rounding of a grey picture do not.
constexpr int kColourful = 48;

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

void keepBrightest(media::Image& into, const media::Image& other) {
  const auto to = into.samples<std::uint8_t>();
  const auto from = other.samples<std::uint8_t>();
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = std::max(to[i], from[i]);
}

std::vector<media::Image> colourDifferences(const media::Image& image) {
  if (image.channels != 3 || image.type != media::PixelType::kUint8) return {};
  const auto from = image.samples<std::uint8_t>();
  std::vector<media::Image> differences;
  for (const std::size_t channel : {std::size_t{0}, std::size_t{2}}) {
    media::Image difference(image.rows, image.cols);
    const auto to = difference.samples<std::uint8_t>();
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = static_cast<std::uint8_t>((255 + from[3 * i + channel] - from[3 * i + 1]) / 2);
    }
    const auto [least, most] = std::ranges::minmax(to);
    if (most - least >= kColourful) differences.push_back(std::move(difference));
  }
  return differences;
}

TextPicture cutOut(const media::Image& gray, const Line& line, bool turned) {
  const auto& box = line.box;
  const double margin = kMargin * line.height;
  const double width = box.x1 - box.x0, height = box.y1 - box.y0;
  const double length = line.upright ? width : height, breadth = line.upright ? height : width;
  const double scale =
      std::min(kReaderHeight_px / line.height, kWidest_px / (length + 2.0 * margin));
  TextPicture picture;
  picture.cols = static_cast<int>(std::ceil((length + 2.0 * margin) * scale));
  picture.rows = static_cast<int>(std::ceil((breadth + 2.0 * margin) * scale));
  const auto from = gray.samples<std::uint8_t>();
  const auto at = [&](int col, int row) {
    return static_cast<double>(from[static_cast<std::size_t>(std::clamp(row, 0, gray.rows - 1)) *
                                        static_cast<std::size_t>(gray.cols) +
                                    static_cast<std::size_t>(std::clamp(col, 0, gray.cols - 1))]);
  };
  const double ink = line.level == line.outside ? 1.0 : line.level - line.outside;
  for (int row = 0; row < picture.rows; ++row) {
    for (int col = 0; col < picture.cols; ++col) {
      double along = (col + 0.5) / scale - margin, across = (row + 0.5) / scale - margin;
      // Print that runs downwards has its feet on the left.
      if (turned) along = length - along;
      if (turned == line.upright) across = breadth - across;
      across += line.slope * (along - 0.5 * length);
      const double x = box.x0 + (line.upright ? along : across) - 0.5;
      const double y = box.y0 + (line.upright ? across : along) - 0.5;
      const int x0 = static_cast<int>(std::floor(x)), y0 = static_cast<int>(std::floor(y));
      const double top = std::lerp(at(x0, y0), at(x0 + 1, y0), x - x0);
      const double bottom = std::lerp(at(x0, y0 + 1), at(x0 + 1, y0 + 1), x - x0);
      const double share = (std::lerp(top, bottom, y - y0) - line.outside) / ink;
      picture.gray.push_back(
          static_cast<std::uint8_t>(255.5 - 255.0 * std::clamp(share, 0.0, 1.0)));
    }
  }
  return picture;
}

}  // namespace sonotwin::ocr
