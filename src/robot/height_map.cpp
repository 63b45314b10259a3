// SPDX-License-Identifier: Apache-2.0
#include "height_map.h"

#include <algorithm>
#include <cmath>

#include "sonotwin/base/parallel.h"

namespace sonotwin::robot {
namespace {
using Eigen::Vector3d;

constexpr double kMostCells = 250000.0;
constexpr int kCellsPerFootprint = 24;

HeightMap emptyMap(const Body& body, const PlanOptions& options) {
  const Eigen::AlignedBox3d& box = body.tree.bounds_mm();
  const Eigen::Vector2d size_mm = box.sizes().head<2>();
  const double pitch_mm =
      std::max(std::min(options.step_mm, options.footprint_mm / kCellsPerFootprint),
               std::sqrt(size_mm.prod() / kMostCells));
  HeightMap map;
  map.origin_mm = box.min().head<2>();
  map.cols = std::max(1, static_cast<int>(std::ceil(size_mm.x() / pitch_mm)));
  map.rows = std::max(1, static_cast<int>(std::ceil(size_mm.y() / pitch_mm)));
  map.pitch_mm = {size_mm.x() / map.cols, size_mm.y() / map.rows};
  map.cells.resize(static_cast<std::size_t>(map.rows) * static_cast<std::size_t>(map.cols));
  return map;
}

/// Sums over a window of 2 * half + 1 in one direction; `stride` steps along it.
void sumAlong(std::vector<Vector3d>& values, int lines, int line_stride, int count, int stride,
              int half) {
  std::vector<Vector3d> line(static_cast<std::size_t>(count));
  for (int l = 0; l < lines; ++l) {
    for (int i = 0; i < count; ++i) {
      line[static_cast<std::size_t>(i)] =
          values[static_cast<std::size_t>(l * line_stride + i * stride)];
    }
    Vector3d sum = Vector3d::Zero();
    for (int i = -half; i < count; ++i) {
      if (i + half < count) sum += line[static_cast<std::size_t>(i + half)];
      if (i - half - 1 >= 0) sum -= line[static_cast<std::size_t>(i - half - 1)];
      if (i >= 0) values[static_cast<std::size_t>(l * line_stride + i * stride)] = sum;
    }
  }
}
}  // namespace

HeightMap makeHeightMap(const Body& body, const PlanOptions& options) {
  HeightMap map = emptyMap(body, options);
  const double top_mm = body.tree.bounds_mm().max().z() + 1.0;
  const double drop_mm = body.tree.bounds_mm().sizes().z() + 2.0;
  std::vector<Vector3d> normals(map.cells.size(), Vector3d::Zero());
  parallelFor(static_cast<std::size_t>(map.rows), 0, [&](std::size_t begin, std::size_t end) {
    for (auto row = static_cast<int>(begin); row < static_cast<int>(end); ++row) {
      for (int col = 0; col < map.cols; ++col) {
        Vector3d above = map.point(row, col);
        above.z() = top_mm;
        const auto hit = body.tree.firstHit(above, -Vector3d::UnitZ(), drop_mm);
        if (!hit) continue;
        const std::size_t at = static_cast<std::size_t>(row) * map.cols + col;
        map.cells[at] = {.met = true, .height_mm = hit->point.z()};
        normals[at] = hit->normal;
      }
    }
  });
  const Eigen::Vector2d half = (0.25 * options.footprint_mm * map.pitch_mm.cwiseInverse()).eval();
  sumAlong(normals, map.rows, map.cols, map.cols, 1, static_cast<int>(half.x()));
  sumAlong(normals, map.cols, 1, map.rows, map.cols, static_cast<int>(half.y()));
  const double least_cosine = std::cos(steepLimit_rad(options));
  for (std::size_t i = 0; i < map.cells.size(); ++i) {
    if (!map.cells[i].met) continue;
    const double cosine = normals[i].normalized().z();
    map.cells[i].reachable = cosine >= least_cosine;
    map.cells[i].area_mm2 = map.pitch_mm.prod() / std::max(cosine, 0.1);
  }
  return map;
}

std::vector<double> laneOffsets_mm(const HeightMap& map, double spacing_mm,
                                   double steep_limit_rad) {
  const double pitch_mm = map.pitch_mm.y();
  const double longest_mm = pitch_mm / std::cos(steep_limit_rad);
  std::vector<double> arc_mm;     // from the first row's near edge to each row's far edge
  std::vector<double> offset_mm;  // of those edges
  double sum_mm = 0.0;
  for (int row = 0; row < map.rows; ++row) {
    double widest_mm = 0.0;
    for (int col = 0; col < map.cols; ++col) {
      if (!map.at(row, col).reachable) continue;
      widest_mm = std::max(widest_mm, pitch_mm);
      for (const int next : {row - 1, row + 1}) {
        if (next < 0 || next >= map.rows || !map.at(next, col).reachable) continue;
        const double rise_mm = map.at(next, col).height_mm - map.at(row, col).height_mm;
        widest_mm = std::max(widest_mm, std::min(std::hypot(pitch_mm, rise_mm), longest_mm));
      }
    }
    if (widest_mm == 0.0) continue;
    arc_mm.push_back(sum_mm);
    offset_mm.push_back(map.origin_mm.y() + row * pitch_mm);
    sum_mm += widest_mm;
    arc_mm.push_back(sum_mm);
    offset_mm.push_back(map.origin_mm.y() + (row + 1) * pitch_mm);
  }
  std::vector<double> lanes;
  const int count = static_cast<int>(std::ceil(sum_mm / spacing_mm - 1e-9));
  for (int lane = 0; lane < count; ++lane) {
    const double wanted_mm = (lane + 0.5) * sum_mm / count;
    const auto after = std::ranges::lower_bound(arc_mm, wanted_mm) - arc_mm.begin();
    const auto i = static_cast<std::size_t>(std::max<std::ptrdiff_t>(after, 1));
    const double length_mm = arc_mm[i] - arc_mm[i - 1];
    const double share = length_mm > 0.0 ? (wanted_mm - arc_mm[i - 1]) / length_mm : 0.0;
    lanes.push_back(std::lerp(offset_mm[i - 1], offset_mm[i], share));
  }
  return lanes;
}

}  // namespace sonotwin::robot
