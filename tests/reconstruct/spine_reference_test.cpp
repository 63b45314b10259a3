// SPDX-License-Identifier: Apache-2.0
//
// The spine phantom, swept by hand, against the volumes PLUS made of it on the same grid.
//
// PLUS places pixels with a matrix rounded to 14 fraction bits, up to 0.03 voxel off at the far
// side of the image, so where pixels are a sixth of a voxel it often takes the neighbour of the
// pixel that is last in a voxel. Its mean is rounded down after every pixel, about 5 grey levels
// too dark. Each test therefore compares twice: as we reconstruct, and with that rounding put into
// the poses, which shows that nothing else differs.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "sonotwin/media/calibration_io.h"
#include "sonotwin/media/sequence_io.h"
#include "sonotwin/media/volume_io.h"
#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {
namespace {
using VoxelFromImage = geometry::Transform<geometry::Voxel, geometry::Image>;

struct Agreement {
  double within_2 = 0.0;  ///< of the voxels where both have data
  double bias = 0.0;      ///< ours - theirs
};

class SpineReference : public testing::Test {
 protected:
  void load(const char* configuration, const char* reference, Compounding compounding) {
    const char* data = std::getenv("SONOTWIN_TEST_DATA");
    if (data == nullptr) GTEST_SKIP() << "SONOTWIN_TEST_DATA is not set: no real sweep to compare";
    const auto folder = std::filesystem::path(data) / "tracked" / "freehand";
    clip_ = media::readSequence(folder / "SpinePhantomFreehand.igs.mha");
    media::applyCalibration(media::readCalibration(folder / "config" / configuration), clip_);
    reference_ = media::readVolume(folder / "reference" / reference);
    options_.interpolation = Interpolation::kNearest;
    options_.compounding = compounding;
    options_.fill = Fill::kNone;
    options_.device = "cpu";
    options_.grid = Grid{reference_.dims, reference_.world_from_voxel};
  }

  [[nodiscard]] VoxelResult reconstruct(const std::vector<PlacedFrame>& frames) const {
    return reconstructVoxels(
        frames, clip_.info.rows, clip_.info.cols, clip_.info.sector,
        [this](int index) { return clip_.pixels->frame(index); }, options_, Progress());
  }

  [[nodiscard]] std::vector<PlacedFrame> roundedAsPlusDoes() const {
    std::vector<PlacedFrame> frames = placedFrames(clip_);
    const auto voxel_from_world = reference_.world_from_voxel.inverse();
    for (PlacedFrame& frame : frames) {
      const Eigen::Matrix4d exact = (voxel_from_world * frame.world_from_image).matrix();
      const Eigen::Matrix4d rounded = (exact.array() * 16384.0).round() / 16384.0;
      frame.world_from_image = reference_.world_from_voxel * VoxelFromImage(rounded);
    }
    return frames;
  }

  /// Over voxels that a pixel reached and that are not black in the reference, which marks no hole.
  [[nodiscard]] Agreement agreement(std::span<const std::uint8_t> grey,
                                    std::span<const std::uint8_t> state) const {
    const auto theirs = reference_.samples<std::uint8_t>();
    Agreement result;
    int both = 0;
    for (std::size_t v = 0; v < grey.size(); ++v) {
      if (state[v] == 0 || theirs[v] == 0) continue;
      const int difference = grey[v] - theirs[v];
      result.within_2 += std::abs(difference) <= 2;
      result.bias += difference;
      ++both;
    }
    EXPECT_GT(both, 50000);
    result.within_2 /= both;
    result.bias /= both;
    return result;
  }

  [[nodiscard]] Agreement agreement(const VoxelResult& ours) const {
    return agreement(ours.volume.samples<std::uint8_t>(), ours.state);
  }

  /// Running mean in 8 bits, rounded down at each of at most 255 pixels, as PLUS keeps it.
  [[nodiscard]] VoxelResult truncatingMean(const std::vector<PlacedFrame>& frames) const {
    VoxelResult result;
    result.volume = reference_;
    result.state.resize(reference_.voxelCount());
    std::vector<unsigned> counts(reference_.voxelCount());
    const auto voxels = result.volume.samples<std::uint8_t>();
    for (const PlacedFrame& frame : frames) {
      const auto voxel_from_image = reference_.world_from_voxel.inverse() * frame.world_from_image;
      const media::Image image = clip_.pixels->frame(frame.index);
      for (std::size_t pixel = 0; pixel < image.pixelCount(); ++pixel) {
        const auto cols = static_cast<std::size_t>(image.cols);
        const Eigen::Vector3d at = voxel_from_image(Eigen::Vector3d(
            static_cast<double>(pixel % cols), static_cast<double>(pixel / cols), 0.0));
        const Eigen::Vector3i v = (at.array() + 0.5).floor().cast<int>();
        if (v.minCoeff() < 0 || v[0] >= reference_.dims[0] || v[1] >= reference_.dims[1] ||
            v[2] >= reference_.dims[2]) {
          continue;
        }
        const std::size_t index = reference_.index(v[0], v[1], v[2]);
        const unsigned count = std::min(counts[index]++, 255U);
        const unsigned before = result.state[index] == 0 ? 0U : voxels[index];
        voxels[index] = static_cast<std::uint8_t>(
            (image.samples<std::uint8_t>()[pixel] + before * count) / (count + 1));
        result.state[index] = 1;
      }
    }
    return result;
  }

  media::Clip clip_;
  media::Volume reference_;
  VoxelOptions options_;
};

TEST_F(SpineReference, NearestLatest) {
  load("Config_VolumeReconstruction_SonixRP_TRUS_D70mm_NN_LATE.xml",
       "VolumeReconstructorTestNNLATEvolumeRef.mha", Compounding::kLatest);
  if (IsSkipped()) return;
  const Agreement exact = agreement(reconstruct(placedFrames(clip_)));
  const Agreement rounded = agreement(reconstruct(roundedAsPlusDoes()));
  RecordProperty("within_2", std::to_string(exact.within_2));
  RecordProperty("within_2_rounded", std::to_string(rounded.within_2));
  EXPECT_GT(exact.within_2, 0.915);
  EXPECT_NEAR(exact.bias, 0.0, 0.05);
  EXPECT_GT(rounded.within_2, 0.98);  // the rest lies on the fan's edge, which PLUS shaves
}

TEST_F(SpineReference, NearestMean) {
  load("Config_VolumeReconstruction_SpinePhantom_NN_MEAN.xml",
       "VolumeReconstructorTestNNMEANvolumeRef.mha", Compounding::kMean);
  if (IsSkipped()) return;
  const Agreement exact = agreement(reconstruct(placedFrames(clip_)));
  const Agreement truncated = agreement(truncatingMean(placedFrames(clip_)));
  const Agreement both = agreement(truncatingMean(roundedAsPlusDoes()));
  RecordProperty("within_2", std::to_string(exact.within_2));
  RecordProperty("bias", std::to_string(exact.bias));
  RecordProperty("within_2_truncated", std::to_string(truncated.within_2));
  RecordProperty("within_2_truncated_rounded", std::to_string(both.within_2));
  EXPECT_GT(exact.within_2, 0.33);
  EXPECT_NEAR(exact.bias, 4.9, 0.3);
  EXPECT_GT(truncated.within_2, 0.945);
  EXPECT_GT(both.within_2, 0.99);
}
}  // namespace
}  // namespace sonotwin::reconstruct
