// SPDX-License-Identifier: Apache-2.0
#include "beamformer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "noise.h"

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;

constexpr double kFocus_mm = 45.0;
constexpr double kFocalZone_mm = 40.0;
constexpr double kLateralSigma_mm = 0.48;    // at the focus
constexpr double kElevationSigma_mm = 0.75;  // at the focus
constexpr double kAxialSigma_mm = 0.19;
constexpr double kElevationReach = 2.3;  // in sigmas
constexpr double kKernelReach = 2.6;     // in sigmas
constexpr double kWallSquareness = 8.0;  // exponent of the cosine of incidence
constexpr double kNoiseAtFace_db = -46.0;
constexpr double kNoiseRise_db_mm = 0.22;  // time-gain compensation lifts the noise with depth
constexpr double kRingDown = 6.0;
constexpr double kRingDown_mm = 0.5;
constexpr int kCoarse = 4;                // beams and samples per step of the attenuation map
constexpr double kBinSpread = 1.0 / 6.0;  // variance, in bins, of a linear deposit

double spread(double sigma_mm, double range_mm) {
  return sigma_mm * std::hypot(1.0, (range_mm - kFocus_mm) / kFocalZone_mm);
}

std::vector<float> gaussian(double sigma, int half) {
  std::vector<float> weights;
  double sum = 0.0;
  for (int i = -half; i <= half; ++i) sum += std::exp(-0.5 * i * i / (sigma * sigma));
  for (int i = -half; i <= half; ++i) {
    weights.push_back(static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma)) / sum));
  }
  return weights;
}

/// Mean power that unit-power bins keep through a linear deposit and a Gaussian of `sigma` bins.
double keptPower(double sigma) {
  return 0.5 * std::numbers::inv_sqrtpi / std::sqrt(sigma * sigma + kBinSpread);
}
}  // namespace

Beamformer::Beamformer(const ScanGeometry& geometry, const Tissue& tissue,
                       const Scatterers& scatterers, const Setting& setting)
    : geometry_(geometry),
      tissue_(tissue),
      scatterers_(scatterers),
      setting_(setting),
      beams_(geometry.beams.beam_count),
      samples_(geometry.beams.sample_count),
      axial_sigma_mm_(kAxialSigma_mm * setting.blur),
      lateral_(makeLateralKernel()),
      gain_(makeGain()) {
  const double sigma = axial_sigma_mm_ / geometry_.beams.sample_pitch_mm;
  axial_ = gaussian(sigma, static_cast<int>(std::ceil(kKernelReach * sigma)));
}

double Beamformer::reach_mm() {
  return kElevationReach * spread(kElevationSigma_mm, 0.0);
}

double Beamformer::lateralSigma_mm(double range_mm) const {
  return setting_.blur * spread(kLateralSigma_mm, range_mm);
}

double Beamformer::elevationSigma_mm(double range_mm) const {
  return spread(kElevationSigma_mm, std::min(range_mm, 2.0 * kFocus_mm));
}

double Beamformer::beamPitch_mm(double range_mm) const {
  const BeamGeometry& g = geometry_.beams;
  const double width = 2.0 * g.half_width / static_cast<double>(g.beam_count - 1);
  return g.face_radius_mm > 0.0 ? width * (g.face_radius_mm + range_mm) : width;
}

Beamformer::LateralKernel Beamformer::makeLateralKernel() const {
  const auto sigmaAt = [&](std::size_t sample) {
    const double range_mm = static_cast<double>(sample) * geometry_.beams.sample_pitch_mm;
    return lateralSigma_mm(range_mm) / beamPitch_mm(range_mm);
  };
  LateralKernel kernel;
  for (std::size_t s = 0; s < samples_; ++s) {
    kernel.half = std::max(kernel.half, static_cast<int>(std::ceil(kKernelReach * sigmaAt(s))));
  }
  const std::size_t taps = 2 * static_cast<std::size_t>(kernel.half) + 1;
  kernel.weights.resize(taps * samples_);
  for (std::size_t s = 0; s < samples_; ++s) {
    const std::vector<float> column = gaussian(sigmaAt(s), kernel.half);
    for (std::size_t tap = 0; tap < taps; ++tap) kernel.weights[tap * samples_ + s] = column[tap];
  }
  return kernel;
}

