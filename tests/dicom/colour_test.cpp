// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>

#include "encoders.h"

namespace sonotwin::dicom::test {
namespace {
/// Mostly grey, as a scanner's screen is, with a saturated patch that shows any colour mistake.
Bytes8 screenOf(const Shape& shape) {
  Bytes8 rgb(static_cast<std::size_t>(shape.rows * shape.cols * 3));
  for (int row = 0; row < shape.rows; ++row) {
    for (int col = 0; col < shape.cols; ++col) {
      const bool patch = row < 8 && col < 16;
      const auto level = static_cast<std::uint8_t>(4 * row + 2 * col);
      const std::array<std::uint8_t, 3> grey = {level, level, level};
      const std::array<std::uint8_t, 3> orange = {230, 140, 20};
      const auto at = static_cast<std::ptrdiff_t>(3 * (row * shape.cols + col));
      std::ranges::copy(patch ? orange : grey, rgb.begin() + at);
    }
  }
  return rgb;
}

Words16 widened(const Bytes8& bytes) {
  return {bytes.begin(), bytes.end()};
}

class ColourTest : public testing::Test {
 protected:
  media::Clip read(const char* photometric, E_TransferSyntax syntax, const Bytes8& fragment) {
    Shape shape = shape_;
    shape.photometric = photometric;
    SyntheticObject(shape).fragments(syntax, {fragment}).save(path_, syntax);
    return readWhole(path_).clip;
  }

