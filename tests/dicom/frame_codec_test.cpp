// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/dicom/frame_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "encoders.h"
#include "planted_secrets.h"
#include "sonotwin/base/error.h"
#include "sonotwin/dicom/deidentify.h"
#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
using media::PixelRectangle;

class FrameCodecTest : public testing::Test {
 protected:
  EncodedFrames copy(std::span<const PixelRectangle> blank = {}) {
    const Pseudonyms pseudonyms{"P-1", 0, [](const std::string& uid) { return "2.25.1" + uid; }};
    return deidentify(in_, out_, pseudonyms, {}, blank, {}).frames;
  }

  /// Frames of the copy, decoded from their bytes alone.
  Bytes8 decoded(const EncodedFrames& encoded) {
    const std::string file = bytesOf(out_);
    Bytes8 all;
    for (std::size_t i = 0; i < encoded.frames.size(); ++i) {
      const auto [offset, size] = encoded.frames[i];
      const auto bytes = std::as_bytes(std::span(file)).subspan(offset, size);
      const media::Image image = decodeFrame(encoded.recipe, bytes, static_cast<int>(i));
      const auto* data = reinterpret_cast<const std::uint8_t*>(image.data.data());
      all.insert(all.end(), data, data + image.data.size());
    }
    return all;
  }

  static Bytes8 framesIn(const std::filesystem::path& file) {
    return framesOf(readWhole(file).clip);
  }

  sonotwin::test::TemporaryFolder folder_;
  std::filesystem::path in_ = folder_ / "in.dcm";
  std::filesystem::path out_ = folder_ / "out.dcm";
};

struct Encoded {
  Shape shape;
  E_TransferSyntax syntax;
  const char* result;  ///< transfer syntax of the copy
};

const std::vector<Encoded> kEncodings = {
    {{.frames = 3}, EXS_LittleEndianImplicit, "1.2.840.10008.1.2"},
    {{.frames = 3}, EXS_LittleEndianExplicit, "1.2.840.10008.1.2.1"},
    {{.frames = 2, .samples = 3, .photometric = "RGB"},
     EXS_BigEndianExplicit,
     "1.2.840.10008.1.2.1"},
    {{.bits_allocated = 16, .bits_stored = 12}, EXS_BigEndianExplicit, "1.2.840.10008.1.2.1"},
    {{.frames = 2}, EXS_DeflatedLittleEndianExplicit, "1.2.840.10008.1.2.1"},
    {{.frames = 3}, EXS_RLELossless, "1.2.840.10008.1.2.5"},
    {{.frames = 2, .samples = 3, .photometric = "RGB"}, EXS_RLELossless, "1.2.840.10008.1.2.5"},
    {{.frames = 2, .samples = 3, .photometric = "YBR_FULL"},
     EXS_LittleEndianExplicit,
     "1.2.840.10008.1.2.1"},
    {{.frames = 2, .photometric = "MONOCHROME1"}, EXS_JPEGProcess14SV1, "1.2.840.10008.1.2.4.70"},
    {{.bits_allocated = 16, .bits_stored = 12}, EXS_JPEGProcess14SV1, "1.2.840.10008.1.2.4.70"},
    {{.frames = 2, .samples = 3, .photometric = "RGB"}, EXS_JPEGProcess1, "1.2.840.10008.1.2.4.50"},
    {{.frames = 2}, EXS_JPEGLSLossless, "1.2.840.10008.1.2.4.80"},
};

void save(const Encoded& encoded, const std::filesystem::path& path) {
  SyntheticObject object(encoded.shape);
  const std::size_t count = encoded.shape.sampleCount();
  if (encoded.shape.bits_allocated == 16) {
    object.pixels(noise16(count, encoded.shape.bits_stored));
  } else {
    object.pixels(faintNoise8(count));
  }
  object.save(path, encoded.syntax);
}

TEST_F(FrameCodecTest, DecodesWhatTheReaderReads) {
  for (const Encoded& encoded : kEncodings) {
    SCOPED_TRACE(DcmXfer(encoded.syntax).getXferName());
    save(encoded, in_);
    const EncodedFrames frames = copy();
    EXPECT_EQ(readDicom(out_).clip.info.transfer_syntax, encoded.result);
    EXPECT_LT(frames.recipe.size(), 100U);
    const Bytes8 before = framesIn(in_);
    EXPECT_EQ(framesIn(out_), before);
    EXPECT_EQ(decoded(frames), before);
  }
}

