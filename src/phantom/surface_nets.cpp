// SPDX-License-Identifier: Apache-2.0
#include "surface_nets.h"

#include <array>
#include <cstdint>
#include <vector>

#include "sonotwin/base/parallel.h"

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;
using Eigen::Vector3i;

constexpr std::uint32_t kNoVertex = 0xFFFFFFFF;
constexpr int kNewtonSteps = 6;

/// Signed distances on the nodes of a grid that holds the shape with two cells to spare.
class DistanceGrid {
 public:
  DistanceGrid(const Shape& shape, double spacing_mm)
      : spacing_mm_(spacing_mm),
        origin_mm_(shape.bounds_mm().min() - Vector3d::Constant(2.0 * spacing_mm)),
        nodes_((shape.bounds_mm().sizes() / spacing_mm).array().ceil().cast<int>() + 5) {
    distances_mm_.resize(static_cast<std::size_t>(nodes_.x()) * nodes_.y() * nodes_.z());
    const std::size_t rows = static_cast<std::size_t>(nodes_.y()) * nodes_.z();
    parallelFor(rows, 0, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        for (int i = 0; i < nodes_.x(); ++i) {
          const std::size_t at = row * nodes_.x() + i;
          distances_mm_[at] = shape.distanceWithin_mm(position(nodeAt(at)), 3.0 * spacing_mm_);
        }
      }
    });
  }

  [[nodiscard]] std::size_t size() const { return distances_mm_.size(); }
  [[nodiscard]] const Vector3i& nodes() const { return nodes_; }
  [[nodiscard]] std::size_t index(const Vector3i& node) const {
    return (static_cast<std::size_t>(node.z()) * nodes_.y() + node.y()) * nodes_.x() + node.x();
  }
  [[nodiscard]] Vector3i nodeAt(std::size_t index) const {
    const auto row = index / nodes_.x();
    return {static_cast<int>(index % nodes_.x()), static_cast<int>(row % nodes_.y()),
            static_cast<int>(row / nodes_.y())};
  }
  [[nodiscard]] Vector3d position(const Vector3i& node) const {
    return origin_mm_ + spacing_mm_ * node.cast<double>();
  }
  [[nodiscard]] double distance_mm(const Vector3i& node) const {
    return distances_mm_[index(node)];
  }

 private:
  double spacing_mm_;
  Vector3d origin_mm_;
  Vector3i nodes_;
  std::vector<double> distances_mm_;
};

Vector3i corner(const Vector3i& cell, int bits) {
  return cell + Vector3i(bits & 1, bits >> 1 & 1, bits >> 2 & 1);
}

/// Mean of the wall's crossings with the cell's edges, or false where there is none.
bool cellVertex(const DistanceGrid& grid, const Vector3i& cell, Vector3d& vertex) {
  Vector3d sum = Vector3d::Zero();
  int crossings = 0;
  for (int from = 0; from < 8; ++from) {
    for (int axis = 0; axis < 3; ++axis) {
      const int to = from | (1 << axis);
      if (to == from) continue;
      const double a = grid.distance_mm(corner(cell, from));
      const double b = grid.distance_mm(corner(cell, to));
      if ((a < 0.0) == (b < 0.0)) continue;
      const Vector3d start = grid.position(corner(cell, from));
      sum += start + a / (a - b) * (grid.position(corner(cell, to)) - start);
      ++crossings;
    }
  }
  if (crossings > 0) vertex = sum / crossings;
  return crossings > 0;
}

Vector3d ontoWall(const Shape& shape, Vector3d point) {
  for (int i = 0; i < kNewtonSteps; ++i) {
    const double distance_mm = shape.distance_mm(point);
    if (std::abs(distance_mm) < 1e-7) break;
    point -= distance_mm * shape.normal(point);
  }
  return point;
}

void addQuad(media::Surface& surface, const std::array<std::uint32_t, 4>& q) {
  const auto length = [&](int a, int b) {
    const auto& pa = surface.vertices_mm[q[a]];
    const auto& pb = surface.vertices_mm[q[b]];
    return std::hypot(pa[0] - pb[0], pa[1] - pb[1], pa[2] - pb[2]);
  };
  if (length(0, 2) <= length(1, 3)) {
    surface.triangles.push_back({q[0], q[1], q[2]});
    surface.triangles.push_back({q[0], q[2], q[3]});
  } else {
    surface.triangles.push_back({q[1], q[2], q[3]});
    surface.triangles.push_back({q[1], q[3], q[0]});
  }
}

std::vector<std::uint32_t> addVertices(const Shape& shape, const DistanceGrid& grid,
                                       media::Surface& surface) {
  std::vector<std::uint32_t> vertex_of_cell(grid.size(), kNoVertex);
  for (std::size_t at = 0; at < grid.size(); ++at) {
    const Vector3i cell = grid.nodeAt(at);
    if (((cell.array() + 1) >= grid.nodes().array()).any()) continue;
    Vector3d vertex;
    if (!cellVertex(grid, cell, vertex)) continue;
    const Eigen::Vector3f on_wall = ontoWall(shape, vertex).cast<float>();
    vertex_of_cell[at] = static_cast<std::uint32_t>(surface.vertices_mm.size());
    surface.vertices_mm.push_back({on_wall.x(), on_wall.y(), on_wall.z()});
  }
  return vertex_of_cell;
}
}  // namespace

media::Surface surfaceNets(const Shape& shape, double spacing_mm) {
  const DistanceGrid grid(shape, spacing_mm);
  media::Surface surface;
  const std::vector<std::uint32_t> vertex_of_cell = addVertices(shape, grid, surface);
  for (std::size_t at = 0; at < grid.size(); ++at) {
    const Vector3i node = grid.nodeAt(at);
    for (int axis = 0; axis < 3; ++axis) {
      const Vector3i next = node + Vector3i::Unit(axis);
      if (next[axis] >= grid.nodes()[axis]) continue;
      const bool inside = grid.distance_mm(node) < 0.0;
      if (inside == (grid.distance_mm(next) < 0.0)) continue;
      // The cells around the edge, counter-clockwise seen from the edge's end.
      const Vector3i back = Vector3i::Unit((axis + 1) % 3);
      const Vector3i down = Vector3i::Unit((axis + 2) % 3);
      std::array<std::uint32_t, 4> quad = {
          vertex_of_cell[grid.index(node - back - down)], vertex_of_cell[grid.index(node - down)],
          vertex_of_cell[grid.index(node)], vertex_of_cell[grid.index(node - back)]};
      if (!inside) std::swap(quad[1], quad[3]);
      addQuad(surface, quad);
    }
  }
  return surface;
}

}  // namespace sonotwin::phantom
