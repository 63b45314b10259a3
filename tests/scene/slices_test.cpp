// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/scene/slices.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "sonotwin/base/error.h"

namespace sonotwin::scene {
namespace {
media::WorldFromVoxel grid(const Eigen::Matrix3d& axes, const Eigen::Vector3d& origin) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() = axes;
  matrix.topRightCorner<3, 1>() = origin;
  return media::WorldFromVoxel(matrix);
}

double fieldAt(const Eigen::Vector3d& world_mm) {
  return 5.0 + 1.5 * world_mm.x() - 0.75 * world_mm.y() + 2.25 * world_mm.z();
}

media::Volume linearVolume() {
  const Eigen::Matrix3d rotation =
      Eigen::AngleAxisd(0.6, Eigen::Vector3d(1.0, -2.0, 0.5).normalized()).toRotationMatrix();
  const Eigen::Matrix3d axes = rotation * Eigen::Vector3d(0.5, 0.8, 1.7).asDiagonal();
  media::Volume volume({21, 17, 9}, media::PixelType::kFloat32, grid(axes, {3.0, -4.0, 7.0}));
  for (int k = 0; k < 9; ++k) {
    for (int j = 0; j < 17; ++j) {
      for (int i = 0; i < 21; ++i) {
        volume.samples<float>()[volume.index(i, j, k)] =
            static_cast<float>(fieldAt(volume.world_from_voxel(Eigen::Vector3d(i, j, k))));
      }
    }
  }
  return volume;
}

// Oracle: interpolation is exact for a field linear in space, so each pixel must hold the field at
// its own place. Exchanged axes, a wrong spacing or a half-pixel shift fail.
TEST(Slices, ReproduceALinearFieldAlongEveryAxis) {
  const media::Volume volume = linearVolume();
  for (int axis = 0; axis < 3; ++axis) {
    const SlicePlane plane = slicePlane(volume, axis, 4);
    const media::Image image = sliceImage(volume, axis, 4);
    ASSERT_EQ(image.rows, plane.rows);
    ASSERT_EQ(image.cols, plane.cols);
    for (int row = 0; row < image.rows; ++row) {
      for (int col = 0; col < image.cols; ++col) {
        const auto pixel = image.samples<float>()[static_cast<std::size_t>(row * image.cols + col)];
        ASSERT_NEAR(pixel, fieldAt(plane.toWorld(col, row)), 1e-4)
            << "axis " << axis << " row " << row << " col " << col;
      }
    }
  }
}

TEST(Slices, HaveSquarePixelsOfTheFinerSpacing) {
  const media::Volume volume = linearVolume();
  const SlicePlane across_k = slicePlane(volume, 2, 0);  // i: 20 x 0.5 mm, j: 16 x 0.8 mm
  EXPECT_NEAR(across_k.pixel_mm(), 0.5, 1e-12);
  EXPECT_EQ(across_k.cols, 21);
  EXPECT_EQ(across_k.rows, 26);                          // 12.8 mm / 0.5 mm, floor, + 1
  const SlicePlane across_i = slicePlane(volume, 0, 0);  // j: 12.8 mm, k: 8 x 1.7 mm
  EXPECT_NEAR(across_i.pixel_mm(), 0.8, 1e-12);
  EXPECT_EQ(across_i.cols, 17);
  EXPECT_EQ(across_i.rows, 18);
  EXPECT_NEAR(across_i.row_step_mm.norm(), 0.8, 1e-12);
  EXPECT_NEAR(across_i.row_step_mm.dot(across_i.col_step_mm), 0.0, 1e-12);
}

TEST(Slices, OfIsotropicVoxelsAreTheVoxels) {
  media::Volume volume({5, 4, 3}, media::PixelType::kUint8,
                       grid(Eigen::Matrix3d::Identity() * 0.3, {0.1, 0.2, 0.3}));
  for (std::size_t i = 0; i < volume.voxelCount(); ++i) {
    volume.samples<std::uint8_t>()[i] = static_cast<std::uint8_t>(4 * i);
  }
  const media::Image image = sliceImage(volume, 1, 2);
  ASSERT_EQ(image.rows, 3);
  ASSERT_EQ(image.cols, 5);
  for (int k = 0; k < 3; ++k) {
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(image.samples<std::uint8_t>()[static_cast<std::size_t>(k * 5 + i)],
                volume.samples<std::uint8_t>()[volume.index(i, 2, k)]);
    }
  }
}

