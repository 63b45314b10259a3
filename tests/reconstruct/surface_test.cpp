// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/surface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include "shapes.h"
#include "sonotwin/base/error.h"
#include "sonotwin/reconstruct/measure.h"
#include "sonotwin/reconstruct/voxels.h"
#include "sweeps.h"

namespace sonotwin::reconstruct {
namespace {
constexpr double kPi = std::numbers::pi;

struct Ellipsoid {
  Eigen::Vector3d centre, radii;
  Eigen::Matrix3d turn = Eigen::Matrix3d::Identity();
  [[nodiscard]] bool holds(const Eigen::Vector3d& p) const {
    return (turn.transpose() * (p - centre)).cwiseQuotient(radii).squaredNorm() <= 1.0;
  }
  [[nodiscard]] double volumeMl() const { return 4.0 / 3.0 * kPi * radii.prod() / 1000.0; }
  [[nodiscard]] media::Surface surface() const {
    return ellipsoidSurface(centre, radii, 120, turn);
  }
};

const Eigen::Matrix3d kTurn =
    Eigen::AngleAxisd(0.6, Eigen::Vector3d(0.4, 0.7, -0.3).normalized()).toRotationMatrix();

/// Label 2 where a voxel's centre lies in one of the ellipsoids.
media::Volume labelVolume(const std::vector<Ellipsoid>& organs, double spacing_mm,
                          const std::array<int, 3>& dims) {
  const Grid grid = gridAt({-3.0, 4.0, 100.0}, spacing_mm, dims);
  media::Volume volume(dims, media::PixelType::kUint8, grid.world_from_voxel);
  for (int k = 0; k < dims[2]; ++k) {
    for (int j = 0; j < dims[1]; ++j) {
      for (int i = 0; i < dims[0]; ++i) {
        const Eigen::Vector3d p = grid.world_from_voxel(Eigen::Vector3d(i, j, k));
        const bool inside =
            std::ranges::any_of(organs, [&](const Ellipsoid& organ) { return organ.holds(p); });
        volume.samples<std::uint8_t>()[volume.index(i, j, k)] = inside ? 2 : 0;
      }
    }
  }
  volume.labels = {{2, "kidney"}};
  return volume;
}

void expectWellMade(const media::Surface& surface) {
  EXPECT_TRUE(isClosed(surface));
  EXPECT_GT(volumeMl(surface), 0.0) << "inside out";
  EXPECT_EQ(eulerCharacteristic(surface), 2);
}

/// A tracked clip whose probe rocks as it advances along z, and exact masks of organs in it.
struct MaskedClip {
  media::Clip clip;
  media::ClipMask mask;
};

media::WorldFromProbe rockingPose(int frame, double advance_mm) {
  const Eigen::Affine3d pose =
      Eigen::Translation3d(0.7 * std::sin(0.13 * frame), 0.0, advance_mm * frame) *
      Eigen::AngleAxisd(0.08 * std::sin(0.09 * frame), Eigen::Vector3d::UnitX()) *
      Eigen::AngleAxisd(0.05 * std::cos(0.11 * frame), Eigen::Vector3d::UnitY());
  return media::WorldFromProbe(pose.matrix());
}

MaskedClip maskedClip(const std::vector<Ellipsoid>& organs, int frames, double advance_mm) {
  constexpr int kSide = 200;
  constexpr double kPixel_mm = 0.25;
  MaskedClip result;
  media::ClipInfo& info = result.clip.info;
  info.frame_count = frames;
  info.rows = info.cols = kSide;
  info.tracked = true;
  info.world = "Tracker";
  Eigen::Matrix4d calibration = Eigen::Matrix4d::Identity();
  calibration.diagonal().head<3>().setConstant(kPixel_mm);
  info.probe_from_image = media::ProbeFromImage(calibration);
  for (std::size_t organ = 0; organ < organs.size(); ++organ) {
    result.mask.labels.push_back({static_cast<int>(organ) + 1, "organ"});
  }
  for (int f = 0; f < frames; ++f) {
    result.clip.frames.push_back({f / 30.0, media::PoseStatus::kValid, rockingPose(f, advance_mm)});
    media::FrameMask mask{f, kSide, kSide, std::vector<std::uint8_t>(kSide * kSide), 1.0F};
    const auto pose = *result.clip.worldFromImage(f);
    for (std::size_t pixel = 0; pixel < mask.labels.size(); ++pixel) {
      const Eigen::Vector3d p = pose(Eigen::Vector3d(pixel % kSide, pixel / kSide, 0.0));
      for (std::size_t organ = 0; organ < organs.size(); ++organ) {
        if (organs[organ].holds(p)) mask.labels[pixel] = static_cast<std::uint8_t>(organ + 1);
      }
    }
    result.mask.frames.push_back(std::move(mask));
  }
  return result;
}

const Ellipsoid kLiver{{24.0, 26.0, 22.0}, {15.0, 11.0, 16.0}, kTurn};

std::string messageOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

// A Gaussian of 0.7 mm alone would take 16 % off the smallest of these.
TEST(ExtractSurface, KeepsTheVolumeOfLabelledBallsOfManySizes) {
  for (const double radius_mm : {3.0, 6.0, 10.0, 18.0}) {
    const Ellipsoid ball{{19.13, 26.33, 121.83}, Eigen::Vector3d::Constant(radius_mm)};
    const auto volume = labelVolume({ball}, 0.5, {88, 88, 88});
    const media::Surface surface = extractSurface(volume, 2, SurfaceOptions(), Progress());
    expectWellMade(surface);
    EXPECT_EQ(surface.label, "kidney");
    const SurfaceDistance distance = surfaceDistance(surface, ball.surface());
    EXPECT_NEAR(volumeMl(surface), ball.volumeMl(), 0.01 * ball.volumeMl()) << radius_mm;
    EXPECT_LT(distance.mean_mm, 0.05) << radius_mm;
    EXPECT_LT(distance.max_mm, 0.25) << radius_mm;
  }
}

TEST(ExtractSurface, FollowsAnisotropicAndMirroredGrids) {
  const Ellipsoid organ{{12.0, 14.0, 118.0}, {9.0, 7.0, 11.0}, kTurn};
  Eigen::Affine3d placed = Eigen::Translation3d(30.0, -2.0, 101.0) *
                           Eigen::AngleAxisd(0.3, Eigen::Vector3d::UnitY()) *
                           Eigen::Scaling(0.4, 0.5, 0.7);
  placed.linear().col(0) *= -1.0;
  media::Volume volume({110, 80, 60}, media::PixelType::kUint8,
                       media::WorldFromVoxel(placed.matrix()));
  volume.world = "Tracker";
  for (int v = 0; v < 110 * 80 * 60; ++v) {
    const Eigen::Vector3d voxel(v % 110, v / 110 % 80, v / 8800);
    volume.samples<std::uint8_t>()[static_cast<std::size_t>(v)] =
        organ.holds(volume.world_from_voxel(voxel)) ? 7 : 0;
  }
  const media::Surface surface = extractSurface(volume, 7, SurfaceOptions(), Progress());
  expectWellMade(surface);
  EXPECT_EQ(surface.world, "Tracker");
  EXPECT_NEAR(volumeMl(surface), organ.volumeMl(), 0.01 * organ.volumeMl());
  EXPECT_LT(surfaceDistance(surface, organ.surface()).mean_mm, 0.06);
}

TEST(ExtractSurface, ClosesALabelThatTheVolumeCutsOff) {
  const Ellipsoid ball{{-3.0, 4.0, 100.0}, {8.0, 8.0, 8.0}};  // centred on the first voxel
  const auto volume = labelVolume({ball}, 0.5, {40, 40, 40});
  const media::Surface surface = extractSurface(volume, 2, SurfaceOptions(), Progress());
  expectWellMade(surface);
  EXPECT_NEAR(volumeMl(surface), labelVolumeMl(volume, 2), 0.02 * labelVolumeMl(volume, 2));
}

TEST(ExtractSurface, KeepsTheLargestPartOrAll) {
  const Ellipsoid large{{10.1, 15.2, 112.3}, {6.0, 6.0, 6.0}};
  const Ellipsoid small{{24.1, 30.2, 130.3}, {3.0, 3.0, 3.0}};
  const auto volume = labelVolume({large, small}, 0.5, {88, 88, 88});
  SurfaceOptions options;
  EXPECT_NEAR(volumeMl(extractSurface(volume, 2, options, Progress())), large.volumeMl(), 0.01);
  options.largest_part_only = false;
  const media::Surface both = extractSurface(volume, 2, options, Progress());
  EXPECT_NEAR(volumeMl(both), large.volumeMl() + small.volumeMl(), 0.012);
  EXPECT_EQ(eulerCharacteristic(both), 4);
}

TEST(ExtractSurface, RefusesALabelThatIsNotThereAndGreySamplesOf16Bits) {
  const Ellipsoid ball{{10.0, 15.0, 112.0}, {6.0, 6.0, 6.0}};
  const auto volume = labelVolume({ball}, 0.5, {60, 60, 60});
  const auto extract = [&](const media::Volume& from, int label) {
    return messageOf([&] { std::ignore = extractSurface(from, label, {}, Progress()); });
  };
  EXPECT_THAT(extract(volume, 3), testing::HasSubstr("label 3"));
  EXPECT_THAT(extract(volume, 0), testing::HasSubstr("half occupied"));
  const media::Volume wide({4, 4, 4}, media::PixelType::kUint16, volume.world_from_voxel);
  EXPECT_THAT(extract(wide, 1), testing::HasSubstr("8-bit"));
}

TEST(ExtractSurface, StopsWhenCancelled) {
  const Ellipsoid ball{{10.0, 15.0, 112.0}, {6.0, 6.0, 6.0}};
  const auto volume = labelVolume({ball}, 0.5, {60, 60, 60});
  std::stop_source stop;
  const Progress progress(
      [&](double fraction, std::string_view) {
        if (fraction > 0.3) stop.request_stop();
      },
      stop.get_token());
  EXPECT_THROW(std::ignore = extractSurface(volume, 2, {}, progress), Error);
}

/// Signed distance to a ball as grey, saturated 1 mm away.
media::Volume softBall(const Eigen::Vector3d& centre, double radius_mm, double spacing_mm) {
  const Grid grid = gridAt({-3.0, 4.0, 100.0}, spacing_mm, {64, 64, 64});
  media::Volume volume(grid.dims, media::PixelType::kUint8, grid.world_from_voxel);
  for (int v = 0; v < 64 * 64 * 64; ++v) {
    const Eigen::Vector3d voxel(v % 64, v / 64 % 64, v / 4096);
    const double depth_mm = radius_mm - (grid.world_from_voxel(voxel) - centre).norm();
    volume.samples<std::uint8_t>()[static_cast<std::size_t>(v)] =
        static_cast<std::uint8_t>(std::lround(127.5 + 127.5 * std::clamp(depth_mm, -1.0, 1.0)));
  }
  return volume;
}

// Reading the level off by straight lines alone loses 2 % of the smallest.
TEST(ExtractSurface, PutsBackWhatReadingAnOccupancyTakes) {
  for (const double radius_mm : {3.0, 5.0, 9.0}) {
    const Ellipsoid ball{{12.9, 20.2, 116.1}, Eigen::Vector3d::Constant(radius_mm)};
    const media::Volume volume = softBall(ball.centre, radius_mm, 0.5);
    const media::Surface surface = extractSurface(volume, 0, SurfaceOptions(), Progress());
    EXPECT_NEAR(volumeMl(surface), ball.volumeMl(), 0.002 * ball.volumeMl()) << radius_mm;
  }
}

TEST(Decimate, KeepsTheStatedDistanceAndTheShape) {
  const Ellipsoid ball{{12.9, 20.2, 116.1}, Eigen::Vector3d::Constant(9.0)};
  const media::Surface fine = extractSurface(softBall(ball.centre, 9.0, 0.5), 0, {}, Progress());
  std::size_t before = fine.triangles.size();
  for (const double most_mm : {0.02, 0.05, 0.2}) {
    media::Surface named = fine;
    named.label = "kidney";
    const media::Surface fewer = decimate(named, most_mm);
    expectWellMade(fewer);
    EXPECT_EQ(fewer.label, "kidney");
    EXPECT_EQ(fewer.world, fine.world);
    EXPECT_LE(surfaceDistance(fewer, fine).max_mm, most_mm);
    EXPECT_NEAR(volumeMl(fewer), volumeMl(fine), 1e-3 * volumeMl(fine));
    EXPECT_LT(fewer.triangles.size(), before) << most_mm;
    before = fewer.triangles.size();
  }
  EXPECT_LT(before, fine.triangles.size() / 10);
  EXPECT_EQ(decimate(fine, 1e-9).triangles, fine.triangles);
  EXPECT_THAT(messageOf([&] { std::ignore = decimate(fine, 0.0); }),
              testing::HasSubstr("positive"));
}

TEST(SurfaceOfMasks, MissesTheOrganByLessThanALabelVolumeDoes) {
  const MaskedClip scan = maskedClip({kLiver}, 88, 0.5);
  const media::Surface surface = surfaceOfMasks(scan.clip, scan.mask, 1, {}, {}, Progress());
  expectWellMade(surface);
  EXPECT_EQ(surface.label, "organ");
  EXPECT_EQ(surface.world, "Tracker");
  EXPECT_NEAR(volumeMl(surface), kLiver.volumeMl(), 0.002 * kLiver.volumeMl());
  EXPECT_LT(surfaceDistance(surface, kLiver.surface()).mean_mm, 0.025);
}

// The grid given is where the surface is read off, so that what follows of one volume agrees.
TEST(SurfaceOfMasks, ReadsTheGivenGridAndNothingWhereALabelIsTooSmall) {
  MaskedClip scan = maskedClip({kLiver}, 44, 1.0);
  VoxelOptions coarse;
  coarse.spacing_mm = 1.0;
  const auto whole = reconstructOccupancy(scan.clip, scan.mask, 1, coarse, Progress());
  VoxelOptions given;
  given.grid = Grid{whole.volume.dims, whole.volume.world_from_voxel};
  EXPECT_EQ(surfaceOfMasks(scan.clip, scan.mask, 1, given, {}, Progress()).vertices_mm,
            surfaceOfMasks(scan.clip, scan.mask, 1, coarse, {}, Progress()).vertices_mm);
  for (auto& frame : scan.mask.frames) std::ranges::fill(frame.labels, std::uint8_t{0});
  EXPECT_THAT(
      messageOf([&] { std::ignore = surfaceOfMasks(scan.clip, scan.mask, 1, {}, {}, Progress()); }),
      testing::HasSubstr("shows the label"));
  scan.mask.frames[20].labels[20000] = 1;
  EXPECT_TRUE(surfaceOfMasks(scan.clip, scan.mask, 1, {}, {}, Progress()).triangles.empty());
}

// From exact masks of a hand-held sweep to the organ: the accuracy the whole chain can reach.
TEST(MasksToSurface, GiveTheOrgansVolumeAndShape) {
  const MaskedClip scan = maskedClip({kLiver}, 88, 0.5);
  const VoxelResult occupancy =
      reconstructOccupancy(scan.clip, scan.mask, 1, VoxelOptions(), Progress());
  const VoxelResult labels = reconstructLabels(scan.clip, scan.mask, VoxelOptions(), Progress());
  EXPECT_EQ(occupancy.volume.world, "Tracker");
  EXPECT_EQ(labels.volume.labels, scan.mask.labels);
  EXPECT_EQ(labels.frames_used, 88);
  for (const auto& [volume, label] :
       {std::pair(&occupancy.volume, 0), std::pair(&labels.volume, 1)}) {
    const media::Surface surface = extractSurface(*volume, label, SurfaceOptions(), Progress());
    expectWellMade(surface);
    const SurfaceDistance distance = surfaceDistance(surface, kLiver.surface());
    EXPECT_NEAR(volumeMl(surface), kLiver.volumeMl(), 0.01 * kLiver.volumeMl());
    EXPECT_LT(distance.mean_mm, 0.06);
    EXPECT_LT(distance.hd95_mm, 0.2);
  }
}

TEST(MasksToSurface, InterpolateBetweenSparseFrames) {
  const MaskedClip scan = maskedClip({kLiver}, 22, 2.0);
  const VoxelResult occupancy =
      reconstructOccupancy(scan.clip, scan.mask, 1, VoxelOptions(), Progress());
  EXPECT_LT(occupancy.observed_fraction, 0.6);
  const media::Surface surface = extractSurface(occupancy.volume, 0, SurfaceOptions(), Progress());
  expectWellMade(surface);
  EXPECT_NEAR(volumeMl(surface), kLiver.volumeMl(), 0.01 * kLiver.volumeMl());
  EXPECT_LT(surfaceDistance(surface, kLiver.surface()).mean_mm, 0.2);
}

// One organ inside the other: each voxel of the shell is one or the other, none is background.
TEST(ReconstructLabels, LeaveNoGapWhereLabelsTouch) {
  Ellipsoid core = kLiver;
  core.radii *= 0.5;
  const MaskedClip scan = maskedClip({kLiver, core}, 88, 0.5);
  const VoxelResult result = reconstructLabels(scan.clip, scan.mask, VoxelOptions(), Progress());
  const media::Volume& volume = result.volume;
  Ellipsoid inner = kLiver;
  inner.radii.array() -= 0.6;
  int wrong = 0, checked = 0;
  for (int k = 0; k < volume.dims[2]; ++k) {
    for (int j = 0; j < volume.dims[1]; ++j) {
      for (int i = 0; i < volume.dims[0]; ++i) {
        const Eigen::Vector3d p = volume.world_from_voxel(Eigen::Vector3d(i, j, k));
        if (!inner.holds(p)) continue;
        const int label = volume.samples<std::uint8_t>()[volume.index(i, j, k)];
        ASSERT_NE(label, 0) << p.transpose();
        wrong += label != (core.holds(p) ? 2 : 1);
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 50000);
  EXPECT_LT(wrong, 0.02 * checked);  // on the border alone
  EXPECT_NEAR(labelVolumeMl(volume, 2), core.volumeMl(), 0.02 * core.volumeMl());
}

TEST(ReconstructOccupancy, UsesOnlyPlacedFramesWithMasks) {
  MaskedClip scan = maskedClip({kLiver}, 30, 1.4);
  scan.clip.frames[4].pose_status = media::PoseStatus::kInvalid;
  scan.clip.frames[5].pose_status = media::PoseStatus::kMissing;
  scan.clip.frames[5].world_from_probe = media::WorldFromProbe(
      Eigen::Matrix4d(Eigen::Affine3d(Eigen::Translation3d(1e6, 0.0, 0.0)).matrix()));
  std::erase_if(scan.mask.frames, [](const auto& mask) { return mask.frame_index == 10; });
  const VoxelResult result =
      reconstructOccupancy(scan.clip, scan.mask, 1, VoxelOptions(), Progress());
  EXPECT_EQ(result.frames_used, 27);
  EXPECT_EQ(result.frames_skipped, 2);
  EXPECT_LT(result.volume.dims[0], 200);
  EXPECT_THAT(messageOf([&] {
                std::ignore = reconstructOccupancy(scan.clip, scan.mask, 9, {}, Progress());
              }),
              testing::HasSubstr("label 9"));
  scan.mask.frames.clear();
  EXPECT_THAT(messageOf([&] {
                std::ignore = reconstructOccupancy(scan.clip, scan.mask, 1, {}, Progress());
              }),
              testing::HasSubstr("segment the clip"));
}

TEST(ReconstructBmode, SkipsInvalidFramesAndSays) {
  MaskedClip scan = maskedClip({kLiver}, 12, 0.5);
  std::vector<media::Image> images(12, uniform(200, 200, 90));
  images[3] = uniform(200, 200, 250);
  scan.clip.frames[3].pose_status = media::PoseStatus::kInvalid;
  scan.clip.pixels = std::make_shared<media::MemoryFrames>(images);
  const VoxelResult result = reconstructBmode(scan.clip, VoxelOptions(), Progress());
  EXPECT_EQ(result.frames_used, 11);
  EXPECT_EQ(result.frames_skipped, 1);
  EXPECT_EQ(std::ranges::max(result.volume.samples<std::uint8_t>()), 90);

  scan.clip.info.probe_from_image.reset();
  EXPECT_THAT(messageOf([&] { std::ignore = reconstructBmode(scan.clip, {}, Progress()); }),
              testing::HasSubstr("calibration"));
}

// One white level for the clip: a frame half as bright stays half as bright.
TEST(ReconstructBmode, Scales16BitFramesAlike) {
  MaskedClip scan = maskedClip({kLiver}, 2, 20.0);
  scan.clip.info.type = media::PixelType::kUint16;
  std::vector<media::Image> images;
  for (const std::uint16_t level : {4000, 2000}) {
    images.emplace_back(200, 200, 1, media::PixelType::kUint16);
    std::ranges::fill(images.back().samples<std::uint16_t>(), level);
  }
  scan.clip.pixels = std::make_shared<media::MemoryFrames>(images);
  VoxelOptions options;
  options.fill = Fill::kNone;
  const VoxelResult result = reconstructBmode(scan.clip, options, Progress());
  std::array<int, 256> seen{};
  for (const std::uint8_t level : result.volume.samples<std::uint8_t>()) ++seen[level];
  EXPECT_GT(seen[255], 1000);
  EXPECT_GT(seen[128], 1000);
  EXPECT_EQ(static_cast<std::size_t>(seen[0] + seen[128] + seen[255]), result.state.size());
}
}  // namespace
}  // namespace sonotwin::reconstruct
