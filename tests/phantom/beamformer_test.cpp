// SPDX-License-Identifier: Apache-2.0
#include "beamformer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;

/// Tissue without strata, texture, noise or attenuation: nothing but scatterers.
Anatomy uniformTissue() {
  Anatomy anatomy;
  anatomy.seed = 77;
  anatomy.strata = {.skin_mm = -50.0, .fat_mm = -50.0, .muscle_mm = -50.0};
  anatomy.texture_db = 0.0;
  anatomy.small_vessels = false;
  anatomy.setting.residual_attenuation_db_mm = 0.0;
  anatomy.setting.haze_db = -200.0;
  return anatomy;
}

void addOrgan(Anatomy& anatomy, std::unique_ptr<const Shape> shape, const Material& material) {
  Organ& organ = anatomy.organs.emplace_back();
  organ.label = {1, "organ"};
  organ.shape = std::move(shape);
  organ.material = material;
}

WorldFromPlane uprightAt(double y_mm) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() << 1, 0, 0, 0, 0, 1, 0, -1, 0;
  matrix(1, 3) = y_mm;
  return WorldFromPlane(matrix);
}

/// A scanner over `anatomy` between two places of the sweep.
struct Bench {
  Bench(Anatomy body, double begin_mm, double end_mm)
      : anatomy(std::move(body)),
        geometry(scanGeometry(ScanOptions{})),
        tissue(anatomy, geometry.beams.face_radius_mm),
        scatterers(
            tissue, anatomy.seed,
            Eigen::AlignedBox3d(Vector3d(-40, begin_mm - 3, -80), Vector3d(40, end_mm + 3, 3)),
            [&](const Vector3d& p) { return geometry.contains(p.x(), -p.z(), -5.0); }),
        beamformer(geometry, tissue, scatterers, anatomy.setting) {}

  [[nodiscard]] std::vector<float> frameAt(double y_mm, std::uint64_t noise = 1) const {
    return beamformer.envelope(uprightAt(y_mm), noise);
  }
  [[nodiscard]] double range_mm(std::size_t i) const {
    return static_cast<double>(i % geometry.beams.sample_count) * geometry.beams.sample_pitch_mm;
  }
  [[nodiscard]] double angle_rad(std::size_t i) const {
    const auto& g = geometry.beams;
    const double beam = static_cast<double>(i / g.sample_count);
    return g.half_width * (2.0 * beam / static_cast<double>(g.beam_count - 1) - 1.0);
  }

  Anatomy anatomy;
  ScanGeometry geometry;
  Tissue tissue;
  Scatterers scatterers;
  Beamformer beamformer;
};

double meanPower(const Bench& bench, const std::vector<std::vector<float>>& frames, double near_mm,
                 double far_mm, double half_angle_rad) {
  double sum = 0.0;
  double count = 0.0;
  for (const auto& frame : frames) {
    for (std::size_t i = 0; i < frame.size(); ++i) {
      if (bench.range_mm(i) < near_mm || bench.range_mm(i) > far_mm) continue;
      if (std::abs(bench.angle_rad(i)) > half_angle_rad) continue;
      sum += frame[i] * frame[i];
      count += 1.0;
    }
  }
  return sum / count;
}

double correlation(const Bench& bench, const std::vector<float>& a, const std::vector<float>& b) {
  double sums[5] = {};
  double n = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (bench.range_mm(i) < 10.0 || bench.range_mm(i) > 70.0) continue;
    const double x = a[i];
    const double y = b[i];
    const double terms[5] = {x, y, x * x, y * y, x * y};
    for (int k = 0; k < 5; ++k) sums[k] += terms[k];
    n += 1.0;
  }
  const double var_x = sums[2] / n - std::pow(sums[0] / n, 2);
  const double var_y = sums[3] / n - std::pow(sums[1] / n, 2);
  return (sums[4] / n - sums[0] / n * sums[1] / n) / std::sqrt(var_x * var_y);
}

// Oracle: fully developed speckle has a Rayleigh envelope, whose mean is
// sqrt(pi / (4 - pi)) = 1.913 of its standard deviation. Some ten scatterers in a resolution cell
// leave it 1 to 2 % short of that.
TEST(Beamformer, SpeckleOfUniformTissueIsRayleigh) {
  const Bench bench(uniformTissue(), 0.0, 40.0);
  double sum = 0.0;
  double squares = 0.0;
  double count = 0.0;
  std::vector<std::vector<float>> frames;
  for (double y_mm = 0.0; y_mm <= 40.0; y_mm += 5.0) frames.push_back(bench.frameAt(y_mm));
  for (const auto& frame : frames) {
    for (std::size_t i = 0; i < frame.size(); ++i) {
      if (bench.range_mm(i) < 15.0 || bench.range_mm(i) > 70.0) continue;
      sum += frame[i];
      squares += frame[i] * frame[i];
      count += 1.0;
    }
  }
  const double mean = sum / count;
  const double deviation = std::sqrt(squares / count - mean * mean);
  EXPECT_NEAR(mean / deviation, std::sqrt(std::numbers::pi / (4.0 - std::numbers::pi)), 0.06);
  for (const double near_mm : {10.0, 25.0, 40.0, 55.0}) {
    EXPECT_NEAR(meanPower(bench, frames, near_mm, near_mm + 15.0, 1.0), 1.0, 0.08)
        << "depth " << near_mm;
  }
}

