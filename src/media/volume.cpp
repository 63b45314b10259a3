// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/volume.h"

#include <algorithm>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::media {

Volume::Volume(std::array<int, 3> dims, PixelType type, const WorldFromVoxel& world_from_voxel)
    : dims(dims), type(type), world_from_voxel(world_from_voxel) {
  constexpr double kMaxBytes = 8589934592.0;
  const double bytes =
      static_cast<double>(dims[0]) * dims[1] * dims[2] * static_cast<double>(bytesPerSample(type));
  if (std::ranges::min(dims) < 1 || bytes > kMaxBytes) {
    throwBadInput(
        "A volume of " + std::to_string(dims[0]) + " x " + std::to_string(dims[1]) + " x " +
        std::to_string(dims[2]) +
        " voxels cannot be made: choose larger voxels (--spacing-mm) or a smaller region.");
  }
  data.resize(static_cast<std::size_t>(bytes));
}

std::size_t Volume::voxelCount() const noexcept {
  return static_cast<std::size_t>(dims[0]) * static_cast<std::size_t>(dims[1]) *
         static_cast<std::size_t>(dims[2]);
}

std::size_t Volume::index(int i, int j, int k) const noexcept {
  return static_cast<std::size_t>(i) +
         static_cast<std::size_t>(dims[0]) *
             (static_cast<std::size_t>(j) +
              static_cast<std::size_t>(dims[1]) * static_cast<std::size_t>(k));
}

Eigen::Vector3d Volume::spacing_mm() const {
  return world_from_voxel.linear().colwise().norm();
}

}  // namespace sonotwin::media
