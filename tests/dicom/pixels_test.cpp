// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djrparam.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "encoders.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
struct Encoding {
  const char* name;
  E_TransferSyntax syntax;
  std::shared_ptr<DcmRepresentationParameter> parameter;
  int tolerance;
};

// DCMTK's JPEG-LS encoder overruns its buffer where the stream grows larger than the picture.
bool takesNoise(const Encoding& encoding) {
  return encoding.tolerance == 0 && encoding.syntax != EXS_JPEGLSLossless;
}

std::vector<Encoding> encodings8() {
  const auto lossless = std::make_shared<DJ_RPLossless>(1, 0);
  const auto lossy = std::make_shared<DJ_RPLossy>(95);
  const auto ls = std::make_shared<DJLSRepresentationParameter>(0, OFTrue);
  const auto near_ls = std::make_shared<DJLSRepresentationParameter>(2, OFFalse);
  return {{"implicit", EXS_LittleEndianImplicit, nullptr, 0},
          {"explicit", EXS_LittleEndianExplicit, nullptr, 0},
          {"big endian", EXS_BigEndianExplicit, nullptr, 0},
          {"deflated", EXS_DeflatedLittleEndianExplicit, nullptr, 0},
          {"rle", EXS_RLELossless, nullptr, 0},
          {"jpeg lossless", EXS_JPEGProcess14, lossless, 0},
          {"jpeg lossless sv1", EXS_JPEGProcess14SV1, lossless, 0},
          {"jpeg-ls", EXS_JPEGLSLossless, ls, 0},
          {"jpeg-ls near", EXS_JPEGLSLossy, near_ls, 2},
          {"jpeg baseline", EXS_JPEGProcess1, lossy, 6},
          {"jpeg extended", EXS_JPEGProcess2_4, lossy, 6}};
}

class PixelsTest : public testing::Test {
 protected:
  sonotwin::test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.dcm";
};

// Oracle: pixels written by DCMTK's encoders. Odd sides and several frames catch offsets, padding
// and byte order; the smooth picture lets lossy codecs be held to a few levels.
TEST_F(PixelsTest, ComesBackFromEveryEncoding) {
  for (const int samples : {1, 3}) {
    const Shape shape{.rows = 33,
                      .cols = 17,
                      .frames = 3,
                      .samples = samples,
                      .photometric = samples == 3 ? "RGB" : "MONOCHROME2"};
    for (const Encoding& encoding : encodings8()) {
      SCOPED_TRACE(std::string(encoding.name) + ", samples " + std::to_string(samples));
      const Bytes8 truth = takesNoise(encoding) ? noise8(shape.sampleCount()) : smooth8(shape);
      SyntheticObject(shape).pixels(truth).save(path_, encoding.syntax, encoding.parameter.get());
      const DicomClip read = readWhole(path_);
      EXPECT_EQ(read.clip.info.channels, samples);
      EXPECT_EQ(read.clip.info.frame_count, 3);
      EXPECT_EQ(read.clip.info.rows, 33);
      EXPECT_EQ(read.clip.info.cols, 17);
      EXPECT_EQ(read.clip.info.type, media::PixelType::kUint8);
      EXPECT_EQ(read.clip.info.transfer_syntax, DcmXfer(encoding.syntax).getXferID());
      EXPECT_LE(largestDifference(framesOf(read.clip), truth), encoding.tolerance);
    }
  }
}

TEST_F(PixelsTest, KeepsSixteenBitLevels) {
  const Shape shape{.rows = 9, .cols = 7, .frames = 2, .bits_allocated = 16, .bits_stored = 12};
  for (const Encoding& encoding : encodings8()) {
    if (encoding.tolerance != 0) continue;
    SCOPED_TRACE(encoding.name);
    Words16 truth = noise16(shape.sampleCount(), takesNoise(encoding) ? 12 : 4);
    if (!takesNoise(encoding)) {
      for (std::size_t i = 0; i < truth.size(); ++i)
        truth[i] = static_cast<std::uint16_t>(truth[i] + 30 * i);
    }
    SyntheticObject(shape).pixels(truth).save(path_, encoding.syntax, encoding.parameter.get());
    const DicomClip read = readWhole(path_);
    const auto second = std::vector(truth.begin() + 63, truth.end());
    EXPECT_EQ(wordsOf(read.clip.pixels->frame(1)), second);
  }
}

TEST_F(PixelsTest, ReadsTwelveBitJpeg) {
  const Shape shape{.rows = 32, .cols = 32, .bits_allocated = 16, .bits_stored = 12};
  Words16 truth(shape.sampleCount());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    truth[i] = static_cast<std::uint16_t>(500 + 60 * (i % 32) + 30 * (i / 32));
  }
  SyntheticObject(shape)
      .fragments(EXS_JPEGProcess2_4, {jpeg12Of(shape, truth)})
      .save(path_, EXS_JPEGProcess2_4);
  const Words16 read = wordsOf(readWhole(path_).clip.pixels->frame(0));
  ASSERT_EQ(read.size(), truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) ASSERT_NEAR(read[i], truth[i], 40) << i;
}

// Stored bits in the upper part of the word, rubbish below and above them.
TEST_F(PixelsTest, TakesTheStoredBitsOnly) {
  const Shape shape{.rows = 1, .cols = 3, .bits_allocated = 16, .bits_stored = 8};
  SyntheticObject(shape)
      .setWord(DCM_HighBit, 11)
      .pixels(Words16{0xF12F, 0x0FF0, 0xA805})
      .save(path_);
  EXPECT_EQ(framesOf(readWhole(path_).clip), (Bytes8{0x12, 0xFF, 0x80}));
}

