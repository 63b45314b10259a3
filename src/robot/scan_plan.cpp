// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/robot/scan_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "body.h"
#include "height_map.h"
#include "lanes.h"
#include "sonotwin/base/error.h"

namespace sonotwin::robot {
namespace {
using Eigen::Vector3d;

constexpr double kNearer_mm = 0.1;  // a standoff short by more than this is worth a note

void require(bool holds, const char* rule) {
  if (!holds) throwBadInput(std::string("A scan plan needs ") + rule + ".");
}

void validate(const PlanOptions& o) {
  const auto positive = [](double value) { return std::isfinite(value) && value > 0.0; };
  require(positive(o.footprint_mm) && o.footprint_mm <= 300.0, "a footprint above 0 and up to 300 mm");
  require(o.overlap >= 0.0 && o.overlap <= 0.9, "an overlap from 0 to 0.9");
  require(o.step_mm >= 0.1 && o.step_mm <= 50.0, "a step from 0.1 to 50 mm");
  require(o.standoff_mm >= 0.0 && o.standoff_mm <= 200.0, "a standoff from 0 to 200 mm");
  require(o.max_tilt_deg >= 0.0 && o.max_tilt_deg <= 75.0, "a largest tilt from 0 to 75 degrees");
  require(positive(o.speed_mm_s), "a speed above 0");
  require(positive(o.max_turn_deg_s), "a turning speed above 0");
  require(o.lift_mm >= 0.0 && o.lift_mm <= 500.0, "a lift from 0 to 500 mm");
  require(o.approach.allFinite() && o.approach.norm() > 1e-6, "an approach direction");
}

/// The tool on its way, in the frame of the plan.
struct Stop {
  Vector3d face_mm;
  Eigen::Quaterniond axes;
  Vector3d skin_mm;  ///< of a contact
  int lane = 0;
  bool contact = false;
};

std::string percent(double share) {
  return std::to_string(std::lround(100.0 * share)) + " %";
}

/// Strings contacts and lift-offs together.
class Path {
 public:
  Path(const Body& body, const PlanOptions& options) : tree_(body.tree), options_(options) {}

  void follow(const Piece& piece, bool backwards) {
    std::vector<Stop> stops;
    for (const Contact& contact : piece.contacts) {
      stops.push_back({contact.skin_mm - options_.standoff_mm * contact.axes.col(2),
                       Eigen::Quaterniond(contact.axes), contact.skin_mm, piece.lane, true});
    }
    if (backwards) std::ranges::reverse(stops);
    moveTo(stops.front());
    stops_.insert(stops_.end(), stops.begin(), stops.end());
  }

  void leave() {
    const Stop last = stops_.back();
    travel(last, raised(last, last.face_mm.z() + options_.lift_mm), true);
  }
  [[nodiscard]] const std::vector<Stop>& stops() const { return stops_; }

 private:
  static Stop raised(Stop stop, double height_mm) {
    stop.face_mm.z() = height_mm;
    stop.contact = false;
    return stop;
  }

  void moveTo(const Stop& next) {
    if (stops_.empty()) {
      const Stop above = raised(next, next.face_mm.z() + options_.lift_mm);
      stops_.push_back(above);
      return travel(above, next, false);
    }
    const Stop last = stops_.back();
    const double height_mm = highest(last.face_mm, next.face_mm) + options_.lift_mm;
    Stop over_next = raised(next, height_mm);
    over_next.lane = last.lane;
    const Stop over_last = raised(last, height_mm);
    travel(last, over_last, true);
    travel(over_last, over_next, true);
    travel(raised(next, height_mm), next, false);
  }

  /// Of the body and the tool between two places.
  [[nodiscard]] double highest(const Vector3d& a, const Vector3d& b) const {
    double height_mm = std::max(a.z(), b.z());
    const double above_mm = tree_.bounds_mm().max().z() + 1.0;
    const int steps = std::max(1, static_cast<int>(std::ceil((b - a).norm() / options_.step_mm)));
    for (int i = 0; i <= steps; ++i) {
      Vector3d from = a + (b - a) * i / steps;
      from.z() = above_mm;
      const auto hit = tree_.firstHit(from, -Vector3d::UnitZ(), above_mm - height_mm);
      if (hit) height_mm = std::max(height_mm, hit->point.z());
    }
    return height_mm;
  }

