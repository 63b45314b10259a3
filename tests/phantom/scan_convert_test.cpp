// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/phantom/scan_convert.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <tuple>

#include "sonotwin/base/error.h"

namespace sonotwin::phantom {
namespace {
constexpr BeamGeometry kCurved{.beam_count = 65,
                               .sample_count = 128,
                               .face_radius_mm = 40.0,
                               .sample_pitch_mm = 0.5,
                               .half_width = 0.5};
constexpr BeamGeometry kLinear{.beam_count = 65,
                               .sample_count = 128,
                               .face_radius_mm = 0.0,
                               .sample_pitch_mm = 0.5,
                               .half_width = 20.0};
constexpr PixelGrid kPixels{
    .rows = 190, .cols = 260, .spacing_mm = 0.4, .face_col = 129.5, .face_row = 20.0};
constexpr float kOutside = -1000.0F;

/// Beam data that samples an analytic function of (rad or mm across, range in mm).
std::vector<float> beamData(const BeamGeometry& g,
                            const std::function<double(double, double)>& value) {
  std::vector<float> data;
  for (std::size_t i = 0; i < g.beam_count * g.sample_count; ++i) {
    const double share = static_cast<double>(i / g.sample_count) / 32.0 - 1.0;
    data.push_back(static_cast<float>(value(g.half_width * share, 0.5 * double(i % 128))));
  }
  return data;
}

// Oracle: interpolation is exact for data linear across and in range, so every pixel inside must
// equal the analytic value at its own position. A flipped x axis or a wrong apex fails.
TEST(ScanConvert, ReproducesDataLinearInAngleAndRange) {
  const auto value = [](double angle, double range) { return 100.0 * angle + range; };
  const auto picture = scanConvert(beamData(kCurved, value), kCurved, kPixels, kOutside);
  std::size_t inside = 0;
  for (std::size_t i = 0; i < picture.size(); ++i) {
    if (picture[i] == kOutside) continue;
    const double x = (static_cast<double>(i % 260) - 129.5) * 0.4;
    const double y = (static_cast<double>(i / 260) - 20.0) * 0.4 + 40.0;
    ASSERT_NEAR(picture[i], value(std::atan2(x, y), std::hypot(x, y) - 40.0), 1e-3)
        << "pixel " << i;
    ++inside;
  }
  const double area_mm2 = 0.5 * (103.5 * 103.5 - 40.0 * 40.0);  // half_width * (R1^2 - R0^2)
  EXPECT_NEAR(static_cast<double>(inside) * 0.4 * 0.4, area_mm2, 0.002 * area_mm2);
}

TEST(ScanConvert, ReproducesDataLinearAcrossALinearArray) {
  const auto value = [](double x, double range) { return 3.0 * x - 2.0 * range; };
  const auto picture = scanConvert(beamData(kLinear, value), kLinear, kPixels, kOutside);
  std::size_t inside = 0;
  for (std::size_t i = 0; i < picture.size(); ++i) {
    if (picture[i] == kOutside) continue;
    const double x = (static_cast<double>(i % 260) - 129.5) * 0.4;
    const double y = (static_cast<double>(i / 260) - 20.0) * 0.4;
    ASSERT_NEAR(picture[i], value(x, y), 1e-3) << "pixel " << i;
    ++inside;
  }
  EXPECT_EQ(inside, 100U * 159U);  // |x| <= 20 mm, 0 <= y <= 63.5 mm
}

TEST(ScanConvert, RejectsInvalidInput) {
  const auto data = beamData(kCurved, [](double, double) { return 1.0; });
  PixelGrid pixels = kPixels;
  for (const double spacing_mm : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
    pixels.spacing_mm = spacing_mm;
    EXPECT_THROW(std::ignore = scanConvert(data, kCurved, pixels), Error);
  }
  const auto cut = std::span(data).first(data.size() - 1);
  EXPECT_THROW(std::ignore = scanConvert(cut, kCurved, kPixels), Error);
  BeamGeometry wide = kCurved;
  wide.half_width = 1.6;
  EXPECT_THROW(std::ignore = scanConvert(data, wide, kPixels), Error);
}

}  // namespace
}  // namespace sonotwin::phantom
