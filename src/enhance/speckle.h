// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sector_map.h"

namespace sonotwin::enhance {

/// Filters made for multiplicative speckle. They work on the amplitude that the levels are the
/// logarithm of (see envelope.h), on all threads; the same bytes for any number of them. Pixels
/// outside the sector are filled first and changed too.

struct SpeckleDiffusion {
  int iterations = 0;
  double time_step = 0.0;         ///< at most 1: beyond it the scheme is unstable
  double decay = 0.0;             ///< of the speckle scale per unit of time
  double dynamic_range_db = 0.0;  ///< of levels 0 to 255
};

/// A squared speckle scale below this is none: the picture is left as it is.
constexpr float kLeastVariation = 1e-8F;
/// The squared speckle scale of a step, from what it is at first.
[[nodiscard]] float speckleScaleAt(const SpeckleDiffusion& diffusion, float start, int step);

/// Speckle reducing anisotropic diffusion: smooths where the instantaneous coefficient of variation
/// is that of speckle, and not where it is larger. The speckle scale starts at the sector's median
/// and falls as exp(-decay t). Source: Yu & Acton, IEEE TIP 11 (2002), eqs. 31, 33, 37 and 58
/// to 61.
void srad(Patch& patch, const SpeckleDiffusion& diffusion);

/// Detail preserving anisotropic diffusion: as SRAD, with the coefficient of variation of a square
/// around each pixel, and the speckle's own measured anew before each step (`decay` unused).
/// Source: Aja-Fernández & Alberola-López, IEEE TIP 15 (2006).
void dpad(Patch& patch, const SpeckleDiffusion& diffusion, int radius_px);

struct Adaptive {
  int radius_px = 0;
  double dynamic_range_db = 0.0;
};

/// Between the pixel and its neighbourhood's mean, by how much the neighbourhood varies more than
/// speckle. Sources: Lee, IEEE PAMI 2 (1980); Kuan et al., IEEE PAMI 7 (1985).
void lee(Patch& patch, const Adaptive& adaptive);
void kuan(Patch& patch, const Adaptive& adaptive);
/// A mean whose weights fall with distance, the faster the more the neighbourhood varies:
/// exp(-damping C² d). Source: Frost et al., IEEE PAMI 4 (1982).
void frost(Patch& patch, const Adaptive& adaptive, double damping);

struct NonLocal {
  int search_px = 0;      ///< half the side of the square that is searched for like patches
  int patch_px = 0;       ///< half the side of a patch
  double strength = 0.0;  ///< h: the larger, the less alike patches may be
};

/// Weights are exp(-falloff Pearson's distance).
[[nodiscard]] float falloffOf(const NonLocal& settings);

/// Optimized Bayesian non-local means, on the levels themselves: means of like patches, likeness
/// measured by Pearson's distance (u - v)² / v, which is right where noise grows with the square
/// root of the level (gamma = 1/2). Patches are averaged as blocks, every second pixel.
/// Source: Coupé et al., IEEE TIP 18 (2009).
void obnlm(Patch& patch, const NonLocal& settings);

}  // namespace sonotwin::enhance