TEST_F(FrameCodecTest, BlankedFramesAreBlackInsideAndTheSameOutside) {
  const std::vector<PixelRectangle> boxes = {{1, 2, 4, 7}, {8, 0, 99, 3}, {-5, 11, 1, 40}};
  for (const Encoded& encoded : kEncodings) {
    SCOPED_TRACE(DcmXfer(encoded.syntax).getXferName());
    save(encoded, in_);
    const EncodedFrames frames = copy(boxes);
    const Bytes8 before = framesIn(in_);
    const Bytes8 after = framesIn(out_);
    EXPECT_EQ(decoded(frames), after);
    ASSERT_EQ(after.size(), before.size());
    const std::size_t pixel_bytes =
        after.size() / 120 / static_cast<std::size_t>(encoded.shape.frames);
    for (std::size_t i = 0; i < after.size(); ++i) {
      const int pixel = static_cast<int>(i / pixel_bytes % 120);
      const int row = pixel / 10;
      const int col = pixel % 10;
      const bool inside = (col >= 1 && col < 4 && row >= 2 && row < 7) || (col >= 8 && row < 3) ||
                          (col < 1 && row >= 11);
      ASSERT_EQ(after[i], inside ? 0 : before[i]) << "byte " << i;
    }
  }
}

TEST_F(FrameCodecTest, BlackIsTheLeastOfSignedValuesAndTheDarkestOfAPalette) {
  const PixelRectangle box{2, 2, 5, 5};
  const auto frameAt = [&](const std::filesystem::path& file) {
    return readDicom(file).clip.pixels->frame(0);
  };
  const Shape wide{.bits_allocated = 16, .bits_stored = 12};
  SyntheticObject(wide)
      .setWord(DCM_PixelRepresentation, 1)
      .pixels(noise16(120, 12))
      .save(in_, EXS_LittleEndianExplicit);
  static_cast<void>(copy({&box, 1}));
  Words16 due = wordsOf(frameAt(in_));
  for (std::size_t row = 2; row < 5; ++row)
    std::fill_n(due.begin() + static_cast<std::ptrdiff_t>(10 * row + 2), 3, std::uint16_t{0});
  EXPECT_EQ(wordsOf(frameAt(out_)), due);

  SyntheticObject palette(Shape{.photometric = "PALETTE COLOR"});
  Words16 ramp(256);
  for (std::size_t i = 0; i < 256; ++i)
    ramp[i] = static_cast<std::uint16_t>(i == 77 ? 256 : 65535 - 256 * (i / 2));
  const std::array<Uint16, 3> descriptor = {256, 0, 16};
  for (const auto& [description, table] :
       {std::pair(DCM_RedPaletteColorLookupTableDescriptor, DCM_RedPaletteColorLookupTableData),
        std::pair(DCM_GreenPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableData),
        std::pair(DCM_BluePaletteColorLookupTableDescriptor,
                  DCM_BluePaletteColorLookupTableData)}) {
    palette.dataset().putAndInsertUint16Array(DcmTag(description, EVR_US), descriptor.data(), 3);
    palette.dataset().putAndInsertUint16Array(table, ramp.data(), ramp.size());
  }
  for (const auto syntax : {EXS_LittleEndianExplicit, EXS_RLELossless}) {
    palette.pixels(noise8(120)).save(in_, syntax);
    const EncodedFrames frames = copy({&box, 1});
    const Bytes8 after = framesIn(out_);
    EXPECT_EQ(decoded(frames), after);
    Bytes8 colours = framesIn(in_);
    for (std::size_t row = 2; row < 5; ++row)
      std::fill_n(colours.begin() + static_cast<std::ptrdiff_t>(3 * (10 * row + 2)), 9,
                  std::uint8_t{1});
    EXPECT_EQ(after, colours);
  }
}

TEST_F(FrameCodecTest, LossyFramesStayDeclaredLossyWhenBlanked) {
  save({{.samples = 3, .photometric = "RGB"}, EXS_JPEGProcess1, ""}, in_);
  const PixelRectangle box{0, 0, 2, 2};
  static_cast<void>(copy({&box, 1}));
  DcmFileFormat file;
  ASSERT_TRUE(file.loadFile(out_.c_str()).good());
  const auto textOf = [&](const DcmTagKey& key) {
    OFString text;
    file.getDataset()->findAndGetOFString(key, text);
    return std::string(text.c_str());
  };
  EXPECT_EQ(file.getDataset()->getOriginalXfer(), EXS_RLELossless);
  EXPECT_EQ(textOf(DCM_LossyImageCompression), "01");
  EXPECT_EQ(textOf(DCM_LossyImageCompressionMethod), "ISO_10918_1");
  EXPECT_EQ(textOf(DCM_PhotometricInterpretation), "RGB");
}

