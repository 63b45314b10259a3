// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <complex>
#include <vector>

#include "scan_geometry.h"
#include "scatterers.h"
#include "tissue.h"

namespace sonotwin::phantom {

/// Forms the echo envelope of one frame from scatterers.
///
/// Scatterers within the beam's thickness are binned on the grid of beams and samples, weighted by
/// their distance from the plane, and blurred by a separable point-spread function: axial width
/// constant, lateral and elevational width least at the focus. Coherent walls add to the field,
/// attenuation beyond the time-gain compensation multiplies it, receiver noise adds to it.
/// In deep uniform tissue the envelope is Rayleigh-distributed with mean power 1.
/// Any thread; deterministic.
///
/// Source: fast convolution of scatterers with a space-variant kernel, Gao et al., IEEE TUFFC 56(2)
/// 2009. Deviation: baseband amplitudes keep their phase from frame to frame.
class Beamformer {
 public:
  Beamformer(const ScanGeometry& geometry, const Tissue& tissue, const Scatterers& scatterers,
             const Setting& setting);

  /// [beam_count x sample_count] amplitudes.
  [[nodiscard]] std::vector<float> envelope(const WorldFromPlane& world_from_plane,
                                            std::uint64_t noise_seed) const;
  /// Half thickness of the slab of tissue that a frame hears.
  [[nodiscard]] static double reach_mm();

 private:
  using Field = std::vector<std::complex<float>>;
  struct LateralKernel {
    int half = 0;
    std::vector<float> weights;  ///< [2 * half + 1 x sample_count]
  };
  [[nodiscard]] double lateralSigma_mm(double range_mm) const;
  [[nodiscard]] double elevationSigma_mm(double range_mm) const;
  [[nodiscard]] double beamPitch_mm(double range_mm) const;
  [[nodiscard]] LateralKernel makeLateralKernel() const;
  [[nodiscard]] std::vector<float> makeGain() const;
  void deposit(Field& field, const Eigen::Vector3d& in_plane, std::complex<float> echo) const;
  void depositWalls(Field& field, const WorldFromPlane& world_from_plane) const;
  [[nodiscard]] Field blurLaterally(const Field& field) const;
  [[nodiscard]] std::vector<float> transmission(const WorldFromPlane& world_from_plane) const;
  [[nodiscard]] std::vector<double> hazePower(const Field& field) const;
  void addNoise(Field& field, std::uint64_t seed) const;
  [[nodiscard]] std::vector<float> detect(const Field& field) const;

  const ScanGeometry& geometry_;
  const Tissue& tissue_;
  const Scatterers& scatterers_;
  Setting setting_;
  std::size_t beams_, samples_;
  double axial_sigma_mm_;
  LateralKernel lateral_;
  std::vector<float> axial_;
  std::vector<float> gain_;  ///< per sample: brings deep tissue to mean power 1
};

}  // namespace sonotwin::phantom
