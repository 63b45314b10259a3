// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {

/// Frames that sample an analytic field.
struct Sweep {
  int rows = 0;
  int cols = 0;
  media::ScanSector sector;
  std::vector<PlacedFrame> frames;
  std::vector<media::Image> images;

  [[nodiscard]] VoxelResult reconstruct(const VoxelOptions& options,
                                        const Progress& progress = {}) const {
    return reconstructVoxels(
        frames, rows, cols, sector,
        [this](int index) { return images[static_cast<std::size_t>(index)]; }, options, progress);
  }
};

using Field = std::function<double(const Eigen::Vector3d& world_mm)>;

inline media::Image sampled(const Field& field, const media::WorldFromImage& pose, int rows,
                            int cols) {
  media::Image image(rows, cols);
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      const double level = field(pose(Eigen::Vector3d(col, row, 0.0)));
      image.samples<std::uint8_t>()[static_cast<std::size_t>(row * cols + col)] =
          static_cast<std::uint8_t>(std::clamp(std::lround(level), 0L, 255L));
    }
  }
  return image;
}

/// A hand-held sweep along z that rocks and drifts, its pixels 0.2 mm and slightly skewed.
inline media::WorldFromImage handHeldPose(int frame, double advance_mm) {
  Eigen::Matrix4d pixels = Eigen::Matrix4d::Identity();
  pixels.diagonal().head<3>().setConstant(0.2);
  pixels(0, 1) = 0.004;
  const Eigen::Affine3d probe =
      Eigen::Translation3d(5.3 + 0.8 * std::sin(frame * 0.1), -7.1, 31.7 + advance_mm * frame) *
      Eigen::AngleAxisd(0.21 + 0.05 * std::sin(frame * 0.07),
                        Eigen::Vector3d(0.3, 0.5, -0.2).normalized());
  return media::WorldFromImage(Eigen::Matrix4d(probe.matrix() * pixels));
}

inline Sweep handHeldSweep(const Field& field, int frames, double advance_mm, int rows = 90,
                           int cols = 110) {
  Sweep sweep{rows, cols, {}, {}, {}};
  for (int i = 0; i < frames; ++i) {
    sweep.frames.push_back({handHeldPose(i, advance_mm), i});
    sweep.images.push_back(sampled(field, sweep.frames.back().world_from_image, rows, cols));
  }
  return sweep;
}

/// Frames in the plane z = `z_mm`, pixels `pixel_mm`, image x and y along the world's.
inline media::WorldFromImage flatPose(double x_mm, double y_mm, double z_mm, double pixel_mm) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.diagonal().head<3>().setConstant(pixel_mm);
  matrix.topRightCorner<3, 1>() << x_mm, y_mm, z_mm;
  return media::WorldFromImage(matrix);
}

inline Grid gridAt(const Eigen::Vector3d& origin_mm, double spacing_mm,
                   const std::array<int, 3>& dims) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.diagonal().head<3>().setConstant(spacing_mm);
  matrix.topRightCorner<3, 1>() = origin_mm;
  return {dims, media::WorldFromVoxel(matrix)};
}

inline media::Image uniform(int rows, int cols, std::uint8_t level) {
  media::Image image(rows, cols);
  std::ranges::fill(image.samples<std::uint8_t>(), level);
  return image;
}

}  // namespace sonotwin::reconstruct
