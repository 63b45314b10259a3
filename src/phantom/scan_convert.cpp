// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/phantom/scan_convert.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::phantom {
namespace {
constexpr double kEdge = 1e-6;  // of a beam or sample: a pixel on the border belongs to the fan

void require(bool holds, const char* rule) {
  if (!holds) throwBadInput(std::string("Scan conversion needs ") + rule + ".");
}

void validate(std::size_t size, const BeamGeometry& g, const PixelGrid& pixels) {
  require(g.beam_count >= 2 && g.sample_count >= 2, "2 beams of 2 samples");
  require(size == g.beam_count * g.sample_count, "beam data of beam_count * sample_count values");
  require(g.face_radius_mm >= 0.0 && g.sample_pitch_mm > 0.0, "face radius >= 0 and pitch > 0");
  require(g.half_width > 0.0 && std::isfinite(g.half_width), "a finite half width > 0");
  require(g.face_radius_mm == 0.0 || g.half_width < std::numbers::pi / 2, "an angle below pi/2");
  require(pixels.spacing_mm > 0.0 && std::isfinite(pixels.spacing_mm), "a finite pixel size > 0");
}

// Along the beam first, then across. The position must lie inside the grid.
float interpolate(std::span<const float> beams, std::size_t samples, double beam, double sample) {
  const auto b = std::min(static_cast<std::size_t>(beam), beams.size() / samples - 2);
  const auto s = std::min(static_cast<std::size_t>(sample), samples - 2);
  const auto u = static_cast<float>(sample - static_cast<double>(s));
  const auto along = [&](std::size_t i) { return std::lerp(beams[i], beams[i + 1], u); };
  const std::size_t k = b * samples + s;
  return std::lerp(along(k), along(k + samples), static_cast<float>(beam - static_cast<double>(b)));
}
}  // namespace

std::array<double, 2> BeamGeometry::beamAt(double x_mm, double y_mm) const {
  const bool curved = face_radius_mm > 0.0;
  const double y_apex_mm = y_mm + face_radius_mm;
  const double across = curved ? std::atan2(x_mm, y_apex_mm) : x_mm;
  const double range_mm = curved ? std::hypot(x_mm, y_apex_mm) - face_radius_mm : y_mm;
  return {(across / half_width + 1.0) * static_cast<double>(beam_count - 1) / 2.0,
          range_mm / sample_pitch_mm};
}

std::vector<float> scanConvert(std::span<const float> beams, const BeamGeometry& geometry,
                               const PixelGrid& pixels, float background) {
  validate(beams.size(), geometry, pixels);
  const double last_beam = static_cast<double>(geometry.beam_count - 1);
  const double last_sample = static_cast<double>(geometry.sample_count - 1);
  std::vector<float> picture(pixels.rows * pixels.cols, background);
  for (std::size_t i = 0; i < picture.size(); ++i) {
    const double x_mm =
        (static_cast<double>(i % pixels.cols) - pixels.face_col) * pixels.spacing_mm;
    const double y_mm =
        (static_cast<double>(i / pixels.cols) - pixels.face_row) * pixels.spacing_mm;
    const auto [beam, sample] = geometry.beamAt(x_mm, y_mm);
    if (std::min(beam, sample) < -kEdge || beam > last_beam + kEdge) continue;
    if (sample > last_sample + kEdge) continue;
    picture[i] = interpolate(beams, geometry.sample_count, std::clamp(beam, 0.0, last_beam),
                             std::clamp(sample, 0.0, last_sample));
  }
  return picture;
}

}  // namespace sonotwin::phantom
