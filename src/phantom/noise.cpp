// SPDX-License-Identifier: Apache-2.0
#include "noise.h"

namespace sonotwin::phantom {
namespace {
double cornerValue(std::uint64_t seed, int i, int j, int k) {
  return static_cast<double>(latticeBits(seed, i, j, k) >> 11U) * 0x1p-52 - 1.0;
}

double ease(double t) {
  return t * t * (3.0 - 2.0 * t);
}
}  // namespace

double smoothNoise(std::uint64_t seed, const Eigen::Vector3d& at) {
  const Eigen::Vector3d floor = at.array().floor();
  const Eigen::Vector3i cell = floor.cast<int>();
  const double tx = ease(at.x() - floor.x());
  const double ty = ease(at.y() - floor.y());
  const double tz = ease(at.z() - floor.z());
  const auto edge = [&](int j, int k) {
    return std::lerp(cornerValue(seed, cell.x(), cell.y() + j, cell.z() + k),
                     cornerValue(seed, cell.x() + 1, cell.y() + j, cell.z() + k), tx);
  };
  return std::lerp(std::lerp(edge(0, 0), edge(1, 0), ty), std::lerp(edge(0, 1), edge(1, 1), ty),
                   tz);
}

}  // namespace sonotwin::phantom