std::vector<float> Beamformer::makeGain() const {
  const double pitch_mm = geometry_.beams.sample_pitch_mm;
  const double per_mm3 = std::pow(Scatterers::kPitch_mm, -3);
  std::vector<float> gain(samples_);
  for (std::size_t s = 0; s < samples_; ++s) {
    const double range_mm = static_cast<double>(s) * pitch_mm;
    const double beam_mm = beamPitch_mm(range_mm);
    const double thickness_mm = elevationSigma_mm(range_mm) * std::sqrt(std::numbers::pi);
    const double power = per_mm3 * beam_mm * pitch_mm * thickness_mm *
                         keptPower(lateralSigma_mm(range_mm) / beam_mm) *
                         keptPower(axial_sigma_mm_ / pitch_mm);
    gain[s] = static_cast<float>(1.0 / std::sqrt(power));
  }
  return gain;
}

void Beamformer::deposit(Field& field, const Vector3d& in_plane, std::complex<float> echo) const {
  const auto [beam, sample] = geometry_.beams.beamAt(in_plane.x(), in_plane.y());
  if (beam < 0.0 || sample < 0.0) return;
  const auto b = static_cast<std::size_t>(beam);
  const auto s = static_cast<std::size_t>(sample);
  if (b + 1 >= beams_ || s + 1 >= samples_) return;
  const double sigma_mm = elevationSigma_mm(sample * geometry_.beams.sample_pitch_mm);
  const double off = in_plane.z() / sigma_mm;
  if (std::abs(off) > kElevationReach) return;
  echo *= static_cast<float>(std::exp(-0.5 * off * off));
  const auto tb = static_cast<float>(beam - static_cast<double>(b));
  const auto ts = static_cast<float>(sample - static_cast<double>(s));
  std::complex<float>* at = &field[b * samples_ + s];
  at[0] += (1.0F - tb) * (1.0F - ts) * echo;
  at[1] += (1.0F - tb) * ts * echo;
  at[samples_] += tb * (1.0F - ts) * echo;
  at[samples_ + 1] += tb * ts * echo;
}

void Beamformer::depositWalls(Field& field, const WorldFromPlane& world_from_plane) const {
  const auto plane_from_world = world_from_plane.inverse();
  const double apex_mm = -geometry_.beams.face_radius_mm;
  const double lean = std::abs(world_from_plane.linear()(1, 1));
  const double slack_mm = reach_mm() + lean * geometry_.depth_mm + 10.0;
  const auto& walls = scatterers_.walls();
  const auto y_of = [](const WallPiece& piece) { return piece.at_mm.y(); };
  const auto middle = static_cast<float>(world_from_plane.translation().y());
  const auto slack = static_cast<float>(slack_mm);
  const auto begin = std::ranges::lower_bound(walls, middle - slack, {}, y_of);
  const auto end = std::ranges::upper_bound(walls, middle + slack, {}, y_of);
  for (auto piece = begin; piece != end; ++piece) {
    const Vector3d at = plane_from_world(piece->at_mm.cast<double>());
    if (std::abs(at.z()) > reach_mm()) continue;
    const Vector3d beam =
        apex_mm == 0.0 ? Vector3d(0, 1, 0) : Vector3d(at.x(), at.y() - apex_mm, 0.0).normalized();
    const Vector3d normal = plane_from_world.direction(piece->normal.cast<double>());
    const double square = std::pow(std::abs(beam.dot(normal)), kWallSquareness);
    deposit(field, at, static_cast<float>(square) * piece->echo);
  }
}

Beamformer::Field Beamformer::blurLaterally(const Field& field) const {
  Field blurred(field.size());
  const int beams = static_cast<int>(beams_);
  for (int b = 0; b < beams; ++b) {
    std::complex<float>* out = &blurred[static_cast<std::size_t>(b) * samples_];
    for (int tap = -lateral_.half; tap <= lateral_.half; ++tap) {
      // The edge beams repeat the field's mirror image, so that power does not fall off there.
      const int mirrored = b + tap < 0 ? -(b + tap) : std::min(b + tap, 2 * (beams - 1) - b - tap);
      const std::complex<float>* in = &field[static_cast<std::size_t>(mirrored) * samples_];
      const float* weight =
          &lateral_.weights[static_cast<std::size_t>(tap + lateral_.half) * samples_];
      for (std::size_t s = 0; s < samples_; ++s) out[s] += weight[s] * in[s];
    }
  }
  return blurred;
}

