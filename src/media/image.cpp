// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/image.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
constexpr int kMaxSide = 65535;

template <class T>
std::vector<float> luminance(const Image& image) {
  const auto samples = image.samples<T>();
  std::vector<float> gray(image.pixelCount());
  for (std::size_t i = 0; i < gray.size(); ++i) {
    gray[i] = image.channels == 1 ? static_cast<float>(samples[i])
                                  : 0.299F * static_cast<float>(samples[3 * i]) +
                                        0.587F * static_cast<float>(samples[3 * i + 1]) +
                                        0.114F * static_cast<float>(samples[3 * i + 2]);
  }
  return gray;
}
}  // namespace

std::size_t bytesPerSample(PixelType type) noexcept {
  return type == PixelType::kUint8 ? 1 : type == PixelType::kUint16 ? 2 : 4;
}

Image::Image(int rows, int cols, int channels, PixelType type)
    : rows(rows), cols(cols), channels(channels), type(type) {
  if (std::min(rows, cols) < 1 || std::max(rows, cols) > kMaxSide) {
    throwBadInput("An image of " + std::to_string(cols) + " x " + std::to_string(rows) +
                  " pixels cannot be used: sides must be 1 to 65535.");
  }
  if (channels != 1 && channels != 3) {
    throwBadInput("An image must have 1 or 3 channels, not " + std::to_string(channels) + ".");
  }
  data.resize(pixelCount() * static_cast<std::size_t>(channels) * bytesPerSample(type));
}

std::vector<float> toGrayFloat(const Image& image) {
  switch (image.type) {
    case PixelType::kUint8:
      return luminance<std::uint8_t>(image);
    case PixelType::kUint16:
      return luminance<std::uint16_t>(image);
    case PixelType::kFloat32:
      return luminance<float>(image);
  }
  return {};
}

Image toGray8(const Image& image, double white) {
  if (image.type == PixelType::kUint8 && image.channels == 1) return image;
  const std::vector<float> gray = toGrayFloat(image);
  double scale = 1.0;
  if (image.type == PixelType::kUint16) {
    const double top = white > 0.0 || gray.empty() ? white : *std::ranges::max_element(gray);
    scale = top > 0.0 ? 255.0 / top : 1.0;
  }
  Image result(image.rows, image.cols);
  std::ranges::transform(gray, result.samples<std::uint8_t>().begin(), [scale](float level) {
    return static_cast<std::uint8_t>(std::clamp(std::lround(level * scale), 0L, 255L));
  });
  return result;
}

}  // namespace sonotwin::media