TEST_F(PixelsTest, ShiftsSignedGreyAndSaysSo) {
  const Shape shape{.rows = 1, .cols = 4, .bits_allocated = 16, .bits_stored = 12};
  SyntheticObject(shape)
      .setWord(DCM_PixelRepresentation, 1)
      .pixels(Words16{0x0800, 0x0FFF, 0x0000, 0x07FF})  // -2048, -1, 0, 2047
      .save(path_);
  const DicomClip read = readWhole(path_);
  EXPECT_EQ(wordsOf(read.clip.pixels->frame(0)), (Words16{0, 2047, 2048, 4095}));
  EXPECT_TRUE(mentions(read.clip.info.assumptions, "signed"));
}

TEST_F(PixelsTest, NotesRescalingItLeavesOut) {
  SyntheticObject(Shape{}).set(DCM_RescaleSlope, "2").pixels(noise8(120)).save(path_);
  EXPECT_TRUE(mentions(readWhole(path_).clip.info.assumptions, "Rescale"));
  SyntheticObject(Shape{}).set(DCM_RescaleSlope, "1").pixels(noise8(120)).save(path_);
  EXPECT_FALSE(mentions(readWhole(path_).clip.info.assumptions, "Rescale"));
}

TEST_F(PixelsTest, InvertsMonochrome1AndSaysSo) {
  const Shape narrow{.rows = 1, .cols = 3, .photometric = "MONOCHROME1"};
  SyntheticObject(narrow).pixels(Bytes8{0, 100, 255}).save(path_);
  const DicomClip read = readWhole(path_);
  EXPECT_EQ(framesOf(read.clip), (Bytes8{255, 155, 0}));
  EXPECT_TRUE(mentions(read.clip.info.assumptions, "inverted"));

  const Shape wide{
      .rows = 1, .cols = 2, .bits_allocated = 16, .bits_stored = 10, .photometric = "MONOCHROME1"};
  SyntheticObject(wide).pixels(Words16{0, 1000}).save(path_);
  EXPECT_EQ(wordsOf(readWhole(path_).clip.pixels->frame(0)), (Words16{1023, 23}));
}

TEST_F(PixelsTest, GathersColoursStoredByPlane) {
  const Shape shape{.rows = 1, .cols = 2, .frames = 2, .samples = 3, .photometric = "RGB"};
  SyntheticObject(shape)
      .setWord(DCM_PlanarConfiguration, 1)
      .pixels(Bytes8{1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16})
      .save(path_);
  EXPECT_EQ(framesOf(readWhole(path_).clip), (Bytes8{1, 3, 5, 2, 4, 6, 11, 13, 15, 12, 14, 16}));
}

TEST_F(PixelsTest, ReducesWideColourAndSaysSo) {
  const Shape shape{.rows = 1,
                    .cols = 1,
                    .samples = 3,
                    .bits_allocated = 16,
                    .bits_stored = 12,
                    .photometric = "RGB"};
  SyntheticObject(shape).pixels(Words16{0xFFF, 0x800, 0x00F}).save(path_);
  const DicomClip read = readWhole(path_);
  EXPECT_EQ(framesOf(read.clip), (Bytes8{255, 128, 0}));
  EXPECT_TRUE(mentions(read.clip.info.assumptions, "reduced to 8"));
}

TEST_F(PixelsTest, KeepsColourlessColourAsColour) {
  const Shape shape{.rows = 1, .cols = 2, .samples = 3, .photometric = "RGB"};
  SyntheticObject(shape).pixels(Bytes8{7, 7, 7, 9, 9, 9}).save(path_);
  EXPECT_EQ(readWhole(path_).clip.info.channels, 3);
}

// Byte order where one-byte samples are written as words, and frames of odd length follow each
// other: swapped pairs straddle the frames.
TEST_F(PixelsTest, UntanglesBytesWrittenAsBigEndianWords) {
  const Shape shape{.rows = 3, .cols = 5, .frames = 4};
  const Bytes8 truth = noise8(shape.sampleCount());
  Words16 words(truth.size() / 2);
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i] = static_cast<std::uint16_t>(truth[2 * i] | truth[2 * i + 1] << 8);
  }
  SyntheticObject(shape).pixels(words).save(path_, EXS_BigEndianExplicit);
  EXPECT_EQ(framesOf(readWhole(path_).clip), truth);
}

TEST_F(PixelsTest, GivesTheSameFramesFromManyThreads) {
  const Shape shape{.rows = 64, .cols = 64, .frames = 8};
  const Bytes8 truth = noise8(shape.sampleCount());
  SyntheticObject(shape).pixels(truth).save(path_, EXS_RLELossless);
  const DicomClip read = readDicom(path_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 8; ++i) {
        const media::Image image = read.clip.pixels->frame(i);
        EXPECT_EQ(std::memcmp(image.data.data(), truth.data() + 4096 * i, 4096), 0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PixelsTest, RefusesFramesThatAreNotThere) {
  SyntheticObject({}).pixels(noise8(120)).save(path_);
  const DicomClip read = readDicom(path_);
  EXPECT_THROW(std::ignore = read.clip.pixels->frame(1), Error);
  EXPECT_THROW(std::ignore = read.clip.pixels->frame(-1), Error);
}

// Frames stay in the file: what is overwritten there after opening shows.
TEST_F(PixelsTest, ReadsPixelsOnlyWhenAsked) {
  const Shape shape{.rows = 100, .cols = 100};
  SyntheticObject(shape).pixels(noise8(shape.sampleCount())).save(path_);
  const DicomClip read = readDicom(path_);
  std::vector<std::byte> bytes = readFile(path_);
  std::fill(bytes.end() - 10000, bytes.end(), std::byte{42});
  writeQuickly(path_, bytes);
  EXPECT_EQ(framesOf(read.clip), Bytes8(10000, 42));
}
}  // namespace
}  // namespace sonotwin::dicom::test
