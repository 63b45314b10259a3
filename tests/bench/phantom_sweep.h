// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "sonotwin/base/parallel.h"
#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {

/// Grey level of the phantom: tissue whose texture has waves of 1.1 to 1.4 mm, with bright and dark
/// ellipsoids and a vessel, all with sharp walls.
inline double phantomLevel(const Eigen::Vector3d& p) {
  struct Ellipsoid {
    Eigen::Vector3d centre_mm, radii_mm;
    double level;
  };
  static const std::array kBodies = {Ellipsoid{{20.0, 15.0, 15.0}, {9.0, 7.0, 8.0}, 60.0},
                                     Ellipsoid{{45.0, 25.0, 30.0}, {8.0, 11.0, 12.0}, -55.0},
                                     Ellipsoid{{25.0, 33.0, 45.0}, {10.0, 6.0, 9.0}, 45.0},
                                     Ellipsoid{{52.0, 10.0, 50.0}, {5.0, 5.0, 5.0}, -50.0}};
  double level = 110.0 + 10.0 * std::sin(3.8 * p[0] + 2.8 * p[1]) +
                 9.0 * std::sin(4.2 * p[2] - 3.0 * p[0]) + 8.0 * std::sin(5.2 * p[1] + 2.4 * p[2]);
  for (const Ellipsoid& body : kBodies) {
    const double radius = ((p - body.centre_mm).array() / body.radii_mm.array()).matrix().norm();
    if (radius < 1.0) level += body.level;
  }
  const double from_axis_mm = std::hypot(p[0] - 36.0 - 4.0 * std::sin(0.1 * p[2]), p[1] - 40.0);
  return std::clamp(from_axis_mm < 3.0 ? level - 60.0 : level, 0.0, 255.0);
}

/// A hand-held sweep over the phantom: 640 x 480 pixels of 0.1 mm, steady advance, slow rocking
/// about both axes of the probe.
class PhantomSweep {
 public:
  PhantomSweep(int frames, double advance_mm) : images_(static_cast<std::size_t>(frames)) {
    for (int i = 0; i < frames; ++i) frames_.push_back({poseAt(i * advance_mm), i});
    parallelFor(images_.size(), 0, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) images_[i] = sampled(frames_[i]);
    });
  }

  [[nodiscard]] VoxelResult reconstruct(const VoxelOptions& options) const {
    return reconstructVoxels(
        frames_, kRows, kCols, {},
        [this](int index) { return images_[static_cast<std::size_t>(index)]; }, options,
        Progress());
  }
  [[nodiscard]] double pixelCount() const {
    return static_cast<double>(frames_.size()) * kRows * kCols;
  }

 private:
  static constexpr int kRows = 480, kCols = 640;

  static media::WorldFromImage poseAt(double advance_mm) {
    const double t = advance_mm / 0.2;
    const Eigen::Affine3d pose =
        Eigen::Translation3d(3.0 * std::sin(t * 0.02), 0.0, advance_mm) *
        Eigen::AngleAxisd(0.08 * std::sin(t * 0.03), Eigen::Vector3d::UnitX()) *
        Eigen::AngleAxisd(0.10 * std::cos(t * 0.021), Eigen::Vector3d::UnitY()) *
        Eigen::AngleAxisd(0.06, Eigen::Vector3d::UnitZ()) * Eigen::Scaling(0.1);
    return media::WorldFromImage(pose.matrix());
  }

  /// With noise of 3 grey levels.
  static media::Image sampled(const PlacedFrame& frame) {
    media::Image image(kRows, kCols);
    std::mt19937 random(static_cast<std::mt19937::result_type>(frame.index));
    std::uint8_t* sample = image.samples<std::uint8_t>().data();
    for (int row = 0; row < kRows; ++row) {
      for (int col = 0; col < kCols; ++col) {
        const double noise = (random() >> 8) * 0x1p-24 - 0.5;
        const double level = phantomLevel(frame.world_from_image(Eigen::Vector3d(col, row, 0.0))) +
                             3.0 * std::sqrt(12.0) * noise;
        *sample++ = static_cast<std::uint8_t>(std::clamp(std::lround(level), 0L, 255L));
      }
    }
    return image;
  }

  std::vector<PlacedFrame> frames_;
  std::vector<media::Image> images_;
};

}  // namespace sonotwin::reconstruct
