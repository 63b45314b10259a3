// SPDX-License-Identifier: Apache-2.0
#include "regions.h"

#include <gtest/gtest.h>

#include <limits>

#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
struct Region {
  int x0 = 10, y0 = 20, x1 = 109, y1 = 99;
  int format = 1;
  int units_x = 3, units_y = 3;
  double delta_x = 0.02, delta_y = 0.03;
};

class RegionsTest : public testing::Test {
 protected:
  void add(const Region& region) {
    DcmItem* item = nullptr;
    ASSERT_TRUE(object_.dataset()
                    .findOrCreateSequenceItem(DCM_SequenceOfUltrasoundRegions, item, -2)
                    .good());
    item->putAndInsertUint32(DCM_RegionLocationMinX0, static_cast<Uint32>(region.x0));
    item->putAndInsertUint32(DCM_RegionLocationMinY0, static_cast<Uint32>(region.y0));
    item->putAndInsertUint32(DCM_RegionLocationMaxX1, static_cast<Uint32>(region.x1));
    item->putAndInsertUint32(DCM_RegionLocationMaxY1, static_cast<Uint32>(region.y1));
    item->putAndInsertUint16(DCM_RegionSpatialFormat, static_cast<Uint16>(region.format));
    item->putAndInsertUint16(DCM_RegionDataType, 1);
    item->putAndInsertUint16(DCM_PhysicalUnitsXDirection, static_cast<Uint16>(region.units_x));
    item->putAndInsertUint16(DCM_PhysicalUnitsYDirection, static_cast<Uint16>(region.units_y));
    item->putAndInsertFloat64(DCM_PhysicalDeltaX, region.delta_x);
    item->putAndInsertFloat64(DCM_PhysicalDeltaY, region.delta_y);
  }
  media::ClipInfo read() {
    media::ClipInfo info;
    info.rows = 100;
    info.cols = 120;
    readRegions(object_.dataset(), info);
    return info;
  }

  SyntheticObject object_{Shape{}};
};

TEST_F(RegionsTest, TurnsCentimetresIntoMillimetres) {
  add({});
  const media::ClipInfo info = read();
  ASSERT_TRUE(info.spacing_mm);
  EXPECT_DOUBLE_EQ((*info.spacing_mm)[0], 0.2);
  EXPECT_DOUBLE_EQ((*info.spacing_mm)[1], 0.3);
  EXPECT_EQ(info.spacing_source, "ultrasound region 1 of 1");
  ASSERT_TRUE(info.sector.rectangle);
  EXPECT_EQ(*info.sector.rectangle, (media::PixelRectangle{10, 20, 110, 100}));
  EXPECT_TRUE(info.assumptions.empty());
}

// An M-mode strip (seconds by centimetres) before the picture, a Doppler strip after it.
TEST_F(RegionsTest, PassesOverRegionsThatAreNoPicture) {
  add({.format = 2, .units_x = 4, .units_y = 3, .delta_x = 0.5, .delta_y = 0.5});
  add({});
  add({.format = 3, .units_x = 4, .units_y = 7, .delta_x = 0.5, .delta_y = 0.5});
  const media::ClipInfo info = read();
  EXPECT_EQ(info.spacing_source, "ultrasound region 2 of 3");
  EXPECT_DOUBLE_EQ(info.spacing_mm.value()[0], 0.2);
  ASSERT_EQ(info.regions.size(), 3U);
  EXPECT_EQ(info.regions[0].units_x, 4);
  EXPECT_EQ(info.regions[2].spatial_format, 3);
}

TEST_F(RegionsTest, RespectsUnits) {
  add({.units_x = 4});
  EXPECT_FALSE(read().spacing_mm);
  EXPECT_NE(read().spacing_source.find("centimetres"), std::string::npos);
}

TEST_F(RegionsTest, TakesScalesOfEitherSignAndRefusesNone) {
  add({.delta_x = 0.0});
  add({.delta_x = std::numeric_limits<double>::quiet_NaN()});
  add({.delta_x = 0.02, .delta_y = -0.03});
  const media::ClipInfo info = read();
  EXPECT_EQ(info.spacing_source, "ultrasound region 3 of 3");
  EXPECT_DOUBLE_EQ(info.spacing_mm.value()[1], 0.3);
  EXPECT_DOUBLE_EQ(info.regions[2].delta_y, -0.03);
}

TEST_F(RegionsTest, NotesRegionsOfAnotherScale) {
  add({});
  add({.delta_x = 0.0200000001});
  EXPECT_TRUE(read().assumptions.empty()) << "rounding is no other scale";
  add({.delta_x = 0.06});
  const media::ClipInfo info = read();
  EXPECT_DOUBLE_EQ(info.spacing_mm.value()[0], 0.2);
  EXPECT_TRUE(mentions(info.assumptions, "different scales"));
}

TEST_F(RegionsTest, NotesARegionBeyondTheImage) {
  add({.x1 = 200, .y1 = 150});
  const media::ClipInfo info = read();
  EXPECT_FALSE(info.sector.rectangle);
  EXPECT_TRUE(mentions(info.assumptions, "scaled"));
}

// Makers count the last pixel as cols - 1 or as cols.
TEST_F(RegionsTest, ForgivesOnePixelBeyond) {
  add({.x1 = 120, .y1 = 100});
  EXPECT_EQ(read().sector.rectangle.value(), (media::PixelRectangle{10, 20, 120, 100}));
}

TEST_F(RegionsTest, NeverUsesPixelSpacing) {
  object_.set(DCM_PixelSpacing, "0.5\\0.5").set(DCM_ImagerPixelSpacing, "0.4\\0.4");
  const media::ClipInfo info = read();
  EXPECT_FALSE(info.spacing_mm);
  EXPECT_NE(info.spacing_source.find("no ultrasound regions"), std::string::npos);
  EXPECT_TRUE(mentions(info.assumptions, "Pixel Spacing was not used"));
  EXPECT_TRUE(mentions(info.assumptions, "Imager Pixel Spacing was not used"));
}

TEST_F(RegionsTest, TakesTheTransducerFrequencyInKilohertz) {
  add({});
  DcmItem* item = nullptr;
  object_.dataset().findAndGetSequenceItem(DCM_SequenceOfUltrasoundRegions, item, 0);
  item->putAndInsertUint32(DCM_TransducerFrequency, 3500);
  EXPECT_DOUBLE_EQ(read().frequency_mhz.value(), 3.5);
}
}  // namespace
}  // namespace sonotwin::dicom::test