TEST_F(FrameCodecTest, SharedColourIsNotTornAtOddEdges) {
  const Shape shape{.rows = 4, .cols = 8, .samples = 3, .photometric = "YBR_FULL_422"};
  SyntheticObject(shape).pixels(noise8(64)).save(in_);
  const Bytes8 before = framesIn(in_);
  for (const PixelRectangle& box : {PixelRectangle{2, 1, 6, 3}, PixelRectangle{1, 1, 4, 3}}) {
    const EncodedFrames frames = copy({&box, 1});
    const Bytes8 after = framesIn(out_);
    EXPECT_EQ(decoded(frames), after);
    for (int i = 0; i < 4 * 8 * 3; ++i) {
      const int col = i / 3 % 8;
      const int row = i / 24;
      const bool inside = col >= box.x0 && col < box.x1 && row >= box.y0 && row < box.y1;
      const auto at = static_cast<std::size_t>(i);
      EXPECT_EQ(after[at], inside ? 0 : before[at]) << i;
    }
  }
}

TEST_F(FrameCodecTest, OverlaysInUnusedBitsGo) {
  const Shape shape{.bits_allocated = 16, .bits_stored = 12};
  Words16 words = noise16(shape.sampleCount(), 16);
  SyntheticObject object(shape);
  object.pixels(words).save(in_);
  const EncodedFrames frames = copy();
  const std::string file = bytesOf(out_);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::uint16_t held = 0;
    std::memcpy(&held, file.data() + frames.frames[0].offset + 2 * i, 2);
    EXPECT_EQ(held, words[i] & 0x0FFF);
  }
}

// libjpeg writes the comment where it belongs, the test what is behind the end.
TEST_F(FrameCodecTest, CommentsAndWhatIsBehindThePictureGo) {
  Secrets secrets;
  const Shape shape{.samples = 3, .photometric = "YBR_FULL_422"};
  Bytes8 frame = jpegOf(shape, smooth8(shape), {.jfif = true});
  const auto insertSegment = [&](std::uint8_t marker, const std::string& text) {
    Bytes8 segment = {0xFF, marker, 0, static_cast<std::uint8_t>(text.size() + 2)};
    segment.insert(segment.end(), text.begin(), text.end());
    frame.insert(frame.begin() + 20, segment.begin(), segment.end());
  };
  insertSegment(0xFE, secrets.next());
  insertSegment(0xE1, "Exif" + secrets.next());
  insertSegment(0xE2, "ICC_PROFILE" + secrets.next());
  const std::string behind = secrets.next();
  frame.insert(frame.end(), behind.begin(), behind.end());
  if (frame.size() % 2 != 0) frame.push_back(0);
  SyntheticObject(shape).fragments(EXS_JPEGProcess1, {frame}).save(in_, EXS_JPEGProcess1);
  ASSERT_THAT(secrets.missingIn(in_), testing::IsEmpty());
  const EncodedFrames frames = copy();
  EXPECT_THAT(secrets.foundIn(out_), testing::IsEmpty());
  EXPECT_EQ(decoded(frames), framesIn(in_));
}

TEST_F(FrameCodecTest, CommentsOfJpeg2000Go) {
  Secrets secrets;
  const Shape shape{.samples = 3, .photometric = "RGB"};
  const Bytes8 pixels = noise8(shape.sampleCount());
  Bytes8 frame = jpeg2000Of(shape, Words16(pixels.begin(), pixels.end()), {});
  const std::string text = secrets.next();
  Bytes8 comment = {0xFF, 0x64, 0, static_cast<std::uint8_t>(text.size() + 4), 0, 1};
  comment.insert(comment.end(), text.begin(), text.end());
  // After the size segment, which begins at 2 and says its own length.
  const std::size_t at = 4U + 256U * frame[4] + frame[5];
  frame.insert(frame.begin() + static_cast<std::ptrdiff_t>(at), comment.begin(), comment.end());
  const std::string behind = secrets.next();
  frame.insert(frame.end(), behind.begin(), behind.end());
  if (frame.size() % 2 != 0) frame.push_back(0);
  SyntheticObject(shape)
      .fragments(EXS_JPEG2000LosslessOnly, {frame})
      .save(in_, EXS_JPEG2000LosslessOnly);
  ASSERT_THAT(secrets.missingIn(in_), testing::IsEmpty());
  const EncodedFrames frames = copy();
  EXPECT_THAT(secrets.foundIn(out_), testing::IsEmpty());
  EXPECT_EQ(decoded(frames), pixels);
}

