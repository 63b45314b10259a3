// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sonotwin/segment/dataset.h"

namespace sonotwin::segment {

/// The scan sector of a picture at one resolution, less the mean and over the deviation of each
/// point's surroundings.
struct Relief {
  int side = 0;
  std::vector<float> height;         ///< [side x side]; 0 outside the sector
  std::vector<std::uint8_t> inside;  ///< [side x side], 1 in the sector
};

/// What of a picture is compared, coarse first.
struct Fingerprint {
  static constexpr int kLevels = 4;  ///< 16, 32, 64 and 128 points a side
  static constexpr int kCoarseSide = 16;
  static constexpr int kReach = 3;  ///< points of the coarsest relief by which pictures may shift
  static constexpr int kShifts = (2 * kReach + 1) * (2 * kReach + 1);
  static constexpr int kPaddedSide = kCoarseSide + 2 * kReach;
  static constexpr std::array kScales = {1.0, 1 / 1.13, 1.13};
  static constexpr std::size_t kVariants = kScales.size() * kScales.size();

  /// The coarsest relief in integers, wider or higher, with a border of zeros kReach wide.
  struct Variant {
    std::array<std::int16_t, kPaddedSide * kPaddedSide> height{};
    /// Square root of the energy of the part that another picture covers when it is shifted.
    std::array<float, kShifts> energy{};
  };

  std::array<Relief, kLevels> levels;
  std::array<Variant, kVariants> variants;  ///< the first is not scaled
};

/// None for a picture that is too small or shows nothing.
[[nodiscard]] std::optional<Fingerprint> fingerprintOf(const Case& item);

/// Where the other picture lies upon this one, in points of a relief, about its centre.
struct Alignment {
  double shift_x = 0.0, shift_y = 0.0;
  double scale_x = 1.0, scale_y = 1.0;
};

struct Match {
  Alignment alignment;
  double likeness = -1.0;
};

/// Best of some scales and whole shifts on the coarsest level.
[[nodiscard]] Match coarseMatch(const Fingerprint& fixed, const Fingerprint& moving);
/// Best shift and scales on all levels from there. Stops early, with a likeness of -1, where it
/// cannot become `least`.
[[nodiscard]] Match fineMatch(const Fingerprint& fixed, const Fingerprint& moving,
                              const Match& start, double least);

}  // namespace sonotwin::segment
