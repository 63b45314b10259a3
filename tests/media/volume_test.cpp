// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/volume.h"

#include <gtest/gtest.h>

#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
TEST(Volume, IndexRunsFastestAlongI) {
  const Volume volume({4, 3, 2}, PixelType::kUint16, {});
  EXPECT_EQ(volume.voxelCount(), 24U);
  EXPECT_EQ(volume.data.size(), 48U);
  std::size_t expected = 0;
  for (int k = 0; k < 2; ++k) {
    for (int j = 0; j < 3; ++j) {
      for (int i = 0; i < 4; ++i) EXPECT_EQ(volume.index(i, j, k), expected++);
    }
  }
}

TEST(Volume, SpacingIsTheLengthOfTheVoxelEdges) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() << 0.0, 0.6, 0.0, -0.5, 0.0, 0.3, 0.0, 0.8, 0.4;
  const Volume volume({1, 1, 1}, PixelType::kUint8, WorldFromVoxel(matrix));
  EXPECT_TRUE(volume.spacing_mm().isApprox(Eigen::Vector3d(0.5, 1.0, 0.5)));
}

TEST(Volume, RefusesSizesBeforeAskingForMemory) {
  EXPECT_THROW(Volume({0, 1, 1}, PixelType::kUint8, {}), Error);
  EXPECT_THROW(Volume({1, -1, 1}, PixelType::kUint8, {}), Error);
  EXPECT_THROW(Volume({2048, 2048, 2049}, PixelType::kUint8, {}), Error);
  EXPECT_THROW(Volume({2000000000, 2000000000, 2000000000}, PixelType::kFloat32, {}), Error);
}
}  // namespace
}  // namespace sonotwin::media
