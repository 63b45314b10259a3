// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/find_sector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "scan_geometry.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/phantom/virtual_patient.h"
#include "speckled_picture.h"
#include "temporary_folder.h"

namespace sonotwin::media {
namespace {
/// Pixels in both over pixels in either.
double overlap(const ScanSector& one, const ScanSector& other, int rows, int cols) {
  double both = 0.0, either = 0.0;
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      const bool a = one.contains(col, row), b = other.contains(col, row);
      both += a && b ? 1.0 : 0.0;
      either += a || b ? 1.0 : 0.0;
    }
  }
  return both / either;
}

void fill(Image& picture, const PixelRectangle& part, int level) {
  for (int row = part.y0; row < part.y1; ++row) {
    for (int col = part.x0; col < part.x1; ++col) {
      picture.samples<std::uint8_t>()[static_cast<std::size_t>(row * picture.cols + col)] =
          static_cast<std::uint8_t>(level);
    }
  }
}

/// A grey scale on the left, a ruler with ticks on the right, lines of letter-like blocks.
void drawSurroundings(Image& picture) {
  const int rows = picture.rows, cols = picture.cols;
  for (int row = 20; row < rows / 2; ++row) fill(picture, {3, row, 9, row + 1}, 255 - row);
  for (int row = 10; row < rows; row += 20) fill(picture, {cols - 12, row, cols - 6, row + 1}, 200);
  for (int letter = 0; letter < 14; ++letter) {
    const int col = 20 + 9 * letter;
    fill(picture, {col, 4, col + 2, 14}, 230);
    fill(picture, {col, 8, col + 6, 10}, 230);
  }
}

/// Speckle in a sector of 8-bit black, darker with depth, with a black cyst in its middle.
Image picture(const ScanSector& sector, int rows, int cols) {
  Image truth(rows, cols, 1, PixelType::kFloat32);
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      const bool cyst = std::hypot(row - 0.55 * rows, col - 0.5 * cols) < 0.1 * rows;
      truth.samples<float>()[static_cast<std::size_t>(row * cols + col)] =
          cyst ? -200.0F : 150.0F - 90.0F * static_cast<float>(row) / static_cast<float>(rows);
    }
  }
  const Image levels = test::speckled(truth, 17);
  Image result(rows, cols);
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      const auto i = static_cast<std::size_t>(row * cols + col);
      if (!sector.contains(col, row)) continue;
      result.samples<std::uint8_t>()[i] =
          static_cast<std::uint8_t>(std::clamp(levels.samples<float>()[i], 0.0F, 255.0F));
    }
  }
  return result;
}

struct Array {
  const char* name;
  ScanSector sector;
};

class FindSector : public testing::TestWithParam<Array> {};

TEST_P(FindSector, FindsWhatWasScannedAndLeavesOutTheRest) {
  constexpr int kRows = 480, kCols = 640;
  const ScanSector& truth = GetParam().sector;
  Image frame = picture(truth, kRows, kCols);
  const ScanSector plain = findSector({&frame, 1});
  EXPECT_EQ(plain.fan.has_value(), truth.fan.has_value());
  EXPECT_GT(overlap(plain, truth, kRows, kCols), 0.98);
  drawSurroundings(frame);
  EXPECT_GT(overlap(findSector({&frame, 1}), truth, kRows, kCols), 0.98);
}

ScanSector fanSector(const Fan& fan) {
  ScanSector sector;
  sector.fan = fan;
  return sector;
}
ScanSector boxSector(const PixelRectangle& box) {
  ScanSector sector;
  sector.rectangle = box;
  return sector;
}

INSTANTIATE_TEST_SUITE_P(
    All, FindSector,
    testing::Values(Array{"linear", boxSector({150, 40, 500, 430})},
                    Array{"letterbox", boxSector({20, 60, 625, 300})},
                    Array{"curved", fanSector({320.0, -60.0, 90.0, 500.0, -0.5, 0.5, 1.0})},
                    Array{"phased", fanSector({320.0, 22.0, 2.0, 440.0, -0.75, 0.75, 1.0})},
                    Array{"steered", fanSector({280.0, -30.0, 60.0, 470.0, -0.35, 0.6, 1.0})}),
    [](const auto& info) { return info.param.name; });

TEST(FindSectorAlone, GivesNothingForABlackPicture) {
  const Image black(200, 300);
  EXPECT_EQ(findSector({&black, 1}), ScanSector{});
  EXPECT_EQ(findSector({}), ScanSector{});
}

TEST(FindSectorAlone, TakesAllOfAPictureThatIsAllUltrasound) {
  const Image frame = picture({}, 200, 300);
  const ScanSector found = findSector({&frame, 1});
  EXPECT_FALSE(found.fan);
  EXPECT_GT(overlap(found, {}, 200, 300), 0.99);
}

// Oracle: the virtual scanner's own geometry.
TEST(FindSectorAlone, AgreesWithTheVirtualScanner) {
  for (const bool curved : {true, false}) {
    phantom::ScanOptions options;
    options.frames = 2;
    options.curvilinear = curved;
    const auto patient = phantom::VirtualPatient::make("demo", 1);
    const phantom::SimulatedSweep sweep = phantom::scan(patient, options, 1, {});
    std::vector<Image> frames;
    for (int i = 0; i < options.frames; ++i) frames.push_back(sweep.clip.pixels->frame(i));
    const ScanSector truth = phantom::scanGeometry(options).sector;
    const ScanSector found = findSector(frames);
    EXPECT_EQ(found.fan.has_value(), curved);
    EXPECT_GT(overlap(found, truth, options.rows, options.cols), 0.97);
  }
}

// Whatever a person outlined is ultrasound.
TEST(FindSectorAlone, HoldsWhatPeopleOutlinedInRealPictures) {
  SONOTWIN_NEEDS_REAL_DATA();
  const std::filesystem::path root = test::realData();
  for (const char* set : {"fetal-head", "nerve-vessel"}) {
    int number = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(root / "segmentation" / set / "images")) {
      if (++number % 16 != 0) continue;  // 66 pictures
      const Image frame = readImage(entry.path());
      const ScanSector found = findSector({&frame, 1});
      const Image mask = readImage(root / "segmentation" / set / "masks" / entry.path().filename());
      int outlined = 0, inside = 0;
      for (int row = 0; row < mask.rows; ++row) {
        for (int col = 0; col < mask.cols; ++col) {
          if (mask.samples<std::uint8_t>()[static_cast<std::size_t>(row * mask.cols + col)] == 0) {
            continue;
          }
          ++outlined;
          inside += found.contains(col, row) ? 1 : 0;
        }
      }
      EXPECT_GE(inside, 0.99 * outlined) << set << " " << entry.path().filename();
    }
  }
}
}  // namespace
}  // namespace sonotwin::media
