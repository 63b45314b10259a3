// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sonotwin/media/volume.h"

namespace sonotwin::media {

/// What is known of each voxel of a volume beside its level, one byte each, in the volume's order.
struct VoxelMaps {
  static constexpr std::uint8_t kEmpty = 255;

  /// To the nearest voxel with data, in tenths of a millimetre: 0 observed, 1 to 254 (and beyond)
  /// interpolated, kEmpty where nothing is known.
  std::vector<std::uint8_t> distance;
  /// Deviation of the level in half grey levels, 0 where empty. None: not worked out.
  std::vector<std::uint8_t> uncertainty;
};

/// The maps as volumes that lie on `volume`, for viewers and files.
/// @throws Error(kNotFound) where the map was not worked out
///
/// 1 observed, 2 interpolated, 0 empty, as labels.
[[nodiscard]] Volume stateVolume(const Volume& volume, const VoxelMaps& maps);
/// Millimetres (float) to data; -1 where empty.
[[nodiscard]] Volume distanceVolume(const Volume& volume, const VoxelMaps& maps);
/// Deviation in grey levels (float); -1 where empty.
[[nodiscard]] Volume uncertaintyVolume(const Volume& volume, const VoxelMaps& maps);

}  // namespace sonotwin::media
