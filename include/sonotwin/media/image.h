// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sonotwin::media {

enum class PixelType : std::uint8_t { kUint8, kUint16, kFloat32 };
[[nodiscard]] std::size_t bytesPerSample(PixelType type) noexcept;

/// One picture: [rows x cols x channels], row-major, channels interleaved (1 grey or 3 RGB).
/// Row 0 is nearest the probe, column 0 on the unmarked side, as ultrasound is shown.
struct Image {
  int rows = 0;
  int cols = 0;
  int channels = 1;
  PixelType type = PixelType::kUint8;
  std::vector<std::byte> data;

  Image() = default;
  /// Zeroed pixels. @throws Error(kBadInput) unless sides are in [1, 65535] and channels 1 or 3.
  Image(int rows, int cols, int channels = 1, PixelType type = PixelType::kUint8);

  [[nodiscard]] std::size_t pixelCount() const noexcept {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  }
  /// Samples as `T`, which must match `type`.
  template <class T>
  [[nodiscard]] std::span<T> samples() {
    return {reinterpret_cast<T*>(data.data()), data.size() / sizeof(T)};
  }
  template <class T>
  [[nodiscard]] std::span<const T> samples() const {
    return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
  }
};

/// Grey levels in [0, 255] as 8-bit: colour by luminance (ITU-R BT.601), 16-bit from [0, `white`]
/// (0: the picture's own maximum), float clamped and rounded.
[[nodiscard]] Image toGray8(const Image& image, double white = 0.0);

/// One grey sample a pixel in the picture's own scale: colour by luminance.
[[nodiscard]] std::vector<float> toGrayFloat(const Image& image);

}  // namespace sonotwin::media
