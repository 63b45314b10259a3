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

struct Anatomy;  // what a patient is made of; private to the module

/// A virtual patient: organs of exact shape in speckled, attenuating tissue.
/// Same case and seed: same patient, to the bit. Any thread.
class VirtualPatient {
 public:
  /// "demo" (the demonstration's: kidney, vessel and cyst, always the same anatomy), "abdomen"
  /// (the same organs, drawn by the seed), "neck" (thyroid, carotid, jugular) and "organs" (two
  /// ellipsoids, a tube, a bean and a vessel that divides: what reconstruction is measured on).
  [[nodiscard]] static std::vector<std::string> caseNames();
  /// The seed draws the speckle, and but for "demo" also shapes, places, echo levels, attenuation
  /// and gain; organs never touch and lie wholly in what the default probe sees.
  /// @throws Error(kNotFound) listing the names.
  static VirtualPatient make(const std::string& case_name, std::uint64_t seed);

  [[nodiscard]] const std::vector<media::Label>& labels() const;
  /// Label at a point of the world (mm); 0 is tissue.
  [[nodiscard]] int labelAt(const Eigen::Vector3d& world_mm) const;
  /// Signed distance to a label's organ, negative inside. The zero set is the wall,
  /// exactly; the distance is exact but where the halves of a kidney or bean join, where it is
  /// within 3 % up to 1 mm from the wall, and where vessels fork.
  /// @throws Error(kNotFound) listing the labels.
  [[nodiscard]] double distance_mm(int label, const Eigen::Vector3d& world_mm) const;
  /// Closed form, or quadrature, to 1e-5 (kidney, bean) or 1e-4 (branches). @throws
  /// Error(kNotFound)
  [[nodiscard]] double volumeMl(int label) const;
  /// Box of the body that an upright probe of the default options sees along the organs, in mm.
  /// World: x to the marked side, y along the sweep, z out of the body; the skin is at z = 0.
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
  bool pictures = true;  ///< false: poses and truth masks alone, over black pictures, at once
};

/// What a sweep gives: the clip as a scanner writes it, and the truth beside it.
struct SimulatedSweep {
  media::Clip clip;             ///< calibrated; poses as the tracker reports them
  media::ClipMask truth_masks;  ///< exact label of each pixel centre
  std::vector<media::WorldFromProbe> true_poses;
};

/// Draws the probe along y over the organs and forms every frame's B-mode picture.
///
/// Fully developed speckle of scatterers anchored in space, specular walls, attenuation with
/// shadows and enhancement, receiver noise, log compression of 60 dB. The world is "Reference".
/// Frames are less than 0.6 mm apart at the face for the default options. Outside the fan pixels
/// are 0. Same patient, options and seed: same bytes, for any number of threads.
///
/// @param seed  of the visit: the hand's motion, receiver noise and tracker jitter.
/// @throws Error(kBadInput) if an option is out of range, Error(kCancelled).
/// Cost: about 40 ms of one core per frame of 320 x 320 pixels.
[[nodiscard]] SimulatedSweep scan(const VirtualPatient& patient, const ScanOptions& options,
                                  std::uint64_t seed, const Progress& progress);

/// Exact labels of the voxel centres of a grid over `bounds_mm()`.
/// @throws Error(kBadInput) unless `spacing_mm` is in [0.1, 10].
[[nodiscard]] media::Volume truthLabels(const VirtualPatient& patient, double spacing_mm);
/// Mean echo as grey level (no speckle, no shadows, gain of 0 dB) on the same grid; 0 above the
/// skin.
/// @throws Error(kBadInput) unless `spacing_mm` is in [0.1, 10].
[[nodiscard]] media::Volume truthEcho(const VirtualPatient& patient, double spacing_mm);
/// Surface of one organ, closed: every vertex lies on the exact wall to 1e-4 mm. Edges are about
/// `spacing_mm` long, or shorter where the organ's curvature asks for it, so that the enclosed
/// volume is within 0.2 % of `volumeMl`. Source: surface nets, Gibson, MICCAI 1998.
/// @throws Error(kNotFound) for an unknown label, Error(kBadInput) unless `spacing_mm` is in
///         [0.1, 10].
[[nodiscard]] media::Surface truthSurface(const VirtualPatient& patient, int label,
                                          double spacing_mm);

}  // namespace sonotwin::phantom
