// SPDX-License-Identifier: Apache-2.0
#include "pixel_recipe.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

namespace sonotwin::dicom {
namespace {
/// Gives each sample its counted bits, lowest first.
template <class Sample>
void isolateBits(std::span<Sample> samples, const PixelRecipe& recipe) {
  const unsigned mask = (1U << recipe.bits) - 1U;
  const auto all_bits = static_cast<int>(8 * sizeof(Sample));
  if (recipe.shift == 0 && recipe.bits == all_bits) return;
  for (Sample& s : samples) s = static_cast<Sample>((s >> recipe.shift) & mask);
}

/// Makes -2^(bits-1) zero.
template <class Sample>
void raiseSigned(std::span<Sample> samples, const PixelRecipe& recipe) {
  const unsigned sign = 1U << (recipe.bits - 1);
  for (Sample& s : samples) s = static_cast<Sample>(s ^ sign);
}

template <class Sample>
void invert(std::span<Sample> samples, const PixelRecipe& recipe) {
  const unsigned white = (1U << recipe.bits) - 1U;
  for (Sample& s : samples) s = static_cast<Sample>(white - s);
}

/// From 9 to 16 bits, the upper 8.
std::vector<std::byte> upperBytes(std::span<const std::uint16_t> samples, int bits) {
  std::vector<std::byte> bytes(samples.size());
  const int shift = std::max(bits - 8, 0);
  std::ranges::transform(samples, bytes.begin(),
                         [&](std::uint16_t s) { return static_cast<std::byte>(s >> shift); });
  return bytes;
}

std::vector<std::byte> lowerBytes(std::span<const std::uint16_t> samples) {
  return upperBytes(samples, 8);
}

template <class Sample>
std::vector<std::byte> paint(std::span<const Sample> samples, const PixelRecipe& recipe) {
  std::vector<std::byte> rgb(3 * samples.size());
  const int sign = recipe.is_signed ? 1 << (recipe.bits - 1) : 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const int value = (static_cast<int>(samples[i]) ^ sign) - sign;
    std::memcpy(rgb.data() + 3 * i, (*recipe.palette)[value].data(), 3);
  }
  return rgb;
}

std::byte clampedByte(int scaled) {
  constexpr int kHalf = 1 << 15;
  return static_cast<std::byte>(std::clamp((scaled + kHalf) >> 16, 0, 255));
}

/// Weights in 1/65536.
struct YbrWeights {
  int y_offset, y, r_cr, g_cb, g_cr, b_cb;
};
constexpr YbrWeights kFullRange = {0, 65536, 91881, -22554, -46802, 116130};
constexpr YbrWeights kPartialRange = {16, 76309, 104597, -25675, -53279, 132201};

void rgbFromYbr(std::vector<std::byte>& pixels, const YbrWeights& w) {
  for (std::size_t i = 0; i + 2 < pixels.size(); i += 3) {
    const int y = (std::to_integer<int>(pixels[i]) - w.y_offset) * w.y;
    const int cb = std::to_integer<int>(pixels[i + 1]) - 128;
    const int cr = std::to_integer<int>(pixels[i + 2]) - 128;
    pixels[i] = clampedByte(y + w.r_cr * cr);
    pixels[i + 1] = clampedByte(y + w.g_cb * cb + w.g_cr * cr);
    pixels[i + 2] = clampedByte(y + w.b_cb * cb);
  }
}

template <class Sample>
std::vector<std::byte> finish(std::vector<std::byte> data, const PixelRecipe& recipe) {
  const std::span<Sample> samples(reinterpret_cast<Sample*>(data.data()),
                                  data.size() / sizeof(Sample));
  isolateBits(samples, recipe);
  if (recipe.model == ColourModel::kPalette) return paint<Sample>(samples, recipe);
  if (recipe.is_signed) raiseSigned(samples, recipe);
  if (recipe.model == ColourModel::kInverseGrey) invert(samples, recipe);
  if constexpr (sizeof(Sample) == 2) {
    if (recipe.channels() == 3) return upperBytes(samples, recipe.bits);
    if (recipe.bits <= 8) return lowerBytes(samples);
  }
  return data;
}

/// Copies samples of `bytes` each, plane by plane, to every third place.
void spread(const std::byte* in, std::byte* out, std::size_t pixels, std::size_t bytes) {
  for (std::size_t plane = 0; plane < 3; ++plane) {
    for (std::size_t i = 0; i < pixels; ++i) {
      std::memcpy(out + (3 * i + plane) * bytes, in + (plane * pixels + i) * bytes, bytes);
    }
  }
}
}  // namespace

void setBits(const PixelFormat& format, int precision, PixelRecipe& recipe) {
  recipe.bits = std::min(format.bits_stored, precision);
  recipe.shift = std::clamp(format.high_bit + 1 - format.bits_stored, 0, precision - recipe.bits);
  recipe.is_signed = format.is_signed;
}

media::Image makeImage(Samples samples, const PixelRecipe& recipe) {
  media::Image image;
  image.rows = samples.rows;
  image.cols = samples.cols;
  image.channels = recipe.channels();
  image.type = recipe.type();
  image.data = samples.precision > 8 ? finish<std::uint16_t>(std::move(samples.data), recipe)
                                     : finish<std::uint8_t>(std::move(samples.data), recipe);
  if (recipe.model == ColourModel::kYbrFull) rgbFromYbr(image.data, kFullRange);
  if (recipe.model == ColourModel::kYbrPartial) rgbFromYbr(image.data, kPartialRange);
  return image;
}

Samples interleavePlanes(std::vector<std::byte> frame, const PixelFormat& format) {
  Samples samples{format.rows, format.cols, format.samples, format.bits_allocated, {}};
  if (!format.by_plane) {
    samples.data = std::move(frame);
    return samples;
  }
  samples.data.resize(frame.size());
  spread(frame.data(), samples.data.data(), format.pixelCount(),
         static_cast<std::size_t>(format.bits_allocated / 8));
  return samples;
}

Samples expandPairs(const std::vector<std::byte>& frame, const PixelFormat& format) {
  Samples samples{format.rows, format.cols, 3, 8, std::vector<std::byte>(format.frameBytes())};
  std::byte* out = samples.data.data();
  for (std::size_t i = 0; i + 3 < frame.size(); i += 4, out += 6) {
    const std::array pair = {frame[i],     frame[i + 2], frame[i + 3],
                             frame[i + 1], frame[i + 2], frame[i + 3]};
    std::ranges::copy(pair, out);
  }
  return samples;
}

std::optional<bool> looksLikeYcbcr(const Samples& samples) {
  if (samples.components != 3 || samples.precision != 8) return std::nullopt;
  constexpr int kNear = 8;
  std::size_t like_rgb = 0;
  std::size_t like_ycbcr = 0;
  for (std::size_t i = 0; i + 2 < samples.data.size(); i += 3) {
    const int a = std::to_integer<int>(samples.data[i]);
    const int b = std::to_integer<int>(samples.data[i + 1]);
    const int c = std::to_integer<int>(samples.data[i + 2]);
    like_rgb += std::abs(a - b) <= kNear && std::abs(a - c) <= kNear;
    like_ycbcr += std::abs(b - 128) <= kNear && std::abs(c - 128) <= kNear;
  }
  const std::size_t majority = samples.data.size() / 3 / 2;
  if (like_rgb > majority && like_rgb > 2 * like_ycbcr) return false;
  if (like_ycbcr > majority && like_ycbcr > 2 * like_rgb) return true;
  return std::nullopt;
}

}  // namespace sonotwin::dicom
