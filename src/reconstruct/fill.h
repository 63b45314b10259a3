// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::reconstruct {

enum VoxelState : std::uint8_t { kEmpty = 0, kObserved = 1, kInterpolated = 2 };

constexpr std::uint8_t kNoData = 255;

/// A volume and what is known of its voxels, one byte each.
struct FilledVoxels {
  media::Volume& volume;                ///< 8-bit
  std::span<std::uint8_t> state;        ///< kEmpty or kObserved; filled voxels become kInterpolated
  std::span<std::uint8_t> distance;     ///< of filled voxels, in tenths of a millimetre, 1 to 254
  std::span<std::uint8_t> uncertainty;  ///< deviation in half grey levels; may be empty
};

/// Fills holes of an 8-bit volume between observed voxels, by normalized convolution.
///
/// A hole is filled only where it lies in the closing of the observed voxels by a ball of
/// `radius_mm`: no such ball that is free of data reaches it. So it lies between data (gaps of up
/// to twice the radius close) and nothing grows outward from the swept region. Its grey level is
/// the Gaussian-weighted mean of the observed voxels, of a width that grows with its distance to
/// the nearest one; its deviation is that of the mixture of their levels and deviations.
///
/// Same result for any number of threads. @throws Error(kCancelled)
/// Source: Knutsson & Westin 1993 (normalized convolution).
void fillHoles(const FilledVoxels& voxels, double radius_mm, int threads, const Progress& progress);

}  // namespace sonotwin::reconstruct
