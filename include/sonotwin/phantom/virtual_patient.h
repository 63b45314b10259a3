// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/clip.h"
#include "sonotwin/media/mask.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::phantom {

struct Anatomy;

/// A virtual patient: organs of exact shape in speckled, attenuating tissue.
/// Same case and seed: same patient, to the bit. Any thread.
class VirtualPatient {
 public:
  /// Names of the ready cases: "demo" (the demonstration's), and others.
  [[nodiscard]] static std::vector<std::string> caseNames();
  /// @throws Error(kNotFound) listing the names. The seed varies shape, place and speckle.
  static VirtualPatient make(const std::string& case_name, std::uint64_t seed);

  [[nodiscard]] const std::vector<media::Label>& labels() const;
  /// Label at a point of the world (mm); 0 is tissue.
  [[nodiscard]] int labelAt(const Eigen::Vector3d& world_mm) const;
  /// Signed distance to a label's organ, negative inside.
  [[nodiscard]] double distance_mm(int label, const Eigen::Vector3d& world_mm) const;
  /// Exact or numerically converged (1e-4) organ volume.
  [[nodiscard]] double volumeMl(int label) const;
  /// Box that holds what a sweep sees, in mm.
  [[nodiscard]] Eigen::AlignedBox3d bounds_mm() const;

  ~VirtualPatient();
  VirtualPatient(VirtualPatient&&) noexcept;
  VirtualPatient& operator=(VirtualPatient&&) noexcept;

 private:
  explicit VirtualPatient(std::unique_ptr<const Anatomy> anatomy);
  friend const Anatomy& anatomyOf(const VirtualPatient& patient);
  std::unique_ptr<const Anatomy> anatomy_;
  std::vector<media::Label> labels_;
};

/// Probe, image and sweep of the virtual scanner.
struct ScanOptions {
  int frames = 180;
  int rows = 320;
  int cols = 320;
  double pixel_mm = 0.25;
  double sweep_mm = 0.0;            ///< 0: as long as the organs need
  double tilt_amplitude_deg = 6.0;  ///< the hand is not a stage: rocking along the sweep
  double jitter_mm = 0.0;           ///< tracker noise on the written poses (truth stays exact)
  double jitter_deg = 0.0;
  double frame_rate_hz = 30.0;
  bool curvilinear = true;
};

/// What a sweep gives: the clip as a scanner writes it, and the truth beside it.
struct SimulatedSweep {
  media::Clip clip;             ///< calibrated; poses as the tracker reports them
  media::ClipMask truth_masks;  ///< exact label of each pixel centre
  std::vector<media::WorldFromProbe> true_poses;
};

[[nodiscard]] SimulatedSweep scan(const VirtualPatient& patient, const ScanOptions& options,
                                  std::uint64_t seed, const Progress& progress);

/// Exact labels and mean echo level on a grid.
[[nodiscard]] media::Volume truthLabels(const VirtualPatient& patient, double spacing_mm);
/// Exact surface of one organ (from its signed distance, fine grid, closed).
[[nodiscard]] media::Surface truthSurface(const VirtualPatient& patient, int label,
                                          double spacing_mm);

}  // namespace sonotwin::phantom
