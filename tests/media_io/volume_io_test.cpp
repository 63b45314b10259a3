// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/volume_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "sequence_files.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "temporary_folder.h"

namespace sonotwin::media {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

WorldFromVoxel tilted() {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() =
      Eigen::AngleAxisd(0.4, Eigen::Vector3d(1, 2, 3).normalized()).toRotationMatrix() *
      Eigen::Vector3d(0.5, 0.75, 1.25).asDiagonal();
  matrix.topRightCorner<3, 1>() << -57.0272, 168.545, 30.5384;
  return WorldFromVoxel(matrix);
}

Volume noise(PixelType type) {
  Volume volume({5, 4, 3}, type, tilted());
  std::mt19937 random(11);
  if (type == PixelType::kFloat32) {
    for (float& value : volume.samples<float>()) value = static_cast<float>(random()) * 1e-6F;
  } else {
    for (std::byte& byte : volume.data) byte = static_cast<std::byte>(random());
  }
  volume.labels = {{1, "nerve"}, {12, "a name, with: signs = in it"}};
  return volume;
}

TEST(VolumeIo, ComesBackAsWritten) {
  const test::TemporaryFolder folder;
  for (const char* name : {"a.nrrd", "a.mha", "a.nii", "a.nii.gz"}) {
    for (const PixelType type : {PixelType::kUint8, PixelType::kUint16, PixelType::kFloat32}) {
      for (const char* world : {"LPS", "Reference", "StepperHome"}) {
        Volume volume = noise(type);
        volume.world = world;
        writeVolume(folder / name, volume);
        const Volume back = readVolume(folder / name);
        EXPECT_EQ(back.dims, volume.dims) << name;
        EXPECT_EQ(back.type, type) << name;
        EXPECT_TRUE(back.data == volume.data) << name;
        EXPECT_EQ(back.world, world) << name;
        // NIfTI keeps its matrix in single precision.
        const double tolerance = std::string(name).find("nii") == std::string::npos ? 1e-12 : 1e-6;
        EXPECT_TRUE(
            back.world_from_voxel.matrix().isApprox(volume.world_from_voxel.matrix(), tolerance))
            << name;
        if (tolerance < 1e-6) {
          EXPECT_EQ(back.labels, volume.labels) << name;
        }
      }
    }
  }
}

// By hand from the format: the same corner of the body in three spaces.
TEST(VolumeIo, BringsNrrdSpacesToLps) {
  const test::TemporaryFolder folder;
  const auto read = [&](const std::string& space, const std::string& directions,
                        const std::string& origin) {
    writeFileAtomically(folder / "a.nrrd", "NRRD0004\ntype: uint8\ndimension: 3\nspace: " + space +
                                               "\nsizes: 2 1 1\nspace directions: " + directions +
                                               "\nspace origin: " + origin +
                                               "\nencoding: raw\n\nxy");
    return readVolume(folder / "a.nrrd");
  };
  const Eigen::Vector3d expected(-1.5, 22, 33);
  for (const auto& [space, directions, origin] :
       {std::tuple{"left-posterior-superior", "(-2.5,0,0) (0,2,0) (0,0,3)", "(1,22,33)"},
        std::tuple{"LPS", "(-2.5,0,0) (0,2,0) (0,0,3)", "(1,22,33)"},
        std::tuple{"right-anterior-superior", "(2.5,0,0) (0,-2,0) (0,0,3)", "(-1,-22,33)"},
        std::tuple{"left-anterior-superior", "(-2.5,0,0) (0,-2,0) (0,0,3)", "(1,-22,33)"}}) {
    const Volume volume = read(space, directions, origin);
    EXPECT_TRUE(volume.world_from_voxel({1, 0, 0}).isApprox(expected)) << space;
    EXPECT_EQ(volume.world, "LPS") << space;
  }
  const Volume scanner = read("scanner-xyz", "(-2.5,0,0) (0,2,0) (0,0,3)", "(1,22,33)");
  EXPECT_TRUE(scanner.world_from_voxel({1, 0, 0}).isApprox(expected));
  EXPECT_EQ(scanner.world, "scanner-xyz");
}

TEST(VolumeIo, ReadsMetaImageDirections) {
  const test::TemporaryFolder folder;
  writeFileAtomically(folder / "a.mha", metaHeader({{"DimSize", "2 1 1"},
                                                    {"Kinds", "domain domain domain"},
                                                    {"ElementSpacing", "2 3 4"},
                                                    {"TransformMatrix", "0 1 0 -1 0 0 0 0 1"},
                                                    {"Offset", "10 20 30"}}) +
                                            "xy");
  const Volume volume = readVolume(folder / "a.mha");
  // Axis 0 runs along the first row of the matrix: +y.
  EXPECT_TRUE(volume.world_from_voxel({1, 0, 0}).isApprox(Eigen::Vector3d(10, 22, 30)));
  EXPECT_TRUE(volume.world_from_voxel({0, 1, 0}).isApprox(Eigen::Vector3d(7, 20, 30)));
}

TEST(VolumeIo, RefusesInWords) {
  const test::TemporaryFolder folder;
  const auto refusalOf = [&](const std::string& name, const std::string& bytes) -> std::string {
    writeFileAtomically(folder / name, bytes);
    try {
      std::ignore = readVolume(folder / name);
    } catch (const Error& error) {
      return error.what();
    }
    return "read without complaint";
  };
  EXPECT_THAT(refusalOf("a.xyz", ""), HasSubstr(".nrrd"));
  EXPECT_THAT(refusalOf("a.nii", ""), HasSubstr("shorter"));
  EXPECT_THAT(refusalOf("a.nii", std::string(400, 'x')), HasSubstr("NIfTI-1"));
  EXPECT_THAT(refusalOf("a.nii.gz", "\x1f\x8b" + std::string(400, 'x')), HasSubstr("shorter"));
  EXPECT_THAT(refusalOf("a.mha", metaHeader({}) + std::string(24, 'x')), HasSubstr("Kinds"));
  EXPECT_THAT(
      refusalOf("a.mha", metaHeader({{"Kinds", "domain domain domain"}}) + std::string(24, 'x')),
      HasSubstr("voxels"));
  EXPECT_THAT(
      refusalOf("a.mha",
                metaHeader({{"NDims", "2"}, {"DimSize", "4 3"}, {"Kinds", "domain domain"}}) +
                    std::string(24, 'x')),
      HasSubstr("three axes"));
  EXPECT_THROW(writeVolume(folder / "a.tiff", noise(PixelType::kUint8)), Error);
  EXPECT_THROW(writeVolume(folder / "a.mhd", noise(PixelType::kUint8)), Error);
  EXPECT_THROW(writeVolume(folder / "a.nrrd", Volume{}), Error);
}

TEST(VolumeIo, ScaledAndSwappedNifti) {
  const test::TemporaryFolder folder;
  Volume volume({3, 1, 1}, PixelType::kUint16, tilted());
  const auto samples = volume.samples<std::uint16_t>();
  samples[0] = 1, samples[1] = 2, samples[2] = 515;
  writeVolume(folder / "a.nii", volume);
  std::string bytes = readTextFile(folder / "a.nii");
  const float slope = 0.5F, intercept = -3.0F;
  std::memcpy(bytes.data() + 112, &slope, 4);
  std::memcpy(bytes.data() + 116, &intercept, 4);
  writeFileAtomically(folder / "scaled.nii", bytes);
  EXPECT_THAT(readVolume(folder / "scaled.nii").samples<float>(),
              ElementsAre(-2.5F, -2.0F, 254.5F));
  // The same file as a big-endian machine writes it.
  const auto swap = [&](std::size_t at, std::size_t width, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at + i * width),
                   bytes.begin() + static_cast<std::ptrdiff_t>(at + (i + 1) * width));
    }
  };
  swap(0, 4, 1), swap(40, 2, 8), swap(70, 2, 2), swap(76, 4, 8), swap(108, 4, 3);
  swap(252, 2, 2), swap(256, 4, 6), swap(280, 4, 12), swap(352, 2, 3);
  writeFileAtomically(folder / "big.nii", bytes);
  const Volume big = readVolume(folder / "big.nii");
  EXPECT_THAT(big.samples<float>(), ElementsAre(-2.5F, -2.0F, 254.5F));
  EXPECT_TRUE(big.world_from_voxel.matrix().isApprox(tilted().matrix(), 1e-6));
}

