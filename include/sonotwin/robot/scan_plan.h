// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/geometry/transform.h"
#include "sonotwin/media/surface.h"

namespace sonotwin::robot {

using WorldFromTool = geometry::Transform<geometry::World, geometry::Probe>;

struct PlanOptions {
  double footprint_mm = 40.0;  ///< width of the probe's face, across the lane
  double overlap = 0.2;        ///< of neighbouring lanes, [0, 0.9]
  double step_mm = 2.0;        ///< between poses along a lane
  double standoff_mm = 5.0;    ///< probe face to skin, held constant
  double max_tilt_deg = 30.0;  ///< of the probe's axis from the approach direction, [0, 75]
  double speed_mm_s = 15.0;
  double max_turn_deg_s = 30.0;  ///< the tool slows down where the surface turns faster
  double lift_mm = 30.0;         ///< above the surface between lanes
  Eigen::Vector3d approach = {0.0, 0.0, -1.0};  ///< direction into the body; default −z of world
};

/// One pose of the probe: origin at the middle of its face, z into the body, x along the lane (the
/// same way on every lane, so that the picture never mirrors), y = z × x across it. In mm.
struct PlanPose {
  WorldFromTool world_from_tool;
  double time_s = 0.0;
  int lane = 0;
  double standoff_mm = 0.0;  ///< measured along z to the surface; NaN if it is not met
  bool contact = true;       ///< false: lift-off between lanes
};

struct ScanPlan {
  std::vector<PlanPose> poses;
  int lane_count = 0;
  double duration_s = 0.0;
  double length_mm = 0.0;  ///< of the tool's path in contact
  /// Share of the reachable area that some contact pose has under its face: within half a footprint
  /// across and half a step along.
  double coverage = 0.0;
  std::string world;               ///< frame of the poses, the surface's
  std::vector<std::string> notes;  ///< what was skipped and why
};

/// Plans back-and-forth lanes over the side of a closed surface that faces the approach direction,
/// probe along the footprint-averaged normal, at a constant standoff.
///
/// Reachable is what a ray along the approach direction meets first, where the surface leans from
/// it by at most `max_tilt_deg` + 10°; there the probe tilts as far as it may. Lanes run along the
/// longest principal direction of that side, straight seen from above. Their distance, measured
/// along the surface where it is steepest, is at most footprint × (1 − overlap). Poses follow each
/// lane at equal arc length, at most `step_mm` apart, and are never faster than `speed_mm_s` at the
/// skin and at the tool nor turn faster than `max_turn_deg_s`. Between the pieces of the path the
/// tool lifts `lift_mm` above the highest point on its way.
///
/// @throws Error(kBadInput) if an option is out of range, if the surface is empty, open, wound
///         inwards or not finite, or if nothing of it can be reached.
/// @throws Error(kCancelled)
/// Any thread; deterministic. A few seconds for 100,000 triangles.
[[nodiscard]] ScanPlan planScan(const media::Surface& surface, const PlanOptions& options,
                                const Progress& progress = {});

/// JSON for a robot's controller. Lengths in mm, times in s, angles in degrees:
/// `{"format": "sonotwin-scan-plan", "version": 1, "world": name, "units": {...},
///   "options": {every field of PlanOptions}, "lane_count": n, "duration_s": t, "length_mm": l,
///   "coverage": share, "notes": [text], "poses": [{"time_s": t, "lane": n, "contact": bool,
///   "standoff_mm": d or null, "world_from_tool": [16 numbers, row-major]}]}`.
[[nodiscard]] std::string toJson(const ScanPlan& plan, const PlanOptions& options);

}  // namespace sonotwin::robot