  /// Straight through the air in steps; the first place is there already.
  void travel(const Stop& from, const Stop& to, bool with_last) {
    const double length_mm = (to.face_mm - from.face_mm).norm();
    const int steps = std::max(1, static_cast<int>(std::ceil(length_mm / options_.step_mm)));
    for (int i = 1; i < steps + (with_last ? 1 : 0); ++i) {
      const double share = static_cast<double>(i) / steps;
      Stop stop = to;
      stop.contact = false;
      stop.face_mm = from.face_mm + share * (to.face_mm - from.face_mm);
      stop.axes = from.axes.slerp(share, to.axes);
      stops_.push_back(stop);
    }
  }

  const TriangleTree& tree_;
  const PlanOptions& options_;
  std::vector<Stop> stops_;
};

/// Time between two stops at the allowed speed of the face, of the skin under it, and of turning.
double stepTime_s(const Stop& a, const Stop& b, const PlanOptions& options) {
  const double skin_mm = a.contact && b.contact ? (b.skin_mm - a.skin_mm).norm() : 0.0;
  const double moved_mm = std::max((b.face_mm - a.face_mm).norm(), skin_mm);
  const double turned_deg = a.axes.angularDistance(b.axes) * 180.0 / std::numbers::pi;
  // A pause of a microsecond keeps time rising where the tool neither moves nor turns.
  return std::max({moved_mm / options.speed_mm_s, turned_deg / options.max_turn_deg_s, 1e-6});
}

void setPoses(const Body& body, const std::vector<Stop>& stops, const PlanOptions& options,
              ScanPlan& plan) {
  const double reach_mm =
      options.standoff_mm + options.lift_mm + body.tree.bounds_mm().diagonal().norm();
  for (std::size_t i = 0; i < stops.size(); ++i) {
    const Stop& stop = stops[i];
    if (i > 0) plan.duration_s += stepTime_s(stops[i - 1], stop, options);
    if (i > 0 && stop.contact && stops[i - 1].contact) {
      plan.length_mm += (stop.face_mm - stops[i - 1].face_mm).norm();
    }
    Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
    matrix.topLeftCorner<3, 3>() = body.world_from_plan * stop.axes.toRotationMatrix();
    matrix.topRightCorner<3, 1>() = body.world_from_plan * stop.face_mm;
    const Vector3d into = stop.axes * Vector3d::UnitZ();
    // From a hair behind the face, so that a standoff of 0 meets the skin it touches.
    constexpr double kBehind_mm = 1e-3;
    const auto hit = body.tree.firstHit(stop.face_mm - kBehind_mm * into, into, reach_mm);
    const double standoff_mm = hit ? std::max(hit->distance_mm - kBehind_mm, 0.0)
                                   : std::numeric_limits<double>::quiet_NaN();
    plan.poses.push_back(
        {WorldFromTool(matrix), plan.duration_s, stop.lane, standoff_mm, stop.contact});
  }
}

/// Area that faces the approach but lies under another part of the body, share of what faces it.
double shadowedShare(const Body& body, double steep_limit_rad) {
  const double reach_mm = body.tree.bounds_mm().diagonal().norm();
  double facing = 0.0;
  double hidden = 0.0;
  for (const Triangle& triangle : body.tree.triangles()) {
    const double twice_area = triangle.areaNormal().norm();
    const Vector3d normal = triangle.areaNormal() / twice_area;
    if (normal.z() < std::cos(steep_limit_rad)) continue;
    facing += twice_area;
    const Vector3d start = triangle.centre() + 1e-3 * normal;
    if (body.tree.firstHit(start, Vector3d::UnitZ(), reach_mm)) hidden += twice_area;
  }
  return facing > 0.0 ? hidden / facing : 0.0;
}

double steepShare(const HeightMap& map) {
  double seen_mm2 = 0.0;
  double steep_mm2 = 0.0;
  for (const HeightMap::Cell& cell : map.cells) {
    if (!cell.met) continue;
    seen_mm2 += cell.area_mm2;
    if (!cell.reachable) steep_mm2 += cell.area_mm2;
  }
  return seen_mm2 > 0.0 ? steep_mm2 / seen_mm2 : 0.0;
}

std::vector<std::string> notes(const Body& body, const HeightMap& map, const Lanes& lanes,
                               const ScanPlan& plan, const PlanOptions& options) {
  std::vector<std::string> notes;
  const double steep = steepShare(map);
  const auto limit_deg = std::to_string(std::lround(options.max_tilt_deg + kSteepMargin_deg));
  if (steep > 0.005) {
    notes.push_back("Too steep: " + percent(steep) +
                    " of the side seen from above leans more than " + limit_deg +
                    " degrees and was left out.");
  }
  const double shadowed = shadowedShare(body, steepLimit_rad(options));
  if (shadowed > 0.005) {
    notes.push_back("Shadowed: " + percent(shadowed) +
                    " of the facing surface lies under another part of the body.");
  }
  std::size_t clamped = 0;
  for (const Piece& piece : lanes.pieces) {
    clamped +=
        static_cast<std::size_t>(std::ranges::count(piece.contacts, true, &Contact::clamped));
  }
  if (clamped > 0) {
    notes.push_back("Tilt limited: at " + std::to_string(clamped) +
                    " poses the surface leans more than the probe may tilt.");
  }
  if (lanes.too_short > 0) {
    notes.push_back("Left out: " + std::to_string(lanes.too_short) +
                    " pieces of lanes shorter than two steps.");
  }
  const auto nearer = std::ranges::count_if(plan.poses, [&](const PlanPose& pose) {
    return pose.contact && !(pose.standoff_mm >= options.standoff_mm - kNearer_mm);
  });
  if (nearer > 0) {
    notes.push_back("Closer than asked: at " + std::to_string(nearer) +
                    " poses the body is nearer to the face than the standoff.");
  }
  return notes;
}
}  // namespace

ScanPlan planScan(const media::Surface& surface, const PlanOptions& options,
                  const Progress& progress) {
  validate(options);
  progress.report(0.0, "looking at the surface");
  const Body body = makeBody(surface, options);
  progress.report(0.1, "looking at the surface");
  const HeightMap map = makeHeightMap(body, options);
  progress.report(0.2, "laying lanes");
  const double spacing_mm = options.footprint_mm * (1.0 - options.overlap);
  const auto offsets_mm = laneOffsets_mm(map, spacing_mm, steepLimit_rad(options));
  const Lanes lanes = traceLanes(body, offsets_mm, options, progress);
  progress.report(0.7, "joining lanes");
  if (lanes.pieces.empty()) {
    throwBadInput(
        "Nothing of the surface can be reached: it is too steep or too small for this probe.");
  }
  Path path(body, options);
  for (std::size_t i = 0; i < lanes.pieces.size();) {
    const int lane = lanes.pieces[i].lane;
    std::size_t end = i;
    while (end < lanes.pieces.size() && lanes.pieces[end].lane == lane) ++end;
    const bool backwards = lane % 2 == 1;
    for (std::size_t k = i; k < end; ++k) {
      path.follow(lanes.pieces[backwards ? end - 1 - (k - i) : k], backwards);
    }
    i = end;
  }
  path.leave();

  ScanPlan plan;
  plan.world = surface.world;
  plan.lane_count = static_cast<int>(offsets_mm.size());
  setPoses(body, path.stops(), options, plan);
  progress.report(0.8, "measuring coverage");
  plan.coverage = coverage(map, lanes, options);
  progress.report(0.9, "measuring coverage");
  plan.notes = notes(body, map, lanes, plan, options);
  progress.report(1.0);
  return plan;
}

}  // namespace sonotwin::robot
