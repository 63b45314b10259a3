// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sonotwin/geometry/transform.h"
#include "sonotwin/media/image.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::media {

using WorldFromVoxel = geometry::Transform<geometry::World, geometry::Voxel>;

/// A regular grid of samples in space: index i fastest, then j, then k.
struct Volume {
  std::array<int, 3> dims = {0, 0, 0};
  PixelType type = PixelType::kUint8;
  WorldFromVoxel world_from_voxel;  ///< columns are the voxel edges in mm, origin = centre of (0,0,0)
  std::string world = "Reference";  ///< "Reference", "Tracker", "LPS", the file's own
  std::vector<Label> labels;        ///< of a label volume; empty: grey levels
  std::vector<std::byte> data;

  Volume() = default;
  /// Zeroed voxels. @throws Error(kBadInput) if a side is < 1 or the size passes 2^33 bytes.
  Volume(std::array<int, 3> dims, PixelType type, const WorldFromVoxel& world_from_voxel);

  [[nodiscard]] std::size_t voxelCount() const noexcept;
  [[nodiscard]] std::size_t index(int i, int j, int k) const noexcept;
  [[nodiscard]] Eigen::Vector3d spacing_mm() const;
  template <class T>
  [[nodiscard]] std::span<T> samples() {
    return {reinterpret_cast<T*>(data.data()), data.size() / sizeof(T)};
  }
  template <class T>
  [[nodiscard]] std::span<const T> samples() const {
    return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
  }
};

}  // namespace sonotwin::media
