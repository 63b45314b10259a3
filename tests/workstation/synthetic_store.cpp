// SPDX-License-Identifier: Apache-2.0
#include "synthetic_store.h"

#include <cmath>
#include <numbers>

#include "sonotwin/store/store.h"

namespace sonotwin::workstation::testing {
namespace {
std::shared_ptr<const media::FrameSource> greyFrames(int step) {
  std::vector<media::Image> frames;
  for (int i = 0; i < kFrames; ++i) {
    media::Image frame(kRows, kCols);
    for (auto& level : frame.samples<std::uint8_t>()) level = static_cast<std::uint8_t>(step * i);
    frames.push_back(std::move(frame));
  }
  return std::make_shared<media::MemoryFrames>(std::move(frames));
}

media::Clip makePlain(int grey_step) {
  media::Clip clip;
  clip.info.frame_count = kFrames;
  clip.info.rows = kRows;
  clip.info.cols = kCols;
  clip.info.times_known = true;
  clip.info.source_format = "MetaImage sequence";
  for (int i = 0; i < kFrames; ++i)
    clip.frames.push_back({kFrameTime_s * i, media::PoseStatus::kMissing, media::WorldFromProbe()});
  clip.pixels = greyFrames(grey_step);
  return clip;
}
}  // namespace

media::Clip makeSweep() {
  media::Clip clip = makePlain(20);
  clip.info.tracked = true;
  clip.info.world = "Reference";
  clip.info.body_region = "fetal head";
  clip.info.spacing_mm = std::array{kSpacingX_mm, kSpacingY_mm};
  clip.info.spacing_source = "calibration";
  Eigen::Matrix4d probe_from_image = Eigen::Matrix4d::Identity();
  probe_from_image(0, 0) = kSpacingX_mm;
  probe_from_image(1, 1) = kSpacingY_mm;
  clip.info.probe_from_image = media::ProbeFromImage(probe_from_image);
  for (int i = 0; i < kFrames; ++i) {
    Eigen::Matrix4d pose = Eigen::Matrix4d::Identity();
    pose(2, 3) = kStep_mm * i;
    clip.frames[std::size_t(i)].pose_status = media::PoseStatus::kValid;
    clip.frames[std::size_t(i)].world_from_probe = media::WorldFromProbe(pose);
  }
  return clip;
}

media::Clip makeCine() {
  return makePlain(10);
}

media::ClipMask makeMask() {
  media::ClipMask mask;
  mask.labels = {{1, kLabel}};
  for (int i = 0; i < kFrames; ++i) {
    media::FrameMask frame{i, kRows, kCols, {}, 0.9F};
    frame.labels.resize(std::size_t(kRows) * kCols);
    for (int row = 5; row < 15; ++row) {
      for (int col = 10; col < 30; ++col) frame.labels[std::size_t(row) * kCols + col] = 1;
    }
    mask.frames.push_back(std::move(frame));
  }
  return mask;
}

media::Surface makeSphere(const Eigen::Vector3d& centre) {
  constexpr int kRings = 24, kSegments = 48;
  media::Surface sphere;
  sphere.label = kLabel;
  const auto add = [&](double polar, double azimuth) {
    const Eigen::Vector3d on(std::sin(polar) * std::cos(azimuth),
                             std::sin(polar) * std::sin(azimuth), std::cos(polar));
    const Eigen::Vector3f at = (centre + kSphereRadius_mm * on).cast<float>();
    sphere.vertices_mm.push_back({at.x(), at.y(), at.z()});
  };
  add(0.0, 0.0);
  for (int ring = 1; ring < kRings; ++ring) {
    for (int i = 0; i < kSegments; ++i) {
      add(std::numbers::pi * ring / kRings, 2.0 * std::numbers::pi * i / kSegments);
    }
  }
  add(std::numbers::pi, 0.0);
  const auto vertex = [](int ring, int i) -> std::uint32_t {
    return static_cast<std::uint32_t>(1 + (ring - 1) * kSegments + i % kSegments);
  };
  const auto last = static_cast<std::uint32_t>(sphere.vertices_mm.size() - 1);
  for (int i = 0; i < kSegments; ++i) {
    sphere.triangles.push_back({0, vertex(1, i), vertex(1, i + 1)});
    sphere.triangles.push_back({last, vertex(kRings - 1, i + 1), vertex(kRings - 1, i)});
    for (int ring = 1; ring + 1 < kRings; ++ring) {
      sphere.triangles.push_back({vertex(ring, i), vertex(ring + 1, i), vertex(ring, i + 1)});
      sphere.triangles.push_back(
          {vertex(ring, i + 1), vertex(ring + 1, i), vertex(ring + 1, i + 1)});
    }
  }
  return sphere;
}

media::Volume makeRamp() {
  media::Volume volume({32, 12, 12}, media::PixelType::kUint8, media::WorldFromVoxel());
  auto levels = volume.samples<std::uint8_t>();
  for (int k = 0; k < 12; ++k) {
    for (int j = 0; j < 12; ++j) {
      for (int i = 0; i < 32; ++i) {
        levels[volume.index(i, j, k)] = static_cast<std::uint8_t>(2 * i + 3 * j + 4 * k);
      }
    }
  }
  return volume;
}

StoreIds makeStore(const std::filesystem::path& folder) {
  auto store = store::Store::create(folder);
  StoreIds ids;
  ids.sweep =
      store.addClip(makeSweep(), {"patient-a", "study-1", "series-1", 20000, {}, {}}, {}).id;
  ids.cine = store.addClip(makeCine(), {"patient-b", "study-2", "series-2", 20010, {}, {}}, {}).id;
  ids.sweep_patient = store.clipRow(ids.sweep).patient_id;
  ids.cine_patient = store.clipRow(ids.cine).patient_id;
  const store::Provenance of_sweep{{ids.sweep}, R"({"operation":"test"})", "test"};
  ids.mask = store.addMask(ids.sweep, makeMask(), "test-net", of_sweep);
  store.addVolume(ids.sweep, makeRamp(), "bmode", 0.75, of_sweep);
  media::Volume labels = makeRamp();
  labels.labels = {{1, kLabel}};
  for (auto& level : labels.samples<std::uint8_t>()) level = level > 60 ? 1 : 0;
  const auto label_volume = store.addVolume(ids.sweep, labels, "mask", 1.0, of_sweep);
  const double sphere_mm3 = 4.0 / 3.0 * std::numbers::pi * std::pow(kSphereRadius_mm, 3);
  const double sphere_mm2 = 4.0 * std::numbers::pi * std::pow(kSphereRadius_mm, 2);
  ids.surface = store.addSurface(label_volume, makeSphere({16, 6, 6}), sphere_mm3 / 1000.0,
                                 sphere_mm2, {{label_volume}, R"({"operation":"test"})", "test"});
  return ids;
}

}  // namespace sonotwin::workstation::testing