TEST(Slices, OfLabelsNeverMixLabels) {
  media::Volume volume({2, 2, 2}, media::PixelType::kUint8,
                       grid(Eigen::Vector3d(1.0, 0.25, 1.0).asDiagonal(), {0.0, 0.0, 0.0}));
  volume.labels = {{1, "low"}, {9, "high"}};
  for (std::size_t i = 0; i < 8; ++i) volume.samples<std::uint8_t>()[i] = i % 2 == 0 ? 1 : 9;
  const media::Image image = sliceImage(volume, 2, 0);
  EXPECT_EQ(image.cols, 5);  // 1 mm in steps of 0.25
  for (const std::uint8_t label : image.samples<std::uint8_t>()) {
    EXPECT_TRUE(label == 1 || label == 9) << int{label};
  }
}

TEST(Slices, ObliquePlaneHoldsTheFieldInsideAndZeroOutside) {
  const media::Volume volume = linearVolume();
  const Eigen::Vector3d middle = volume.world_from_voxel(Eigen::Vector3d(10.0, 8.0, 4.0));
  const SlicePlane plane = planeThrough(volume, middle, {1.0, 0.4, 0.2}, {0.3, -1.0, 0.9}, 0.4);
  const media::Image image = sliceImage(volume, plane);
  const auto voxel_from_world = volume.world_from_voxel.inverse();
  int inside = 0, outside = 0;
  for (int row = 0; row < image.rows; ++row) {
    for (int col = 0; col < image.cols; ++col) {
      const Eigen::Vector3d place = plane.toWorld(col, row);
      const Eigen::Vector3d voxel = voxel_from_world(place);
      const auto pixel = image.samples<float>()[static_cast<std::size_t>(row * image.cols + col)];
      const Eigen::Array3d last(20.0, 16.0, 8.0);
      if ((voxel.array() >= 0.0).all() && (voxel.array() <= last).all()) {
        ASSERT_NEAR(pixel, fieldAt(place), 1e-4);
        ++inside;
      } else if ((voxel.array() < -0.01).any() || (voxel.array() > last + 0.01).any()) {
        ASSERT_EQ(pixel, 0.0F);
        ++outside;
      }
    }
  }
  EXPECT_GT(inside, 100);
  EXPECT_GT(outside, 100);
  const Eigen::Vector2d pixel = plane.toPixel(middle);
  EXPECT_NEAR((plane.toWorld(pixel.x(), pixel.y()) - middle).norm(), 0.0, 1e-9);
}

TEST(Slices, RefuseWhatIsNotInTheVolume) {
  const media::Volume volume = linearVolume();
  EXPECT_THROW(std::ignore = slicePlane(volume, 3, 0), Error);
  EXPECT_THROW(std::ignore = slicePlane(volume, 2, 9), Error);
  EXPECT_THROW(std::ignore = slicePlane(volume, 0, -1), Error);
  EXPECT_THROW(
      std::ignore = planeThrough(volume, Eigen::Vector3d::Zero(), {1, 0, 0}, {2, 0, 0}, 0.5),
      Error);
  EXPECT_THROW(
      std::ignore = planeThrough(volume, Eigen::Vector3d::Zero(), {1, 0, 0}, {0, 1, 0}, 1e-6),
      Error);
}
}  // namespace
}  // namespace sonotwin::scene
