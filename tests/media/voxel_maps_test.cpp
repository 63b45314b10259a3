// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/voxel_maps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
using testing::ElementsAre;

Volume fourVoxels() {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix(0, 3) = 7.0;
  Volume volume({2, 2, 1}, PixelType::kUint8, WorldFromVoxel(matrix));
  volume.world = "Tracker";
  return volume;
}

template <class T>
std::vector<T> valuesOf(const Volume& volume) {
  const auto samples = volume.samples<T>();
  return {samples.begin(), samples.end()};
}

TEST(VoxelMaps, BecomeVolumesThatLieOnTheirs) {
  const Volume volume = fourVoxels();
  const VoxelMaps maps{{0, 12, VoxelMaps::kEmpty, 254}, {3, 40, 0, 255}};
  const Volume state = stateVolume(volume, maps);
  EXPECT_THAT(valuesOf<std::uint8_t>(state), ElementsAre(1, 2, 0, 2));
  EXPECT_EQ(state.labels[1].name, "interpolated");
  EXPECT_THAT(valuesOf<float>(distanceVolume(volume, maps)),
              testing::Pointwise(testing::FloatEq(), {0.0F, 1.2F, -1.0F, 25.4F}));
  EXPECT_THAT(valuesOf<float>(uncertaintyVolume(volume, maps)),
              ElementsAre(1.5F, 20.0F, -1.0F, 127.5F));
  for (const Volume& map : {state, distanceVolume(volume, maps), uncertaintyVolume(volume, maps)}) {
    EXPECT_EQ(map.world, "Tracker");
    EXPECT_EQ(map.world_from_voxel.matrix(), volume.world_from_voxel.matrix());
  }
}

TEST(VoxelMaps, SayWhatWasNotWorkedOut) {
  const VoxelMaps maps{{0, 0, 0, 0}, {}};
  try {
    std::ignore = uncertaintyVolume(fourVoxels(), maps);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    EXPECT_THAT(error.what(), testing::HasSubstr("--uncertainty"));
  }
  EXPECT_THROW(std::ignore = stateVolume(fourVoxels(), {}), Error);
}
}  // namespace
}  // namespace sonotwin::media
