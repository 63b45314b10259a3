// SPDX-License-Identifier: Apache-2.0
#include "structure.h"

#include <gtest/gtest.h>

#include <fstream>

#include "sonotwin/base/error.h"
#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
class LooksLikeDicomTest : public testing::Test {
 protected:
  bool looks(std::string_view bytes) {
    writeQuickly(folder_ / "f", bytes);
    return looksLikeDicom(folder_ / "f");
  }

  sonotwin::test::TemporaryFolder folder_;
};

TEST_F(LooksLikeDicomTest, FalseForOtherFiles) {
  EXPECT_FALSE(looks(""));
  EXPECT_FALSE(looks("DICM"));
  EXPECT_FALSE(looks("patient,date\n1,2\n" + std::string(500, 'x')));
  EXPECT_FALSE(looks("ObjectType = Image\nNDims = 3\nDimSize = 10 10 10\n"));
  EXPECT_FALSE(looks(std::string("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16) + std::string(300, '\1')));
  EXPECT_FALSE(looks(std::string(80, ' ') + std::string("\2\0\0\0", 4) + std::string(100, '\7')));
  EXPECT_FALSE(looks(std::string(4096, '\0')));
  EXPECT_FALSE(looks(std::string("\x08\x00\x05\x00", 4) + std::string(300, '\0')));
  EXPECT_FALSE(looksLikeDicom(folder_.path()));
  EXPECT_FALSE(looksLikeDicom(folder_ / "absent"));
}

TEST_F(LooksLikeDicomTest, TrueWithAndWithoutPreamble) {
  SyntheticObject object{Shape{}};
  object.pixels(noise8(120)).save(folder_ / "f");
  EXPECT_TRUE(looksLikeDicom(folder_ / "f"));
  for (const auto syntax :
       {EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit}) {
    object.dataset().saveFile((folder_ / "bare").c_str(), syntax);
    EXPECT_TRUE(looksLikeDicom(folder_ / "bare"));
    const DicomClip read = readWhole(folder_ / "bare");
    EXPECT_EQ(framesOf(read.clip), noise8(120));
    EXPECT_EQ(read.clip.info.transfer_syntax, DcmXfer(syntax).getXferID());
    EXPECT_TRUE(mentions(read.clip.info.assumptions, "transfer syntax"));
  }
}

/// Opens `depth` sequences inside each other and closes none: undefined lengths allow that.
std::string nested(int depth, const std::string& sequence_header) {
  std::string bytes;
  for (int i = 0; i < depth; ++i) {
    bytes += sequence_header;
    bytes += std::string("\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF", 8);
  }
  return bytes;
}

const std::string kExplicitSequence("\x08\x00\x40\x11SQ\0\0\xFF\xFF\xFF\xFF", 12);
const std::string kImplicitSequence("\x08\x00\x40\x11\xFF\xFF\xFF\xFF", 8);
const std::string kUnknownSequence("\x09\x00\x01\x10UN\0\0\xFF\xFF\xFF\xFF", 12);
const std::string kPrivateImplicit("\x09\x00\x01\x10\xFF\xFF\xFF\xFF", 8);

class NestingTest : public testing::Test {
 protected:
  void write(const std::string& syntax, const std::string& dataset) {
    std::string bytes(128, '\0');
    bytes += "DICM" + std::string("\x02\x00\x10\x00UI", 6);
    std::string uid = syntax;
    uid.resize(uid.size() + uid.size() % 2, '\0');
    bytes += static_cast<char>(uid.size());
    bytes += '\0';
    writeQuickly(folder_ / "f", bytes + uid + dataset);
  }

  sonotwin::test::TemporaryFolder folder_;
};

// Without the guard DCMTK's recursive parser runs out of stack here.
TEST_F(NestingTest, RefusesBottomlessSequences) {
  constexpr int kDepth = 200000;
  const std::string kExplicit = "1.2.840.10008.1.2.1";
  const std::string kImplicit = "1.2.840.10008.1.2";
  const std::vector<std::pair<std::string, std::string>> files = {
      {kExplicit, nested(kDepth, kExplicitSequence)},
      {kImplicit, nested(kDepth, kImplicitSequence)},
      {kImplicit, nested(kDepth, kPrivateImplicit)},
      {kExplicit, kUnknownSequence + std::string("\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF", 8) +
                      nested(kDepth, kPrivateImplicit)},
      // The data set lies about its own encoding, which lenient parsing finds out.
      {kExplicit, nested(kDepth, kImplicitSequence)},
      {kImplicit, nested(kDepth, kExplicitSequence)},
      // An element that breaks the rules throws the walk off the track, DCMTK less so.
      {kExplicit,
       std::string("\x08\x00\x05\x00??\x02\x00xx", 10) + nested(kDepth, kExplicitSequence)}};
  for (const auto& [syntax, dataset] : files) {
    write(syntax, dataset);
    EXPECT_NE(refusalOf(folder_ / "f"), "");
  }
}

TEST_F(NestingTest, RefusesBottomlessSequencesOfKnownLength) {
  std::string bytes;
  for (int i = 0; i < 3000; ++i) {
    const auto length = [](std::size_t n) {
      return std::string{static_cast<char>(n), static_cast<char>(n >> 8),
                         static_cast<char>(n >> 16), static_cast<char>(n >> 24)};
    };
    const std::string item = std::string("\xFE\xFF\x00\xE0", 4) + length(bytes.size()) + bytes;
    bytes = std::string("\x08\x00\x40\x11SQ\0\0", 8) + length(item.size()) + item;
  }
  write("1.2.840.10008.1.2.1", bytes);
  EXPECT_NE(refusalOf(folder_ / "f").find("nest deeper"), std::string::npos);
}

TEST_F(NestingTest, PassesOrdinaryNesting) {
  SyntheticObject object{Shape{}};
  DcmItem* item = &object.dataset();
  for (int i = 0; i < 20; ++i)
    item->findOrCreateSequenceItem(DCM_ReferencedImageSequence, item, -2);
  item->putAndInsertString(DCM_SeriesDescription, "deep");
  object.pixels(noise8(120));
  for (const auto syntax : {EXS_LittleEndianImplicit, EXS_LittleEndianExplicit,
                            EXS_BigEndianExplicit, EXS_DeflatedLittleEndianExplicit}) {
    object.save(folder_ / "f", syntax);
    EXPECT_EQ(framesOf(readWhole(folder_ / "f").clip), noise8(120));
  }
}

TEST(WalkStructure, FollowsRealEncodingsToTheEnd) {
  const sonotwin::test::TemporaryFolder folder;
  SyntheticObject object{Shape{.frames = 2}};
  object.pixels(noise8(240));
  for (const auto syntax : {EXS_LittleEndianImplicit, EXS_BigEndianExplicit, EXS_RLELossless}) {
    object.save(folder / "f", syntax);
    ByteReader reader(folder / "f");
    const auto start = findDataSet(reader);
    ASSERT_TRUE(start);
    const Structure structure = walkStructure(reader, *start);
    EXPECT_TRUE(structure.understood);
    EXPECT_TRUE(structure.has_pixel_data);
    EXPECT_EQ(structure.missing_bytes, 0U);
  }
}

// A data set of one encoding behind a meta header that names another.
TEST(LenientParsing, ReadsADataSetThatBeliesItsMetaHeaderAndSaysSo) {
  const sonotwin::test::TemporaryFolder folder;
  SyntheticObject object{Shape{}};
  object.pixels(noise8(120)).save(folder / "f", EXS_LittleEndianExplicit);
  relabelSyntax(folder / "f", "1.2.840.10008.1.2");
  const DicomClip read = readWhole(folder / "f");
  EXPECT_EQ(framesOf(read.clip), noise8(120));
  EXPECT_TRUE(mentions(read.clip.info.assumptions, "leniently"));
}
}  // namespace
}  // namespace sonotwin::dicom::test
