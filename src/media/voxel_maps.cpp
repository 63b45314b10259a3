// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/voxel_maps.h"

#include <algorithm>

#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
Volume like(const Volume& volume, PixelType type) {
  Volume map(volume.dims, type, volume.world_from_voxel);
  map.world = volume.world;
  return map;
}

void requireMap(const Volume& volume, const std::vector<std::uint8_t>& map, const char* what) {
  if (map.size() == volume.voxelCount()) return;
  throwNotFound(std::string("The volume was made without ") + what +
                ": reconstruct it anew, with what you need.");
}
}  // namespace

Volume stateVolume(const Volume& volume, const VoxelMaps& maps) {
  requireMap(volume, maps.distance, "a record of which voxels were observed");
  Volume state = like(volume, PixelType::kUint8);
  state.labels = {{1, "observed"}, {2, "interpolated"}};
  std::ranges::transform(maps.distance, state.samples<std::uint8_t>().begin(),
                         [](std::uint8_t tenths) -> std::uint8_t {
                           if (tenths == VoxelMaps::kEmpty) return 0;
                           return tenths == 0 ? 1 : 2;
                         });
  return state;
}

Volume distanceVolume(const Volume& volume, const VoxelMaps& maps) {
  requireMap(volume, maps.distance, "distances to data");
  Volume distance = like(volume, PixelType::kFloat32);
  std::ranges::transform(maps.distance, distance.samples<float>().begin(), [](std::uint8_t tenths) {
    return tenths == VoxelMaps::kEmpty ? -1.0F : 0.1F * static_cast<float>(tenths);
  });
  return distance;
}

Volume uncertaintyVolume(const Volume& volume, const VoxelMaps& maps) {
  requireMap(volume, maps.uncertainty, "uncertainty (reconstruct --uncertainty)");
  requireMap(volume, maps.distance, "a record of which voxels were observed");
  Volume deviation = like(volume, PixelType::kFloat32);
  std::ranges::transform(
      maps.uncertainty, maps.distance, deviation.samples<float>().begin(),
      [](std::uint8_t half_levels, std::uint8_t tenths) {
        return tenths == VoxelMaps::kEmpty ? -1.0F : 0.5F * static_cast<float>(half_levels);
      });
  return deviation;
}

}  // namespace sonotwin::media
