// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "sonotwin/robot/scan_plan.h"

namespace sonotwin::robot {
namespace {
using Json = nlohmann::ordered_json;

Json optionsJson(const PlanOptions& o) {
  return {{"footprint_mm", o.footprint_mm},
          {"overlap", o.overlap},
          {"step_mm", o.step_mm},
          {"standoff_mm", o.standoff_mm},
          {"max_tilt_deg", o.max_tilt_deg},
          {"speed_mm_s", o.speed_mm_s},
          {"max_turn_deg_s", o.max_turn_deg_s},
          {"lift_mm", o.lift_mm},
          {"approach", {o.approach.x(), o.approach.y(), o.approach.z()}}};
}

Json poseJson(const PlanPose& pose) {
  Json matrix = Json::array();
  for (int row = 0; row < 4; ++row) {
    for (int col = 0; col < 4; ++col) matrix.push_back(pose.world_from_tool.matrix()(row, col));
  }
  return {{"time_s", pose.time_s},
          {"lane", pose.lane},
          {"contact", pose.contact},
          {"standoff_mm", std::isnan(pose.standoff_mm) ? Json(nullptr) : Json(pose.standoff_mm)},
          {"world_from_tool", std::move(matrix)}};
}
}  // namespace

std::string toJson(const ScanPlan& plan, const PlanOptions& options) {
  Json poses = Json::array();
  for (const PlanPose& pose : plan.poses) poses.push_back(poseJson(pose));
  const Json document = {{"format", "sonotwin-scan-plan"},
                         {"version", 1},
                         {"world", plan.world},
                         {"units", {{"length", "mm"}, {"time", "s"}, {"angle", "deg"}}},
                         {"options", optionsJson(options)},
                         {"lane_count", plan.lane_count},
                         {"duration_s", plan.duration_s},
                         {"length_mm", plan.length_mm},
                         {"coverage", plan.coverage},
                         {"notes", plan.notes},
                         {"poses", std::move(poses)}};
  return document.dump(1);
}

}  // namespace sonotwin::robot
