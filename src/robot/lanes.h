// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "body.h"
#include "height_map.h"

namespace sonotwin::robot {

/// The probe at one place of the skin, in the frame of the plan.
struct Contact {
  Eigen::Vector3d skin_mm;  ///< the point under the middle of the face
  Eigen::Matrix3d axes;     ///< columns x, y, z of the tool
  bool clamped = false;     ///< the surface leans more than the probe may
};

/// An uninterrupted stretch of a lane, in order of x.
struct Piece {
  int lane = 0;
  std::vector<Contact> contacts;
};

struct Lanes {
  std::vector<Piece> pieces;
  int too_short = 0;  ///< stretches of less than two steps, left out
};

/// Follows each lane over the body and places the probe at equal arc length. Lanes are traced on
/// several threads, which only ask `progress` whether to go on. @throws Error(kCancelled)
[[nodiscard]] Lanes traceLanes(const Body& body, const std::vector<double>& offsets_mm,
                               const PlanOptions& options, const Progress& progress);

/// Share of the map's reachable area that lies under the probe's face at some contact.
[[nodiscard]] double coverage(const HeightMap& map, const Lanes& lanes, const PlanOptions& options);

}  // namespace sonotwin::robot
