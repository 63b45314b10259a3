// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>

#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
struct Channel {
  DcmTagKey descriptor, plain, segmented;
};
const std::array<Channel, 3> kChannels = {
    {{DCM_RedPaletteColorLookupTableDescriptor, DCM_RedPaletteColorLookupTableData,
      DCM_SegmentedRedPaletteColorLookupTableData},
     {DCM_GreenPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableData,
      DCM_SegmentedGreenPaletteColorLookupTableData},
     {DCM_BluePaletteColorLookupTableDescriptor, DCM_BluePaletteColorLookupTableData,
      DCM_SegmentedBluePaletteColorLookupTableData}}};

class PaletteTest : public testing::Test {
 protected:
  static void describe(SyntheticObject& object, int count, int first, int bits) {
    for (const Channel& channel : kChannels) {
      const std::array<Uint16, 3> values = {static_cast<Uint16>(count), static_cast<Uint16>(first),
                                            static_cast<Uint16>(bits)};
      object.dataset().putAndInsertUint16Array(channel.descriptor, values.data(), 3);
    }
  }
  static void table(SyntheticObject& object, const DcmTagKey& key, const Words16& words) {
    object.dataset().putAndInsertUint16Array(key, words.data(), words.size());
  }

  sonotwin::test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.dcm";
  Shape shape_{.rows = 1, .cols = 4, .photometric = "PALETTE COLOR"};
};

// Values before the first entry take the first colour, beyond the last the last.
TEST_F(PaletteTest, PaintsAndClamps) {
  for (const auto syntax : {EXS_LittleEndianExplicit, EXS_BigEndianExplicit,
                            EXS_LittleEndianImplicit, EXS_RLELossless}) {
    SyntheticObject object(shape_);
    object.pixels(Bytes8{0, 10, 11, 200});
    describe(object, 3, 10, 16);
    table(object, kChannels[0].plain, {0x1000, 0x2000, 0x3000});
    table(object, kChannels[1].plain, {0x4000, 0x5000, 0x6000});
    table(object, kChannels[2].plain, {0x70FF, 0x80FF, 0x90FF});
    object.save(path_, syntax);
    EXPECT_EQ(framesOf(readWhole(path_).clip),
              (Bytes8{0x10, 0x40, 0x70, 0x10, 0x40, 0x70, 0x20, 0x50, 0x80, 0x30, 0x60, 0x90}));
  }
}

TEST_F(PaletteTest, TakesSignedIndices) {
  Shape shape{.rows = 1,
              .cols = 2,
              .bits_allocated = 16,
              .bits_stored = 16,
              .photometric = "PALETTE COLOR"};
  SyntheticObject object(shape);
  object.setWord(DCM_PixelRepresentation, 1).pixels(Words16{0xFFFF, 0});  // -1, 0
  describe(object, 2, 0xFFFF, 16);                                        // first is -1
  for (const Channel& channel : kChannels) table(object, channel.plain, {0xAA00, 0xBB00});
  object.save(path_);
  EXPECT_EQ(framesOf(readWhole(path_).clip), (Bytes8{0xAA, 0xAA, 0xAA, 0xBB, 0xBB, 0xBB}));
}

TEST_F(PaletteTest, TakesEightBitEntriesPackedOrNot) {
  for (const bool packed : {true, false}) {
    SyntheticObject object(shape_);
    object.pixels(Bytes8{0, 1, 2, 3});
    describe(object, 4, 0, 8);
    for (const Channel& channel : kChannels) {
      table(object, channel.plain,
            packed ? Words16{0x2010, 0x4030} : Words16{0x10, 0x20, 0x30, 0x40});
    }
    object.save(path_);
    EXPECT_EQ(framesOf(readWhole(path_).clip),
              (Bytes8{0x10, 0x10, 0x10, 0x20, 0x20, 0x20, 0x30, 0x30, 0x30, 0x40, 0x40, 0x40}));
  }
}

TEST_F(PaletteTest, NotesEightBitColoursInSixteenBitEntries) {
  SyntheticObject object(shape_);
  object.pixels(Bytes8{0, 1, 0, 1});
  describe(object, 2, 0, 16);
  for (const Channel& channel : kChannels) table(object, channel.plain, {5, 255});
  object.save(path_);
  const DicomClip read = readWhole(path_);
  EXPECT_EQ(framesOf(read.clip), (Bytes8{5, 5, 5, 255, 255, 255, 5, 5, 5, 255, 255, 255}));
  EXPECT_TRUE(mentions(read.clip.info.assumptions, "8-bit colours"));
}

// Two discrete entries, a line of four from 0x2000 to 0x6000, and the first segment once more:
// 1000 2000 | 3000 4000 5000 6000 | 1000 2000.
TEST_F(PaletteTest, ExpandsSegments) {
  Shape shape{.rows = 1, .cols = 8, .photometric = "PALETTE COLOR"};
  for (const auto syntax : {EXS_LittleEndianExplicit, EXS_BigEndianExplicit}) {
    SyntheticObject object(shape);
    object.pixels(Bytes8{0, 1, 2, 3, 4, 5, 6, 7});
    describe(object, 8, 0, 16);
    for (const Channel& channel : kChannels) {
      table(object, channel.segmented,
            {0, 2, 0x1000, 0x2000, 1, 4, 0x6000, 2, 1, 0 /* offset, low */, 0 /* high */});
    }
    object.save(path_, syntax);
    Bytes8 truth;
    for (const std::uint8_t level : {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x10, 0x20}) {
      truth.insert(truth.end(), 3, level);
    }
    EXPECT_EQ(framesOf(readWhole(path_).clip), truth);
  }
}

TEST_F(PaletteTest, RefusesDamagedTables) {
  const std::vector<std::pair<Words16, const char*>> cases = {
      {{0, 5, 1}, "cut short"},              // five entries announced, one there
      {{1, 4, 0x6000}, "damaged"},           // a line from nowhere
      {{7, 1, 1}, "damaged"},                // no such segment
      {{0, 1, 9, 2, 1, 6, 0}, "damaged"},    // refers to itself
      {{0, 0, 2, 0xFFFF, 0, 0}, "damaged"},  // repeats nothing, and often
      {{0, 1, 9}, "too short"},
      {{}, "missing"}};
  for (const auto& [segments, reason] : cases) {
    SyntheticObject object(shape_);
    object.pixels(Bytes8{0, 1, 2, 3});
    describe(object, 4, 0, 16);
    for (const Channel& channel : kChannels) table(object, channel.segmented, segments);
    object.save(path_);
    EXPECT_NE(refusalOf(path_).find(reason), std::string::npos) << refusalOf(path_);
  }
}
}  // namespace
}  // namespace sonotwin::dicom::test
