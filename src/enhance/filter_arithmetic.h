// SPDX-License-Identifier: Apache-2.0
#pragma once

// The arithmetic of the filters that run on a GPU too, written once for both. Each operation is one
// of IEEE 754 in the same order, without fused multiply-add (the build sees to that), and
// exponential and logarithm are the ones below: CPU and GPU give the same bytes. Plain C++17 for
// nvcc.

#include <cstdint>
#include <cstring>

#ifndef SONOTWIN_HOST_DEVICE
#ifdef __CUDACC__
#define SONOTWIN_HOST_DEVICE __host__ __device__
#else
#define SONOTWIN_HOST_DEVICE
#endif
#endif

namespace sonotwin::enhance {

SONOTWIN_HOST_DEVICE inline float lesser(float a, float b) {
  return b < a ? b : a;
}
SONOTWIN_HOST_DEVICE inline float greater(float a, float b) {
  return a < b ? b : a;
}
SONOTWIN_HOST_DEVICE inline int kept(int value, int least, int most) {
  return value < least ? least : value > most ? most : value;
}

SONOTWIN_HOST_DEVICE inline std::uint32_t bitsOf(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}
SONOTWIN_HOST_DEVICE inline float fromBits(std::uint32_t bits) {
  float value = 0.0F;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

/// e^x within 2 units in the last place; 0 below -87, and x above 88 is taken for 88.
/// Source: Moshier, Cephes, expf.c.
SONOTWIN_HOST_DEVICE inline float exponential(float x) {
  const float within = lesser(greater(x, -87.0F), 88.0F);
  const float turns = within * 1.44269504F;
  const int power = static_cast<int>(turns + (turns < 0.0F ? -0.5F : 0.5F));
  const auto n = static_cast<float>(power);
  const float r = within - n * 0.693359375F - n * -2.12194440e-4F;
  float series = 1.9875691500e-4F;
  series = series * r + 1.3981999507e-3F;
  series = series * r + 8.3334519073e-3F;
  series = series * r + 4.1665795894e-2F;
  series = series * r + 1.6666665459e-1F;
  series = series * r + 5.0000001201e-1F;
  const float value = series * (r * r) + r + 1.0F;
  const float scaled = value * fromBits(static_cast<std::uint32_t>(power + 127) << 23);
  return x < -87.0F ? 0.0F : scaled;
}

/// The natural logarithm of a number above 0, within 2 units in the last place or 1e-7; that of the
/// least normal number for anything below it.
/// Source: Moshier, Cephes, logf.c.
SONOTWIN_HOST_DEVICE inline float logarithm(float x) {
  const std::uint32_t bits = bitsOf(greater(x, 1.17549435e-38F));
  const float mantissa = fromBits((bits & 0x007FFFFFU) | 0x3F000000U);  // in [0.5, 1)
  const bool low = mantissa < 0.707106781F;
  const auto n = static_cast<float>(static_cast<int>(bits >> 23) - 126 - (low ? 1 : 0));
  const float r = (mantissa - 1.0F) + (low ? mantissa : 0.0F);
  const float square = r * r;
  float series = 7.0376836292e-2F;
  series = series * r + -1.1514610310e-1F;
  series = series * r + 1.1676998740e-1F;
  series = series * r + -1.2420140846e-1F;
  series = series * r + 1.4249322787e-1F;
  series = series * r + -1.6668057665e-1F;
  series = series * r + 2.0000714765e-1F;
  series = series * r + -2.4999993993e-1F;
  series = series * r + 3.3333331174e-1F;
  const float tail = r * square * series + n * -2.12194440e-4F - 0.5F * square;
  return r + tail + n * 0.693359375F;
}

/// a at 0, b at 1, exactly. Source: as the C++ library's std::lerp.
SONOTWIN_HOST_DEVICE inline float blend(float a, float b, float t) {
  if ((a <= 0.0F && b >= 0.0F) || (a >= 0.0F && b <= 0.0F)) return t * b + (1.0F - t) * a;
  if (t == 1.0F) return b;
  const float x = a + t * (b - a);
  return (t > 1.0F) == (b > a) ? (b < x ? x : b) : (b > x ? x : b);
}

/// The terms of the squared instantaneous coefficient of variation at one pixel: q² = over / under.
struct Variation {
  float over, under;
};
SONOTWIN_HOST_DEVICE inline Variation instantaneousVariation(float level, float above, float below,
                                                             float before, float after) {
  const float up = above - level, down = below - level;
  const float left = before - level, right = after - level;
  const float laplacian = up + down + left + right;
  const float squares = up * up + down * down + left * left + right * right;
  const float base = level + 0.25F * laplacian;
  return {0.5F * squares - 0.0625F * laplacian * laplacian, base * base};
}

/// What of SRAD's coefficient depends on the speckle scale alone.
struct SradScale {
  float offset, gain;
};
SONOTWIN_HOST_DEVICE inline SradScale sradScale(float q0_squared) {
  return {q0_squared / (1.0F + q0_squared), 1.0F / (q0_squared * (1.0F + q0_squared))};
}
/// c = 1 / (1 + (q² - q0²) / (q0² (1 + q0²))), with one division a pixel.
SONOTWIN_HOST_DEVICE inline float sradCoefficient(Variation q, SradScale scale) {
  return lesser(q.under / (scale.offset * q.under + scale.gain * q.over), 1.0F);
}

/// One explicit step of a pixel; `c` with the neighbour whose coefficient it is.
SONOTWIN_HOST_DEVICE inline float diffusedLevel(float level, float above, float below, float before,
                                                float after, float c, float c_below, float c_after,
                                                float quarter_step) {
  const float flow =
      c * (above + before - 2.0F * level) + c_below * (below - level) + c_after * (after - level);
  return level + quarter_step * flow;
}

// Non-local means.
constexpr int kBlockStep = 2;    ///< pixels from one block to the next
constexpr int kBandBlocks = 16;  ///< rows of blocks whose sums are added up first
constexpr float kLeastLevel = 1.0F;
constexpr float kLeastMeanRatio = 0.75F;  ///< patches whose means differ more are not compared

SONOTWIN_HOST_DEVICE inline bool comparable(float mean, float other_mean) {
  const float one = mean + kLeastLevel, other = other_mean + kLeastLevel;
  return lesser(one, other) >= kLeastMeanRatio * greater(one, other);
}
SONOTWIN_HOST_DEVICE inline float inverseLevel(float level) {
  return 1.0F / greater(level, kLeastLevel);
}
SONOTWIN_HOST_DEVICE inline float likeness(float distance, float falloff) {
  return exponential(-falloff * distance);
}

// Local histogram equalization.
constexpr int kBins = 256;
constexpr int kCurvePoints = kBins + 1;  ///< output levels at the edges of the bins
constexpr float kWhiteLevel = 255.0F;

/// A square grid of tiles over a picture.
struct TileGrid {
  int count;            ///< along each side
  float height, width;  ///< of a tile, pixels
};
SONOTWIN_HOST_DEVICE inline TileGrid tileGrid(int rows, int cols, int tiles) {
  const int side = rows < cols ? rows : cols;
  const int count = tiles < side ? tiles : side;
  return {count, static_cast<float>(rows) / static_cast<float>(count),
          static_cast<float>(cols) / static_cast<float>(count)};
}
SONOTWIN_HOST_DEVICE inline int tileAt(const TileGrid& grid, int row, int col) {
  const int down = kept(static_cast<int>(static_cast<float>(row) / grid.height), 0, grid.count - 1);
  const int along = kept(static_cast<int>(static_cast<float>(col) / grid.width), 0, grid.count - 1);
  return down * grid.count + along;
}
/// Position of a level along the bins, in [0, kBins].
SONOTWIN_HOST_DEVICE inline float binPosition(float level) {
  return lesser(greater(level, 0.0F), kWhiteLevel) / kWhiteLevel * static_cast<float>(kBins);
}
SONOTWIN_HOST_DEVICE inline int binOf(float level) {
  return kept(static_cast<int>(binPosition(level)), 0, kBins - 1);
}
SONOTWIN_HOST_DEVICE inline float through(const float* curve, float position) {
  const int bin = kept(static_cast<int>(position), 0, kBins - 1);
  return blend(curve[bin], curve[bin + 1], position - static_cast<float>(bin));
}
/// Curves of the four tiles around a pixel, blended.
/// @param curves  kCurvePoints of each tile, tiles in row order
SONOTWIN_HOST_DEVICE inline float equalized(const TileGrid& grid, const float* curves, int row,
                                            int col, float level) {
  const auto last = static_cast<float>(grid.count - 1);
  const float y = (static_cast<float>(row) + 0.5F) / grid.height - 0.5F;
  const float x = (static_cast<float>(col) + 0.5F) / grid.width - 0.5F;
  const float within_y = lesser(greater(y, 0.0F), last);
  const float within_x = lesser(greater(x, 0.0F), last);
  const int top = static_cast<int>(within_y), left = static_cast<int>(within_x);
  const int bottom = kept(top + 1, 0, grid.count - 1), far = kept(left + 1, 0, grid.count - 1);
  const float down = within_y - static_cast<float>(top);
  const float right = within_x - static_cast<float>(left);
  const float position = binPosition(level);
  const auto curve = [&](int r, int c) { return curves + (r * grid.count + c) * kCurvePoints; };
  const float upper =
      blend(through(curve(top, left), position), through(curve(top, far), position), right);
  const float lower =
      blend(through(curve(bottom, left), position), through(curve(bottom, far), position), right);
  return blend(upper, lower, down);
}

}  // namespace sonotwin::enhance