template <class T>
T at(const std::string& bytes, std::size_t offset) {
  T value{};
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// Offsets, codes and the quaternion's formula are nifti1.h's.
TEST(VolumeIo, NiftiSaysWhoseCoordinatesItHoldsInBothForms) {
  const test::TemporaryFolder folder;
  for (const bool mirrored : {false, true}) {
    Volume volume = noise(PixelType::kUint8);
    Eigen::Matrix4d matrix = volume.world_from_voxel.matrix();
    if (mirrored) matrix.col(1) *= -1.0;
    volume.world_from_voxel = WorldFromVoxel(matrix);
    for (const auto& [world, code] : {std::pair{"Tracker", 1}, std::pair{"LPS", 2}}) {
      volume.world = world;
      writeVolume(folder / "a.nii", volume);
      const std::string bytes = readTextFile(folder / "a.nii");
      EXPECT_EQ(at<std::int16_t>(bytes, 252), code) << world;
      EXPECT_EQ(at<std::int16_t>(bytes, 254), code) << world;
      EXPECT_EQ(bytes.substr(148, 80).find("not anatomical") != std::string::npos, code == 1);
      const double b = at<float>(bytes, 256), c = at<float>(bytes, 260), d = at<float>(bytes, 264);
      const double a = std::sqrt(1.0 - b * b - c * c - d * d);
      Eigen::Matrix3d turn;
      turn << a * a + b * b - c * c - d * d, 2 * b * c - 2 * a * d, 2 * b * d + 2 * a * c,
          2 * b * c + 2 * a * d, a * a + c * c - b * b - d * d, 2 * c * d - 2 * a * b,
          2 * b * d - 2 * a * c, 2 * c * d + 2 * a * b, a * a + d * d - c * c - b * b;
      const Eigen::Vector3d scale(at<float>(bytes, 80), at<float>(bytes, 84),
                                  at<float>(bytes, 76) * at<float>(bytes, 88));
      for (Eigen::Index row = 0; row < 3; ++row) {
        for (Eigen::Index col = 0; col < 3; ++col) {
          const auto sform = at<float>(bytes, 280 + 4 * static_cast<std::size_t>(4 * row + col));
          EXPECT_NEAR(turn(row, col) * scale[col], sform, 1e-5) << row << col << mirrored;
        }
        EXPECT_EQ(at<float>(bytes, 268 + 4 * static_cast<std::size_t>(row)),
                  at<float>(bytes, 280 + 4 * static_cast<std::size_t>(4 * row + 3)));
      }
    }
  }
  Volume skewed = noise(PixelType::kUint8);
  Eigen::Matrix4d matrix = skewed.world_from_voxel.matrix();
  matrix.col(0) += 0.2 * matrix.col(1);
  skewed.world_from_voxel = WorldFromVoxel(matrix);
  writeVolume(folder / "a.nii", skewed);
  EXPECT_EQ(at<std::int16_t>(readTextFile(folder / "a.nii"), 252), 0);  // no quaternion holds it
}

TEST(VolumeIo, NrrdNamesASpaceOnlyWhereItIsKnown) {
  const test::TemporaryFolder folder;
  Volume volume = noise(PixelType::kUint8);
  for (const auto& [world, line] : {std::pair{"LPS", "\nspace: left-posterior-superior\n"},
                                    std::pair{"Tracker", "\nspace dimension: 3\n"}}) {
    volume.world = world;
    writeVolume(folder / "a.nrrd", volume);
    const std::string bytes = readTextFile(folder / "a.nrrd");
    EXPECT_THAT(bytes, HasSubstr(line));
    EXPECT_EQ(bytes.find("\nspace: ") != std::string::npos, volume.world == "LPS");
  }
}

TEST(VolumeIo, ReadsPlusReconstructions) {
  SONOTWIN_NEEDS_REAL_DATA();
  const auto data = test::realData();
  const auto folder = data / "tracked" / "freehand" / "reference";
  const Volume volume = readVolume(folder / "VolumeReconstructorTestNNLATEvolumeRef.mha");
  EXPECT_EQ(volume.dims, (std::array<int, 3>{80, 93, 98}));
  EXPECT_EQ(volume.world, "Reference");
  EXPECT_TRUE(volume.spacing_mm().isApprox(Eigen::Vector3d(0.5, 0.5, 0.5)));
  EXPECT_TRUE(
      volume.world_from_voxel.translation().isApprox(Eigen::Vector3d(-57.0272, 168.545, 30.5384)));
  EXPECT_GT(std::ranges::max(volume.samples<std::uint8_t>()), 100);
}
}  // namespace
}  // namespace sonotwin::media
