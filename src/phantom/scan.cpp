// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "anatomy.h"
#include "beamformer.h"
#include "display.h"
#include "hand.h"
#include "noise.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/parallel.h"
#include "sonotwin/base/progress.h"

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;

constexpr double kSideMargin_mm = 5.0;  // of scatterers beyond the upright fan
constexpr std::size_t kBatch = 12;      // frames between two reports
constexpr double kFrequency_mhz = 3.5;

// Streams of what a visit draws.
enum Stream : std::uint64_t { kMotion = 1, kReceiver = 1000, kTracker = 1000000 };

void validate(const ScanOptions& options) {
  if (options.frames < 2 || options.frames > 20000) {
    throwBadInput("A simulated sweep needs 2 to 20000 frames.");
  }
  const double numbers[] = {options.sweep_mm, options.jitter_mm, options.jitter_deg};
  if (!std::ranges::all_of(numbers, [](double v) { return std::isfinite(v) && v >= 0.0; }) ||
      !(options.frame_rate_hz > 0.0) || !(std::abs(options.tilt_amplitude_deg) <= 30.0)) {
    throwBadInput(
        "A simulated sweep needs a length and jitter of 0 or more, a frame rate above 0 and a tilt "
        "of at most 30 degrees.");
  }
}

/// Where the marker sits on the probe: any rigid place will do, so it is not the identity.
Eigen::Matrix4d probeFromPlane() {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() =
      (Eigen::AngleAxisd(0.035, Vector3d::UnitZ()) * Eigen::AngleAxisd(-0.02, Vector3d::UnitX()) *
       Eigen::AngleAxisd(0.015, Vector3d::UnitY()))
          .toRotationMatrix();
  matrix.topRightCorner<3, 1>() = Vector3d(3.0, 61.0, -12.5);
  return matrix;
}

Eigen::AlignedBox3d heardBox(const ScanGeometry& geometry,
                             const std::vector<WorldFromPlane>& poses) {
  const double half_mm = geometry.pixels.spacing_mm * geometry.pixels.face_col;
  Eigen::AlignedBox3d box;
  for (const WorldFromPlane& world_from_plane : poses) {
    for (const double x_mm : {-half_mm, half_mm}) {
      for (const double y_mm : {-3.0, geometry.depth_mm}) {
        for (const double z_mm : {-Beamformer::reach_mm(), Beamformer::reach_mm()}) {
          box.extend(world_from_plane(Vector3d(x_mm, y_mm, z_mm)));
        }
      }
    }
  }
  return box;
}

media::Image picture(std::span<const float> envelope, const ScanGeometry& geometry,
                     double gain_db) {
  const std::vector<float> amplitudes = scanConvert(envelope, geometry.beams, geometry.pixels);
  media::Image image(static_cast<int>(geometry.pixels.rows),
                     static_cast<int>(geometry.pixels.cols));
  const auto grey = image.samples<std::uint8_t>();
  for (std::size_t i = 0; i < grey.size(); ++i) {
    if (!geometry.inside[i] || amplitudes[i] <= 0.0F) continue;
    grey[i] = greyOf(20.0 * std::log10(amplitudes[i]) + gain_db);
  }
  return image;
}

media::FrameMask truthMask(const Anatomy& anatomy, const ScanGeometry& geometry,
                           const WorldFromPlane& world_from_plane, int frame) {
  const auto world_from_image = world_from_plane * geometry.plane_from_image;
  media::FrameMask mask;
  mask.frame_index = frame;
  mask.rows = static_cast<int>(geometry.pixels.rows);
  mask.cols = static_cast<int>(geometry.pixels.cols);
  mask.labels.resize(geometry.pixels.rows * geometry.pixels.cols);
  for (std::size_t i = 0; i < mask.labels.size(); ++i) {
    if (!geometry.inside[i]) continue;
    const auto col = static_cast<double>(i % geometry.pixels.cols);
    const auto row = static_cast<double>(i / geometry.pixels.cols);
    mask.labels[i] =
        static_cast<std::uint8_t>(anatomy.labelAt(world_from_image(Vector3d(col, row, 0.0))));
  }
  return mask;
}

