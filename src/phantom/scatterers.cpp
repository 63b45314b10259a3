// SPDX-License-Identifier: Apache-2.0
#include "scatterers.h"

#include <algorithm>
#include <cmath>

#include "noise.h"
#include "sonotwin/base/parallel.h"

namespace sonotwin::phantom {
namespace {
constexpr double kWallPhase_mm = 2.5;  // over which a wall's phase wanders
constexpr double kWallPhase_rad = 1.1;

std::complex<float> diffuse(Random& random, double level_db) {
  // Rayleigh amplitude with mean power 1 and uniform phase: a circular complex Gaussian.
  const double amplitude = std::sqrt(-std::log(1.0 - random.uniform()));
  const double phase = 2.0 * std::numbers::pi * random.uniform();
  return std::complex<float>(std::polar(amplitude * std::pow(10.0, level_db / 20.0), phase));
}

std::complex<float> coherent(Random& random, std::uint64_t seed, const Eigen::Vector3d& at,
                             double strength) {
  const double wander = smoothNoise(seed, at / kWallPhase_mm) + 0.4 * random.symmetric();
  return std::complex<float>(std::polar(strength, kWallPhase_rad * wander));
}
}  // namespace

Scatterers::Scatterers(const Tissue& tissue, std::uint64_t seed, const Eigen::AlignedBox3d& box_mm,
                       const std::function<bool(const Eigen::Vector3d&)>& seen)
    : first_((box_mm.min() / kPitch_mm).array().floor().cast<int>()),
      counts_((box_mm.max() / kPitch_mm).array().ceil().cast<int>().matrix() - first_) {
  cells_.resize(static_cast<std::size_t>(counts_.x()) * counts_.y() * counts_.z());
  std::vector<std::vector<WallPiece>> walls(static_cast<std::size_t>(counts_.z()));
  parallelFor(walls.size(), 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      fillLayer(tissue, seed, static_cast<int>(k), seen, walls[k]);
    }
  });
  for (const auto& layer : walls) walls_.insert(walls_.end(), layer.begin(), layer.end());
  std::ranges::stable_sort(walls_, {}, [](const WallPiece& piece) { return piece.at_mm.y(); });
}

void Scatterers::fillLayer(const Tissue& tissue, std::uint64_t seed, int k,
                           const std::function<bool(const Eigen::Vector3d&)>& seen,
                           std::vector<WallPiece>& walls) {
  std::size_t cell = static_cast<std::size_t>(k) * counts_.x() * counts_.y();
  for (int i = 0; i < counts_.x(); ++i) {
    for (int j = 0; j < counts_.y(); ++j, ++cell) {
      const Eigen::Vector3i index = first_ + Eigen::Vector3i(i, j, k);
      Random random(latticeBits(seed, index.x(), index.y(), index.z()));
      const Eigen::Vector3d place(random.uniform(), random.uniform(), random.uniform());
      const Eigen::Vector3d at_mm = kPitch_mm * (index.cast<double>() + place);
      if (!seen(at_mm)) continue;
      const Echo echo = tissue.echoAt(at_mm);
      cells_[cell] = {at_mm.cast<float>(), diffuse(random, echo.level_db)};
      if (!echo.wall) continue;
      walls.push_back({at_mm.cast<float>(), echo.wall->normal.cast<float>(),
                       coherent(random, seed, at_mm, echo.wall->strength)});
    }
  }
}

}  // namespace sonotwin::phantom