TEST(Beamformer, SpeckleIsAnchoredInSpace) {
  const Bench bench(uniformTissue(), 0.0, 8.0);
  const auto here = bench.frameAt(1.0, 1);
  EXPECT_GT(correlation(bench, here, bench.frameAt(1.0, 2)), 0.98);
  EXPECT_GT(correlation(bench, here, bench.frameAt(1.4, 3)), 0.85);
  EXPECT_LT(std::abs(correlation(bench, here, bench.frameAt(7.5, 4))), 0.1);
}

// Oracle: behind a straight fluid tube of radius r across the picture the echo is stronger by the
// attenuation that the fluid spared, (0.42 - 0.02) dB/mm * 2 r.
TEST(Beamformer, EnhancesBehindFluidByWhatItSpares) {
  Anatomy anatomy = uniformTissue();
  ArcTube::Axis axis{.middle_mm = {0, 5, -35},
                     .tangent = Vector3d::UnitY(),
                     .bulge = Vector3d::UnitZ(),
                     .bend_radius_mm = 1e5,
                     .length_mm = 60};
  addOrgan(anatomy, std::make_unique<ArcTube>(axis, 8.0),
           {.echo_db = -30.0, .wall_echo = 0.0, .attenuation_db_mm = 0.02});
  const Bench bench(std::move(anatomy), 0.0, 30.0);
  std::vector<std::vector<float>> frames;
  for (double y_mm = 0.0; y_mm <= 30.0; y_mm += 3.0) frames.push_back(bench.frameAt(y_mm));
  const double behind = meanPower(bench, frames, 50.0, 70.0, 0.02);
  EXPECT_NEAR(10.0 * std::log10(behind), 0.40 * 16.0, 0.8);
  const double inside = meanPower(bench, frames, 32.0, 38.0, 0.02);
  EXPECT_NEAR(10.0 * std::log10(inside), -30.0 + 0.40 * 8.0, 4.0);
}

TEST(Beamformer, BoneCastsAShadow) {
  Anatomy anatomy = uniformTissue();
  ArcTube::Axis axis{.middle_mm = {0, 5, -15},
                     .tangent = Vector3d::UnitY(),
                     .bulge = Vector3d::UnitZ(),
                     .bend_radius_mm = 1e5,
                     .length_mm = 60};
  anatomy.bones.push_back(std::make_unique<ArcTube>(axis, 3.0));
  anatomy.bone_attenuation_db_mm = 3.0;
  const Bench bench(std::move(anatomy), 0.0, 10.0);
  const std::vector<std::vector<float>> frames = {bench.frameAt(0.0), bench.frameAt(5.0),
                                                  bench.frameAt(10.0)};
  EXPECT_NEAR(10.0 * std::log10(meanPower(bench, frames, 30.0, 60.0, 0.015)), -18.0, 2.0);
}

// A wall is bright where the beam meets it squarely, and no brighter than tissue where it runs
// along the beam.
TEST(Beamformer, WallsShineOnlySquarely) {
  Anatomy anatomy = uniformTissue();
  const Material material{.echo_db = 0.0, .wall_echo = 1.5, .attenuation_db_mm = 0.42};
  addOrgan(anatomy,
           std::make_unique<Ellipsoid>(Vector3d(0, 5, -45), Vector3d(12, 12, 12),
                                       Eigen::Matrix3d::Identity()),
           material);
  const Bench bench(std::move(anatomy), 4.0, 6.0);
  const std::vector<std::vector<float>> frames = {bench.frameAt(4.0), bench.frameAt(5.0),
                                                  bench.frameAt(6.0)};
  EXPECT_GT(meanPower(bench, frames, 32.6, 33.4, 0.02), 10.0);
  double side = 0.0;
  int count = 0;
  for (std::size_t i = 0; i < frames[1].size(); ++i) {
    const double radius_mm = bench.range_mm(i) + bench.geometry.beams.face_radius_mm;
    const double x_mm = radius_mm * std::sin(bench.angle_rad(i));
    const double z_mm =
        bench.geometry.beams.face_radius_mm - radius_mm * std::cos(bench.angle_rad(i));
    if (std::abs(std::abs(x_mm) - 12.0) > 0.8 || std::abs(z_mm + 45.0) > 3.0) continue;
    side += frames[1][i] * frames[1][i];
    ++count;
  }
  EXPECT_LT(side / count, 2.0);
}

}  // namespace
}  // namespace sonotwin::phantom
