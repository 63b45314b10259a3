// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace sonotwin::phantom {

/// Beams of a symmetric probe in its imaging plane: x to the marked side, y away from the probe,
/// origin at the middle of the face, in mm.
struct BeamGeometry {
  std::size_t beam_count = 0;    ///< >= 2; beam 0 is the outermost on the unmarked side (-x)
  std::size_t sample_count = 0;  ///< >= 2 samples per beam, near to far
  double face_radius_mm = 0.0;   ///< of a curved face, > 0; 0: linear array, beams straight down
  double sample_pitch_mm = 0.0;  ///< between samples along a beam, > 0; sample 0 is at the face
  double half_width = 0.0;       ///< of the fan: rad in (0, pi/2) if curved, else mm

  /// Fractional (beam, sample) of a point of the plane.
  [[nodiscard]] std::array<double, 2> beamAt(double x_mm, double y_mm) const;
};

/// Square pixels; the centre of pixel (column, row) lies at x = (column - face_col) * spacing_mm,
/// y = (row - face_row) * spacing_mm.
struct PixelGrid {
  std::size_t rows = 0;
  std::size_t cols = 0;
  double spacing_mm = 0.0;
  double face_col = 0.0;
  double face_row = 0.0;
};

/// Resamples beam data onto a pixel grid.
///
/// Every pixel centre is mapped back to a fractional (beam, sample) position and interpolated
/// bilinearly, so the result is exact for data linear in range and in angle (or in x for a linear
/// array). Pass amplitude or intensity, not log-compressed data, when mean power matters.
///
/// @param beams       [beam_count x sample_count], row-major, one beam per row; any unit.
/// @param background  value of pixels whose centre lies outside the beams; unit of `beams`.
/// @returns [rows x cols], row-major, in the unit of `beams`.
/// @throws Error(kBadInput) if a field is out of range or not finite, or if the size of `beams`
///         disagrees with `geometry`.
///
/// Pure and deterministic: safe to call from any thread. Cost O(rows * cols).
///
/// Source: radial-then-angular interpolation, Leavitt, Larsen & Hunt, US patent 4471449 (1984).
[[nodiscard]] std::vector<float> scanConvert(std::span<const float> beams,
                                             const BeamGeometry& geometry, const PixelGrid& pixels,
                                             float background = 0.0F);

}  // namespace sonotwin::phantom
