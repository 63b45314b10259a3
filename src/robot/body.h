// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sonotwin/media/surface.h"
#include "sonotwin/robot/scan_plan.h"
#include "triangle_tree.h"

namespace sonotwin::robot {

/// Leaning this much beyond the probe's own limit, the surface still counts as reachable.
inline constexpr double kSteepMargin_deg = 10.0;

/// Largest angle between the approach direction and the inward normal of reachable surface.
[[nodiscard]] double steepLimit_rad(const PlanOptions& options);

/// The body in the frame of the plan: x along the lanes, y across them, z against the approach.
struct Body {
  Eigen::Matrix3d world_from_plan;  ///< a rotation
  TriangleTree tree;
};

/// @throws Error(kBadInput) if the surface is empty, open, wound inwards, not finite, or if none of
///         it faces the approach direction.
[[nodiscard]] Body makeBody(const media::Surface& surface, const PlanOptions& options);

}  // namespace sonotwin::robot
