// SPDX-License-Identifier: Apache-2.0
#include "lanes.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "sonotwin/base/parallel.h"

namespace sonotwin::robot {
namespace {
using Eigen::Vector3d;

constexpr double kTraceStep_mm = 1.0;
constexpr int kAcross = 8;               // rays to each side of the middle, across the face
constexpr int kAlong = 1;                // and along the lane
constexpr double kFaceThickness = 0.25;  // of the face along the lane, share of its width
constexpr double kBesideCosine = 0.25;   // facets that lean more belong to another side of the body
constexpr int kAveragingRounds = 2;
constexpr double kInset_mm = 1e-6;  // rays on the very edge of the body may miss it

/// A point of a lane with the normal averaged over the probe's footprint.
struct Place {
  Vector3d skin_mm;
  Vector3d normal;
};

/// What the approach meets first at a place seen from above.
std::optional<Hit> seenFromAbove(const TriangleTree& tree, double x_mm, double y_mm) {
  const Eigen::AlignedBox3d& box = tree.bounds_mm();
  const Vector3d above(x_mm, y_mm, box.max().z() + 1.0);
  const auto hit = tree.firstHit(above, -Vector3d::UnitZ(), box.sizes().z() + 2.0);
  return hit && hit->normal.z() >= kBesideCosine ? hit : std::nullopt;
}

/// Mean normal of the surface under a face that lies on it with the normal `face`.
Vector3d averagedNormal(const TriangleTree& tree, const Vector3d& skin_mm, const Vector3d& face,
                        double footprint_mm) {
  const Vector3d across = (Vector3d::UnitY() - face.y() * face).normalized();
  const Vector3d along = across.cross(face);
  const double half_mm = 0.5 * footprint_mm;
  Vector3d sum = Vector3d::Zero();
  for (int i = -kAcross; i <= kAcross; ++i) {
    for (int j = -kAlong; j <= kAlong; ++j) {
      const Vector3d under =
          skin_mm + half_mm * i / kAcross * across + half_mm * kFaceThickness * j / kAlong * along;
      const auto hit = seenFromAbove(tree, under.x(), under.y());
      if (hit && std::abs((hit->point - under).dot(face)) <= half_mm) sum += hit->normal;
    }
  }
  return sum.norm() > 0.0 ? Vector3d(sum.normalized()) : face;
}

std::optional<Place> placeAt(const Body& body, double x_mm, double y_mm, double footprint_mm) {
  const auto hit = seenFromAbove(body.tree, x_mm, y_mm);
  if (!hit) return std::nullopt;
  // First for an upright face, whatever the facet in the middle: the body may be smaller than it.
  Vector3d normal = Vector3d::UnitZ();
  for (int round = 0; round < kAveragingRounds; ++round) {
    normal = averagedNormal(body.tree, hit->point, normal, footprint_mm);
  }
  return Place{hit->point, normal};
}

/// Tool axes for a surface normal and the direction of the path.
Contact contactAt(const Place& place, const Vector3d& path, double max_tilt_rad) {
  const double lean_rad = std::acos(std::clamp(place.normal.z(), -1.0, 1.0));
  Contact contact{place.skin_mm, Eigen::Matrix3d::Identity(), lean_rad > max_tilt_rad + 1e-9};
  Vector3d outward = place.normal;
  if (contact.clamped) {
    const Vector3d axis = Vector3d::UnitZ().cross(place.normal).normalized();
    outward = Eigen::AngleAxisd(max_tilt_rad, axis) * Vector3d::UnitZ();
  }
  const Vector3d z = -outward;
  const Vector3d x = (path - path.dot(z) * z).normalized();
  contact.axes << x, z.cross(x), z;
  return contact;
}

std::vector<double> arcLength_mm(const std::vector<Place>& run) {
  std::vector<double> arc_mm = {0.0};
  for (std::size_t i = 1; i < run.size(); ++i) {
    arc_mm.push_back(arc_mm.back() + (run[i].skin_mm - run[i - 1].skin_mm).norm());
  }
  return arc_mm;
}

/// Places at equal arc length along a traced run, at most a step apart.
std::vector<Place> resampled(const Body& body, const std::vector<Place>& run, double y_mm,
                             const PlanOptions& options) {
  const std::vector<double> arc_mm = arcLength_mm(run);
  const int steps = static_cast<int>(std::ceil(arc_mm.back() / options.step_mm - 1e-9));
  std::vector<Place> places;
  for (int k = 0; k <= steps; ++k) {
    const double wanted_mm = arc_mm.back() * k / steps;
    const auto found = std::ranges::lower_bound(arc_mm, wanted_mm) - arc_mm.begin();
    const auto i = std::clamp<std::size_t>(static_cast<std::size_t>(found), 1, run.size() - 1);
    const double length_mm = arc_mm[i] - arc_mm[i - 1];
    const double share =
        length_mm > 0.0 ? std::min((wanted_mm - arc_mm[i - 1]) / length_mm, 1.0) : 0.0;
    const double x_mm = std::lerp(run[i - 1].skin_mm.x(), run[i].skin_mm.x(), share);
    if (auto place = placeAt(body, x_mm, y_mm, options.footprint_mm)) places.push_back(*place);
  }
  return places;
}

void addPiece(const Body& body, const std::vector<Place>& run, int lane, double y_mm,
              const PlanOptions& options, Lanes& lanes) {
  if (run.empty()) return;
  if (arcLength_mm(run).back() < 2.0 * options.step_mm) {
    ++lanes.too_short;
    return;
  }
  const std::vector<Place> places = resampled(body, run, y_mm, options);
  if (places.size() < 2) return;
  Piece piece{.lane = lane, .contacts = {}};
  const double max_tilt_rad = options.max_tilt_deg * std::numbers::pi / 180.0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::size_t before = i > 0 ? i - 1 : 0;
    const std::size_t after = std::min(i + 1, places.size() - 1);
    const Vector3d path = places[after].skin_mm - places[before].skin_mm;
    piece.contacts.push_back(contactAt(places[i], path, max_tilt_rad));
  }
  lanes.pieces.push_back(std::move(piece));
}

/// Steps along one lane and cuts it where the body ends or is too steep.
Lanes traceLane(const Body& body, int lane, double y_mm, const PlanOptions& options) {
  const Eigen::AlignedBox3d& box = body.tree.bounds_mm();
  const double least_cosine = std::cos(steepLimit_rad(options));
  const double longest_step_mm = std::min(kTraceStep_mm, 0.5 * options.step_mm);
  const double begin_mm = box.min().x() + kInset_mm;
  const double length_mm = box.sizes().x() - 2.0 * kInset_mm;
  const int steps = std::max(1, static_cast<int>(std::ceil(length_mm / longest_step_mm)));
  const double cliff_mm = 2.0 * longest_step_mm / least_cosine;
  Lanes lanes;
  std::vector<Place> run;
  for (int i = 0; i <= steps; ++i) {
    const auto place = placeAt(body, begin_mm + length_mm * i / steps, y_mm, options.footprint_mm);
    const bool reachable = place && place->normal.z() >= least_cosine;
    const bool cliff = reachable && !run.empty() &&
                       std::abs(place->skin_mm.z() - run.back().skin_mm.z()) > cliff_mm;
    if (!reachable || cliff) {
      addPiece(body, run, lane, y_mm, options, lanes);
      run.clear();
    }
    if (reachable) run.push_back(*place);
  }
  addPiece(body, run, lane, y_mm, options, lanes);
  return lanes;
}

bool under(const Contact& contact, const Vector3d& point, const PlanOptions& options) {
  const Vector3d local = contact.axes.transpose() * (point - contact.skin_mm);
  return std::abs(local.x()) <= 0.5 * options.step_mm * (1.0 + 1e-6) &&
         std::abs(local.y()) <= 0.5 * options.footprint_mm * (1.0 + 1e-6) &&
         std::abs(local.z()) <= 0.5 * options.footprint_mm;
}

bool under(const Lanes& lanes, const Vector3d& point, const PlanOptions& options) {
  const double reach_mm = options.footprint_mm + options.step_mm;
  return std::ranges::any_of(lanes.pieces, [&](const Piece& piece) {
    if (std::abs(piece.contacts.front().skin_mm.y() - point.y()) > reach_mm) return false;
    const auto x_of = [](const Contact& contact) { return contact.skin_mm.x(); };
    const auto begin = std::ranges::lower_bound(piece.contacts, point.x() - reach_mm, {}, x_of);
    const auto end = std::ranges::upper_bound(piece.contacts, point.x() + reach_mm, {}, x_of);
    return std::any_of(begin, end, [&](const Contact& c) { return under(c, point, options); });
  });
}
}  // namespace

