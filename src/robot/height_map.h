// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "body.h"

namespace sonotwin::robot {

/// The body seen from above: what a ray along the approach direction meets first, cell by cell.
struct HeightMap {
  struct Cell {
    bool met = false;        ///< something is there
    bool reachable = false;  ///< and not too steep for the probe
    double height_mm = 0.0;
    double area_mm2 = 0.0;  ///< of the surface in the cell
  };
  Eigen::Vector2d origin_mm;  ///< corner of cell (0, 0)
  Eigen::Vector2d pitch_mm;
  int cols = 0;             ///< along the lanes
  int rows = 0;             ///< across
  std::vector<Cell> cells;  ///< [rows x cols]

  [[nodiscard]] const Cell& at(int row, int col) const {
    return cells[static_cast<std::size_t>(row) * static_cast<std::size_t>(cols) +
                 static_cast<std::size_t>(col)];
  }
  [[nodiscard]] Eigen::Vector3d point(int row, int col) const {
    return {origin_mm.x() + (col + 0.5) * pitch_mm.x(), origin_mm.y() + (row + 0.5) * pitch_mm.y(),
            at(row, col).height_mm};
  }
};

/// Steepness is judged on the normal averaged over about half a footprint.
[[nodiscard]] HeightMap makeHeightMap(const Body& body, const PlanOptions& options);

/// Offsets of the lanes across, so that neighbours are at most `spacing_mm` apart along the
/// surface, even where it is steepest.
[[nodiscard]] std::vector<double> laneOffsets_mm(const HeightMap& map, double spacing_mm,
                                                 double steep_limit_rad);

}  // namespace sonotwin::robot