TEST_F(FrameCodecTest, PaddingOfRleGoes) {
  save({{.frames = 1}, EXS_RLELossless, ""}, in_);
  static_cast<void>(copy());
  const EncodedFrames clean = copy();
  const std::string file = bytesOf(out_);
  Bytes8 frame(
      file.begin() + static_cast<std::ptrdiff_t>(clean.frames[0].offset),
      file.begin() + static_cast<std::ptrdiff_t>(clean.frames[0].offset + clean.frames[0].size));
  Secrets secrets;
  const std::string behind = secrets.next();
  frame.insert(frame.end(), behind.begin(), behind.end());
  const std::string in_header = secrets.next();
  std::ranges::copy(in_header, frame.begin() + 40);
  SyntheticObject(Shape{}).fragments(EXS_RLELossless, {frame}).save(in_, EXS_RLELossless);
  ASSERT_THAT(secrets.missingIn(in_), testing::IsEmpty());
  const EncodedFrames frames = copy();
  EXPECT_THAT(secrets.foundIn(out_), testing::IsEmpty());
  EXPECT_EQ(decoded(frames), framesIn(in_));
}

TEST_F(FrameCodecTest, SaysWhichFrameIsDamaged) {
  save({{.samples = 3, .photometric = "RGB"}, EXS_JPEGProcess1, ""}, in_);
  const EncodedFrames frames = copy();
  const std::string file = bytesOf(out_);
  const auto bytes =
      std::as_bytes(std::span(file)).subspan(frames.frames[0].offset, frames.frames[0].size);
  const auto failureOf = [](std::span<const std::byte> recipe, std::span<const std::byte> frame) {
    try {
      static_cast<void>(decodeFrame(recipe, frame, 7));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kDamaged);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(failureOf(frames.recipe, bytes.first(bytes.size() / 2)),
              testing::StartsWith("frame 7 cannot be decoded"));
  EXPECT_NE(failureOf(frames.recipe, {}), "");
  for (std::size_t cut = 0; cut < frames.recipe.size(); ++cut) {
    EXPECT_NE(failureOf(std::span(frames.recipe).first(cut), bytes), "") << cut;
  }
  // Whatever a damaged recipe says, it is refused or gives some picture, and no more.
  for (std::size_t i = 0; i < frames.recipe.size(); ++i) {
    std::vector<std::byte> damaged = frames.recipe;
    damaged[i] = std::byte{0xFF};
    static_cast<void>(failureOf(damaged, bytes));
  }
}

bool isIn(const PixelRectangle& box, int col, int row) {
  return col >= box.x0 && col < box.x1 && row >= box.y0 && row < box.y1;
}

TEST(OutsideRegions, IsTheComplementOfTheirUnion) {
  const auto regionAt = [](int x0, int y0, int x1, int y1) {
    media::UltrasoundRegion region;
    region.rectangle = {x0, y0, x1, y1};
    return region;
  };
  const std::vector<std::vector<media::UltrasoundRegion>> cases = {
      {},
      {regionAt(2, 3, 7, 9)},
      {regionAt(0, 0, 10, 12)},
      {regionAt(2, 3, 7, 9), regionAt(5, 5, 11, 13)},
      {regionAt(0, 0, 4, 12), regionAt(4, 2, 10, 6), regionAt(8, 8, 9, 9)},
      {regionAt(-1, 0, 5, 5), regionAt(3, 3, 3, 9)}};
  for (const auto& regions : cases) {
    const auto boxes = outsideRegions(regions, 10, 12);
    for (int row = 0; row < 12; ++row) {
      for (int col = 0; col < 10; ++col) {
        const auto covered = std::ranges::count_if(regions, [&](const auto& region) {
          return region.rectangle.x0 >= 0 && isIn(region.rectangle, col, row);
        });
        const auto outside =
            std::ranges::count_if(boxes, [&](const auto& box) { return isIn(box, col, row); });
        EXPECT_EQ(outside, covered > 0 ? 0 : 1) << col << ", " << row;
      }
    }
  }
}
}  // namespace
}  // namespace sonotwin::dicom::test
