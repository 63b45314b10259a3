// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "sonotwin/media/clip.h"

namespace sonotwin::scene {

/// Poses of the placed frames, in frame order.
[[nodiscard]] std::vector<media::WorldFromImage> placedPoses(const media::Clip& clip);

/// How a sweep lies in its world: unit directions, perpendicular to each other.
struct SweepAxes {
  Eigen::Vector3d centre_mm;  ///< mean centre of the sectors
  Eigen::Vector3d depth;      ///< away from the probe
  Eigen::Vector3d along;      ///< from the first frame to the last
  Eigen::Vector3d across;     ///< perpendicular to both, to the marked side of the probe
};

/// Mean directions over the placed frames; none where no frame is placed. Where the probe hardly
/// moved (less than 1 mm across the depth), `along` is the normal of the frames.
[[nodiscard]] std::optional<SweepAxes> sweepAxes(const media::Clip& clip);

/// Outline of the ultrasound in an image of [rows x cols], in pixels (col, row), pixel edges
/// included: fan and rectangle cut to the image. Empty where nothing is left.
[[nodiscard]] std::vector<Eigen::Vector2d> sectorOutline(const media::ScanSector& sector, int rows,
                                                         int cols);

/// Where the middle of the probe's face touches the image, in pixels (col, row).
[[nodiscard]] Eigen::Vector2d probeFace(const media::ScanSector& sector, int cols);

/// The placed frame whose plane passes nearest to a point of the world, among those whose sector
/// holds the point's foot; none where no sector does.
[[nodiscard]] std::optional<int> nearestFrame(const media::Clip& clip,
                                              const Eigen::Vector3d& world_mm);

}  // namespace sonotwin::scene
