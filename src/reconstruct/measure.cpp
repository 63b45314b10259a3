// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/measure.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <unordered_map>

#include "sonotwin/base/error.h"
#include "sonotwin/base/parallel.h"
#include "triangle_tree.h"

namespace sonotwin::reconstruct {
namespace {
constexpr double kMm3PerMl = 1000.0;

Eigen::Vector3d vertex(const media::Surface& surface, std::uint32_t index) {
  return Eigen::Vector3f(surface.vertices_mm[index].data()).cast<double>();
}

/// Calls `visit(triangle, a, b, c)` with the corners of every triangle.
template <class Visit>
void forEachTriangle(const media::Surface& surface, const Visit& visit) {
  for (const auto& triangle : surface.triangles) {
    visit(triangle, vertex(surface, triangle[0]), vertex(surface, triangle[1]),
          vertex(surface, triangle[2]));
  }
}

double triangleArea(const Eigen::Vector3d& a, const Eigen::Vector3d& b, const Eigen::Vector3d& c) {
  return 0.5 * (b - a).cross(c - a).norm();
}

/// Distance of each vertex to the other surface, and the area it stands for.
struct Sample {
  double distance_mm;
  double area_mm2;
};

std::vector<Sample> distances(const media::Surface& from, const media::Surface& to) {
  std::vector<Sample> samples(from.vertices_mm.size(), Sample{0.0, 0.0});
  forEachTriangle(from, [&](const auto& triangle, const auto& a, const auto& b, const auto& c) {
    for (const std::uint32_t index : triangle) samples[index].area_mm2 += triangleArea(a, b, c) / 3;
  });
  const TriangleTree tree(to);
  parallelFor(samples.size(), 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      samples[i].distance_mm = tree.distance_mm(Eigen::Vector3f(from.vertices_mm[i].data()));
    }
  });
  std::erase_if(samples, [](const Sample& sample) { return sample.area_mm2 <= 0.0; });
  std::ranges::sort(samples, {}, &Sample::distance_mm);
  return samples;
}

double area(const std::vector<Sample>& samples) {
  double sum = 0.0;
  for (const Sample& sample : samples) sum += sample.area_mm2;
  return sum;
}

double percentile95(const std::vector<Sample>& samples) {
  const double wanted = 0.95 * area(samples);
  double passed = 0.0;
  for (const Sample& sample : samples) {
    passed += sample.area_mm2;
    if (passed >= wanted) return sample.distance_mm;
  }
  return 0.0;
}
}  // namespace

double volumeMl(const media::Surface& surface) {
  if (surface.vertices_mm.empty()) return 0.0;
  // Taken about one of its own vertices: far from the origin, large terms would cancel.
  const Eigen::Vector3d centre = vertex(surface, 0);
  double six_volumes_mm3 = 0.0;
  forEachTriangle(surface, [&](const auto&, const auto& a, const auto& b, const auto& c) {
    six_volumes_mm3 += (a - centre).dot((b - centre).cross(c - centre));
  });
  return six_volumes_mm3 / 6.0 / kMm3PerMl;
}

double areaMm2(const media::Surface& surface) {
  double sum = 0.0;
  forEachTriangle(surface, [&](const auto&, const auto& a, const auto& b, const auto& c) {
    sum += triangleArea(a, b, c);
  });
  return sum;
}

bool isClosed(const media::Surface& surface) {
  std::unordered_map<std::uint64_t, int> uses;
  uses.reserve(surface.triangles.size() * 3);
  for (const auto& triangle : surface.triangles) {
    for (std::size_t i = 0; i < 3; ++i) {
      const std::uint64_t from = triangle[i], to = triangle[(i + 1) % 3];
      if (from == to || ++uses[from << 32 | to] > 1) return false;
    }
  }
  return !uses.empty() && std::ranges::all_of(uses, [&](const auto& use) {
    return uses.contains(use.first << 32 | use.first >> 32);
  });
}

double labelVolumeMl(const media::Volume& labels, int label) {
  if (labels.type != media::PixelType::kUint8) throwBadInput("A label volume has 8-bit voxels.");
  const auto count = std::ranges::count(labels.samples<std::uint8_t>(), label);
  return static_cast<double>(count) * std::abs(labels.world_from_voxel.linear().determinant()) /
         kMm3PerMl;
}

std::array<double, 3> principalExtents_mm(const media::Surface& surface) {
  if (surface.triangles.empty()) return {0.0, 0.0, 0.0};
  double total = 0.0;
  Eigen::Vector3d first = Eigen::Vector3d::Zero();
  Eigen::Matrix3d second = Eigen::Matrix3d::Zero();
  const Eigen::Vector3d origin = vertex(surface, 0);
  forEachTriangle(surface, [&](const auto&, const auto& a, const auto& b, const auto& c) {
    // Moments of a uniform triangle are those of its three edge midpoints, a third each.
    const double third = triangleArea(a, b, c) / 3.0;
    for (const Eigen::Vector3d& midpoint :
         {Eigen::Vector3d((a + b) / 2), Eigen::Vector3d((b + c) / 2),
          Eigen::Vector3d((c + a) / 2)}) {
      const Eigen::Vector3d offset = midpoint - origin;
      total += third;
      first += third * offset;
      second += third * offset * offset.transpose();
    }
  });
  if (total <= 0.0) return {0.0, 0.0, 0.0};
  const Eigen::Matrix3d covariance = second / total - (first / total) * (first / total).transpose();
  const Eigen::Matrix3d axes =
      Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(covariance).eigenvectors();
  Eigen::AlignedBox3d box;
  for (const auto& point : surface.vertices_mm) {
    box.extend(axes.transpose() * (Eigen::Vector3f(point.data()).cast<double>() - origin));
  }
  std::array extents{box.sizes()[0], box.sizes()[1], box.sizes()[2]};
  std::ranges::sort(extents, std::greater());
  return extents;
}

SurfaceDistance surfaceDistance(const media::Surface& a, const media::Surface& b) {
  const std::vector<Sample> forth = distances(a, b);
  const std::vector<Sample> back = distances(b, a);
  if (forth.empty() || back.empty()) throwBadInput("A surface without area has no distance.");
  double sum = 0.0;
  for (const auto* samples : {&forth, &back}) {
    for (const Sample& sample : *samples) sum += sample.distance_mm * sample.area_mm2;
  }
  return {sum / (area(forth) + area(back)), std::max(percentile95(forth), percentile95(back)),
          std::max(forth.back().distance_mm, back.back().distance_mm)};
}

}  // namespace sonotwin::reconstruct