  sonotwin::test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.dcm";
  Shape shape_{.rows = 32, .cols = 48, .samples = 3, .photometric = "RGB"};
  Bytes8 truth_ = screenOf(shape_);
};

// Oracle: the picture that went in. A wrong colour space is off by tens of levels everywhere.
constexpr int kJpegLoss = 12;

TEST_F(ColourTest, BelievesJpegMarkersOverTheHeader) {
  struct Case {
    const char* name;
    const char* header;
    JpegDress dress;
    bool contradicts;
  };
  const std::vector<Case> cases = {
      {"JFIF, header RGB", "RGB", {.ycbcr = true, .jfif = true}, true},
      {"Adobe YCbCr, header RGB", "RGB", {.ycbcr = true, .adobe = true}, true},
      {"Adobe RGB, header YBR", "YBR_FULL_422", {.ycbcr = false, .adobe = true}, true},
      {"names RGB, header YBR", "YBR_FULL", {.ycbcr = false, .rgb_names = true}, true},
      {"names RGB though JFIF", "RGB", {.ycbcr = false, .jfif = true, .rgb_names = true}, false},
      {"subsampled, header RGB", "RGB", {.ycbcr = true, .subsampled = true}, true},
      {"JFIF, header YBR", "YBR_FULL_422", {.ycbcr = true, .jfif = true}, false},
      {"Adobe RGB, header RGB", "RGB", {.ycbcr = false, .adobe = true}, false},
      {"no marker, header YBR", "YBR_FULL_422", {.ycbcr = true}, false},
      {"no marker, header YBR_PARTIAL", "YBR_PARTIAL_420", {.ycbcr = true}, false},
      {"progressive", "YBR_FULL", {.ycbcr = true, .jfif = true, .progressive = true}, false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const E_TransferSyntax syntax = c.dress.progressive ? EXS_JPEGProcess10_12 : EXS_JPEGProcess1;
    const media::Clip clip = read(c.header, syntax, jpegOf(shape_, truth_, c.dress));
    EXPECT_LE(largestDifference(framesOf(clip), truth_), c.dress.subsampled ? 120 : kJpegLoss);
    EXPECT_EQ(mentions(clip.info.assumptions, "the data were believed"), c.contradicts);
  }
}

TEST_F(ColourTest, LetsThePictureDecideWhereNoMarkerDoes) {
  for (const bool ycbcr : {true, false}) {
    const media::Clip clip =
        read("RGB", EXS_JPEGProcess1, jpegOf(shape_, truth_, {.ycbcr = ycbcr}));
    EXPECT_LE(largestDifference(framesOf(clip), truth_), kJpegLoss);
    EXPECT_EQ(mentions(clip.info.assumptions, "does not fit the picture"), ycbcr);
  }
}

TEST_F(ColourTest, ReadsJpeg2000InEveryColourForm) {
  struct Case {
    const char* header;
    Jpeg2000Dress dress;
    bool ycbcr_in;
  };
  const std::vector<Case> cases = {{"YBR_RCT", {.colour_transform = true}, false},
                                   {"RGB", {.colour_transform = true}, false},
                                   {"RGB", {.colour_transform = false}, false},
                                   {"YBR_RCT", {.colour_transform = false}, false},
                                   {"YBR_FULL", {.colour_transform = false}, true},
                                   {"YBR_FULL", {.colour_transform = true}, true},
                                   {"YBR_FULL", {.colour_transform = true}, false},
                                   {"YBR_ICT", {.colour_transform = true, .lossy = true}, false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.header) + (c.dress.colour_transform ? ", transform" : "") +
                 (c.ycbcr_in ? ", YCbCr" : ""));
    const Bytes8 in = c.ycbcr_in ? ycbcrOf(truth_) : truth_;
    const auto syntax = c.dress.lossy ? EXS_JPEG2000 : EXS_JPEG2000LosslessOnly;
    const media::Clip clip = read(c.header, syntax, jpeg2000Of(shape_, widened(in), c.dress));
    const int tolerance = c.dress.lossy ? 40 : (c.ycbcr_in ? 2 : 0);
    EXPECT_LE(largestDifference(framesOf(clip), truth_), tolerance);
  }
}

TEST_F(ColourTest, ReadsSixteenBitJpeg2000) {
  const Shape shape{.rows = 20, .cols = 30, .bits_allocated = 16, .bits_stored = 12};
  const Words16 truth = noise16(shape.sampleCount(), 12);
  SyntheticObject(shape)
      .fragments(EXS_JPEG2000LosslessOnly, {jpeg2000Of(shape, truth, {.precision = 12})})
      .save(path_, EXS_JPEG2000LosslessOnly);
  EXPECT_EQ(wordsOf(readWhole(path_).clip.pixels->frame(0)), truth);
}

TEST_F(ColourTest, ConvertsUncompressedYbr) {
  const Bytes8 ycbcr = ycbcrOf(truth_);
  shape_.photometric = "YBR_FULL";
  for (const auto syntax : {EXS_LittleEndianExplicit, EXS_RLELossless}) {
    SyntheticObject(shape_).pixels(ycbcr).save(path_, syntax);
    EXPECT_LE(largestDifference(framesOf(readWhole(path_).clip), truth_), 2);
  }
}

/// Y Y Cb Cr for every pair, colour of the first.
Bytes8 paired(const Bytes8& ycbcr) {
  Bytes8 pairs;
  for (std::size_t i = 0; i + 5 < ycbcr.size(); i += 6) {
    pairs.insert(pairs.end(), {ycbcr[i], ycbcr[i + 3], ycbcr[i + 1], ycbcr[i + 2]});
  }
  return pairs;
}

TEST_F(ColourTest, ExpandsColourSharedByPairs) {
  shape_.photometric = "YBR_FULL_422";
  SyntheticObject(shape_).pixels(paired(ycbcrOf(truth_))).save(path_);
  EXPECT_LE(largestDifference(framesOf(readWhole(path_).clip), truth_), 3);
}

// A black, a white and a red pixel pair by ITU-R BT.601: 16, 235, and red's (81, 90, 240).
TEST_F(ColourTest, StretchesPartialRange) {
  const Shape shape{.rows = 1, .cols = 6, .samples = 3, .photometric = "YBR_PARTIAL_422"};
  SyntheticObject(shape)
      .pixels(Bytes8{16, 16, 128, 128, 235, 235, 128, 128, 81, 81, 90, 240})
      .save(path_);
  const Bytes8 truth = {0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 0, 0, 255, 0, 0};
  EXPECT_LE(largestDifference(framesOf(readWhole(path_).clip), truth), 2);
}

// What decompressing programs leave behind: called 422, yet with full colour, in either space.
TEST_F(ColourTest, SeesThroughAFalse422) {
  shape_.photometric = "YBR_FULL_422";
  for (const Bytes8& pixels : {truth_, ycbcrOf(truth_)}) {
    SyntheticObject(shape_).pixels(pixels).save(path_);
    const media::Clip clip = readWhole(path_).clip;
    EXPECT_LE(largestDifference(framesOf(clip), truth_), 2);
    EXPECT_TRUE(mentions(clip.info.assumptions, "by pairs but do not"));
  }
}
}  // namespace
}  // namespace sonotwin::dicom::test
