// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sonotwin/geometry/transform.h"
#include "sonotwin/media/surface.h"

namespace sonotwin::robot {

using WorldFromTool = geometry::Transform<geometry::World, geometry::Probe>;

struct PlanOptions {
  double footprint_mm = 40.0;       ///< width of the probe's face, across the lane
  double overlap = 0.2;             ///< of neighbouring lanes, [0, 0.9]
  double step_mm = 2.0;             ///< between poses along a lane
  double standoff_mm = 5.0;         ///< probe face to skin, held constant
  double max_tilt_deg = 30.0;       ///< of the probe's axis from the approach direction
  double speed_mm_s = 15.0;
  double lift_mm = 30.0;            ///< above the surface between lanes
  Eigen::Vector3d approach = {0.0, 0.0, -1.0};  ///< direction into the body; default −z of world
};

/// One pose of the probe: z into the body, x along the lane (frame `Probe`), in mm.
struct PlanPose {
  WorldFromTool world_from_tool;
  double time_s = 0.0;
  int lane = 0;
  double standoff_mm = 0.0;   ///< measured along z to the surface
  bool contact = true;        ///< false: lift-off between lanes
};

struct ScanPlan {
  std::vector<PlanPose> poses;
  int lane_count = 0;
  double duration_s = 0.0;
  double length_mm = 0.0;
  double coverage = 0.0;   ///< fraction of the reachable surface within half a footprint of a lane
  std::vector<std::string> notes;  ///< what was skipped and why
};

/// Plans back-and-forth lanes over the side of a closed surface that faces the approach direction,
/// probe along the footprint-averaged normal, at a constant standoff.
/// @throws Error(kBadInput) if nothing of the surface can be reached.
[[nodiscard]] ScanPlan planScan(const media::Surface& surface, const PlanOptions& options);

/// JSON as documented in docs/formats.md.
[[nodiscard]] std::string toJson(const ScanPlan& plan, const PlanOptions& options);

}  // namespace sonotwin::robot