Lanes traceLanes(const Body& body, const std::vector<double>& offsets_mm,
                 const PlanOptions& options, const Progress& progress) {
  std::vector<Lanes> traced(offsets_mm.size());
  parallelFor(offsets_mm.size(), 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      progress.throwIfCancelled();
      traced[i] = traceLane(body, static_cast<int>(i), offsets_mm[i], options);
    }
  });
  Lanes all;
  for (Lanes& lanes : traced) {
    std::ranges::move(lanes.pieces, std::back_inserter(all.pieces));
    all.too_short += lanes.too_short;
  }
  return all;
}

double coverage(const HeightMap& map, const Lanes& lanes, const PlanOptions& options) {
  std::vector<std::array<double, 2>> rows(static_cast<std::size_t>(map.rows));
  parallelFor(rows.size(), 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      for (int col = 0; col < map.cols; ++col) {
        const HeightMap::Cell& cell = map.at(static_cast<int>(row), col);
        if (!cell.reachable) continue;
        rows[row][0] += cell.area_mm2;
        const Vector3d point = map.point(static_cast<int>(row), col);
        if (under(lanes, point, options)) rows[row][1] += cell.area_mm2;
      }
    }
  });
  double reachable_mm2 = 0.0;
  double covered_mm2 = 0.0;
  for (const auto& [reachable, covered] : rows) {
    reachable_mm2 += reachable;
    covered_mm2 += covered;
  }
  return reachable_mm2 > 0.0 ? covered_mm2 / reachable_mm2 : 0.0;
}

}  // namespace sonotwin::robot