std::vector<float> Beamformer::transmission(const WorldFromPlane& world_from_plane) const {
  const BeamGeometry& g = geometry_.beams;
  const std::size_t rows = (beams_ - 1) / kCoarse + 2;
  const std::size_t cols = (samples_ - 1) / kCoarse + 2;
  const double step_mm = kCoarse * g.sample_pitch_mm;
  std::vector<double> loss_db(rows * cols, 0.0);
  for (std::size_t row = 0; row < rows; ++row) {
    const double across = 2.0 * static_cast<double>(row * kCoarse) / (beams_ - 1.0) - 1.0;
    const double angle_rad = g.face_radius_mm > 0.0 ? across * g.half_width : 0.0;
    const double x_mm = g.face_radius_mm > 0.0 ? 0.0 : across * g.half_width;
    for (std::size_t col = 1; col < cols; ++col) {
      const double radius_mm = g.face_radius_mm + (static_cast<double>(col) - 0.5) * step_mm;
      const Vector3d at(x_mm + radius_mm * std::sin(angle_rad),
                        radius_mm * std::cos(angle_rad) - g.face_radius_mm, 0.0);
      loss_db[row * cols + col] = loss_db[row * cols + col - 1] +
                                  step_mm * tissue_.excessAttenuation_db_mm(world_from_plane(at));
    }
  }
  std::vector<float> amplitude(beams_ * samples_);
  for (std::size_t b = 0; b < beams_; ++b) {
    const std::size_t row = b / kCoarse;
    const double tb = static_cast<double>(b % kCoarse) / kCoarse;
    for (std::size_t s = 0; s < samples_; ++s) {
      const double* at = &loss_db[row * cols + s / kCoarse];
      const double ts = static_cast<double>(s % kCoarse) / kCoarse;
      const double db =
          std::lerp(std::lerp(at[0], at[1], ts), std::lerp(at[cols], at[cols + 1], ts), tb);
      amplitude[b * samples_ + s] = static_cast<float>(std::exp(-db * std::numbers::ln10 / 20.0));
    }
  }
  return amplitude;
}

std::vector<double> Beamformer::hazePower(const Field& field) const {
  std::vector<double> power(samples_, 0.0);
  for (std::size_t i = 0; i < field.size(); ++i) power[i % samples_] += std::abs(field[i]);
  const double share = std::pow(10.0, setting_.haze_db / 20.0) / static_cast<double>(beams_);
  for (double& at_depth : power) at_depth = std::pow(share * at_depth, 2);
  return power;
}

void Beamformer::addNoise(Field& field, std::uint64_t seed) const {
  Random random(seed);
  const std::vector<double> haze = hazePower(field);
  const double kept =
      std::sqrt(0.5 * std::numbers::inv_sqrtpi * geometry_.beams.sample_pitch_mm / axial_sigma_mm_);
  for (std::size_t i = 0; i < field.size(); ++i) {
    const double range_mm = static_cast<double>(i % samples_) * geometry_.beams.sample_pitch_mm;
    const double level_db = kNoiseAtFace_db + kNoiseRise_db_mm * range_mm;
    const double mean_power = std::pow(10.0, level_db / 10.0) + haze[i % samples_];
    const double amplitude = std::sqrt(-mean_power * std::log(1.0 - random.uniform())) / kept;
    field[i] +=
        std::complex<float>(std::polar(amplitude, 2.0 * std::numbers::pi * random.uniform()));
  }
}

std::vector<float> Beamformer::detect(const Field& field) const {
  const int half = static_cast<int>(axial_.size() / 2);
  const int samples = static_cast<int>(samples_);
  std::vector<float> envelope(field.size());
  for (std::size_t b = 0; b < beams_; ++b) {
    const std::complex<float>* in = &field[b * samples_];
    for (int s = 0; s < samples; ++s) {
      std::complex<float> sum;
      for (int tap = -half; tap <= half; ++tap) {
        const int at = s + tap < 0 ? -(s + tap) : std::min(s + tap, 2 * (samples - 1) - s - tap);
        sum += axial_[static_cast<std::size_t>(tap + half)] * in[at];
      }
      const double range_mm = s * geometry_.beams.sample_pitch_mm;
      envelope[b * samples_ + static_cast<std::size_t>(s)] =
          std::abs(sum) + static_cast<float>(kRingDown * std::exp(-range_mm / kRingDown_mm));
    }
  }
  return envelope;
}

std::vector<float> Beamformer::envelope(const WorldFromPlane& world_from_plane,
                                        std::uint64_t noise_seed) const {
  const auto plane_from_world = world_from_plane.inverse();
  const Vector3d normal = world_from_plane.linear().col(2);
  Field field(beams_ * samples_);
  scatterers_.nearPlane(world_from_plane.translation(), normal, reach_mm(), [&](const auto& one) {
    deposit(field, plane_from_world(one.at_mm.template cast<double>()), one.echo);
  });
  depositWalls(field, world_from_plane);
  field = blurLaterally(field);
  const std::vector<float> through = transmission(world_from_plane);
  for (std::size_t i = 0; i < field.size(); ++i) field[i] *= gain_[i % samples_] * through[i];
  addNoise(field, noise_seed);
  return detect(field);
}

}  // namespace sonotwin::phantom