media::ClipInfo describe(const ScanGeometry& geometry, const ScanOptions& options) {
  media::ClipInfo info;
  info.frame_count = options.frames;
  info.rows = options.rows;
  info.cols = options.cols;
  info.spacing_mm = {{options.pixel_mm, options.pixel_mm}};
  info.spacing_source = "calibration";
  info.sector = geometry.sector;
  info.tracked = true;
  info.world = "Reference";
  info.probe_from_image =
      media::ProbeFromImage(probeFromPlane() * geometry.plane_from_image.matrix());
  info.orientation = "MFA";
  info.times_known = true;
  info.body_region = "PHANTOM";
  info.probe_name = options.curvilinear ? "virtual curved array" : "virtual linear array";
  info.device_model = "Sonotwin virtual scanner";
  info.depth_mm = geometry.depth_mm;
  info.frequency_mhz = kFrequency_mhz;
  info.source_format = "simulation";
  return info;
}

void setPoses(SimulatedSweep& sweep, const std::vector<WorldFromPlane>& poses,
              const ScanOptions& options, std::uint64_t seed) {
  const Eigen::Matrix4d plane_from_probe = probeFromPlane().inverse();
  for (std::size_t i = 0; i < poses.size(); ++i) {
    const media::WorldFromProbe truth(poses[i].matrix() * plane_from_probe);
    sweep.true_poses.push_back(truth);
    sweep.clip.frames.push_back({static_cast<double>(i) / options.frame_rate_hz,
                                 media::PoseStatus::kValid,
                                 reported(truth, options, mix(seed) + kTracker + i)});
  }
}

std::vector<media::Image> pictures(const Anatomy& anatomy, const ScanGeometry& geometry,
                                   const std::vector<WorldFromPlane>& poses, std::uint64_t seed,
                                   const Progress& progress) {
  const Tissue tissue(anatomy, geometry.beams.face_radius_mm);
  const Scatterers scatterers(
      tissue, anatomy.seed, heardBox(geometry, poses), [&](const Vector3d& world_mm) {
        return geometry.contains(world_mm.x(), -world_mm.z(), -kSideMargin_mm);
      });
  const Beamformer beamformer(geometry, tissue, scatterers, anatomy.setting);
  std::vector<media::Image> images(poses.size());
  for (std::size_t done = 0; done < poses.size(); done += kBatch) {
    progress.report(0.2 + 0.8 * static_cast<double>(done) / static_cast<double>(poses.size()),
                    "Scanning");
    parallelFor(std::min(kBatch, poses.size() - done), 0, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = done + begin; i < done + end; ++i) {
        const auto envelope = beamformer.envelope(poses[i], mix(seed) + kReceiver + i);
        images[i] = picture(envelope, geometry, anatomy.setting.gain_db);
      }
    });
  }
  return images;
}
}  // namespace

SimulatedSweep scan(const VirtualPatient& patient, const ScanOptions& options, std::uint64_t seed,
                    const Progress& progress) {
  validate(options);
  const Anatomy& anatomy = anatomyOf(patient);
  const ScanGeometry geometry = scanGeometry(options);
  const std::vector<WorldFromPlane> poses = handMotion(anatomy, options, mix(seed) + kMotion);
  SimulatedSweep sweep;
  sweep.clip.info = describe(geometry, options);
  setPoses(sweep, poses, options, seed);
  sweep.truth_masks.labels = anatomy.labels();
  sweep.truth_masks.frames.resize(poses.size());
  progress.report(0.0, "Filling the body with scatterers");
  parallelFor(poses.size(), 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      sweep.truth_masks.frames[i] = truthMask(anatomy, geometry, poses[i], static_cast<int>(i));
    }
  });
  sweep.clip.pixels = std::make_shared<media::MemoryFrames>(
      options.pictures
          ? pictures(anatomy, geometry, poses, seed, progress)
          : std::vector<media::Image>(poses.size(), media::Image(options.rows, options.cols)));
  progress.report(1.0, "Scanning");
  return sweep;
}

}  // namespace sonotwin::phantom
