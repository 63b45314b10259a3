// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/media/image.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::features {

/// A number of one label on one frame. None: it cannot be had (see `maskFeatures`).
struct Feature {
  std::string name;  ///< ends with its unit where it has one: `_mm2 _mm _px _deg _level`
  std::optional<double> value;
};

/// Shape, grey levels and texture of a label on one frame: always the same names in the same order.
///
/// Shape: area, perimeter (Lehmann's estimate, ITK's), diameter of the disc of the same area, axes
/// of the ellipse of the same second moments, its eccentricity and the angle of its longer axis
/// from the columns' direction, counterclockwise as seen, in (-90, 90]; solidity (area over that of
/// the convex hull of the pixels' corners), centroid, box. What needs a pixel's size or proportions
/// is none where `spacing_mm` is; the angle, where both axes are equal.
///
/// Grey levels of the 8-bit picture inside: moments, percentiles (linear between ranks), kurtosis
/// (3 of a normal distribution), entropy in bits of their 256 levels.
///
/// Texture at 32 levels of 8 grey levels each, so that pictures compare. `glcm_*`: co-occurrence at
/// distance 1 in four directions, symmetric, both pixels inside; each feature is the mean over
/// directions. Source: Haralick, Shanmugam & Dinstein, IEEE Trans. SMC 3(6), 1973. `run_*`: runs
/// along rows and columns together, cut at the label's edge. Source: Galloway, CGIP 4, 1975. ITK
/// counts co-occurrence; its features are not used: its correlation is divided by the square of the
/// variance, its entropy leaves out what is rare, and its runs do not end where the mask does.
/// @param picture     any type; colour by luminance
/// @param spacing_mm  pixel size (x, y)
/// @returns empty where no pixel has the label. Any thread.
/// @throws Error(kBadInput) where picture and mask differ in size
[[nodiscard]] std::vector<Feature> maskFeatures(
    const media::Image& picture, const media::FrameMask& mask, int label,
    const std::optional<std::array<double, 2>>& spacing_mm);

}  // namespace sonotwin::features
