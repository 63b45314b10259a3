// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "encoders.h"
#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
constexpr Shape kShape{.rows = 24, .cols = 20};

class Jpeg2000ClaimsTest : public testing::Test {
 protected:
  /// Of an object that promises so large a picture and holds this stream.
  std::string refusalOfStream(const Bytes8& stream, int side) {
    SyntheticObject object(kShape);
    object.setWord(DCM_Rows, side).setWord(DCM_Columns, side);
    object.fragments(EXS_JPEG2000, {stream}).save(path_, EXS_JPEG2000);
    return refusalOf(path_);
  }

  static void put(Bytes8& stream, std::size_t at, std::size_t count, std::uint32_t value) {
    for (std::size_t i = 0; i < count; ++i) {
      stream[at + i] = static_cast<std::uint8_t>(value >> 8 * (count - 1 - i));
    }
  }

  /// The stream with a picture of so many pixels a side in one tile.
  Bytes8 enlarged(std::uint32_t side) const {
    Bytes8 stream = stream_;
    for (const std::size_t at : {8, 12, 24, 28}) put(stream, at, 4, side);
    return stream;
  }

  sonotwin::test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "object.dcm";
  Words16 levels_ = noise16(kShape.sampleCount(), 8);
  Bytes8 stream_ = jpeg2000Of(kShape, levels_, {});
};

TEST_F(Jpeg2000ClaimsTest, BoxesAroundTheStreamDoNoHarm) {
  Bytes8 file = {0, 0, 0, 12, 'j', 'P', ' ', ' ', 13, 10, 0x87, 10, 0, 0, 0, 0, 'j', 'p', '2', 'c'};
  file.insert(file.end(), stream_.begin(), stream_.end());
  SyntheticObject(kShape).fragments(EXS_JPEG2000, {file}).save(path_, EXS_JPEG2000);
  const Bytes8 read = framesOf(readWhole(path_).clip);
  EXPECT_TRUE(std::ranges::equal(read, levels_));
}

TEST_F(Jpeg2000ClaimsTest, TilesAndComponentsByTheThousandAreRefused) {
  Bytes8 tiles = enlarged(2048);
  put(tiles, 24, 4, 8);
  put(tiles, 28, 4, 8);
  EXPECT_NE(refusalOfStream(tiles, 2048).find("more tiles"), std::string::npos);
  Bytes8 components = stream_;
  put(components, 40, 2, 16384);
  EXPECT_NE(refusalOfStream(components, 24).find("more tiles or components"), std::string::npos);
}

// Without this a decoder takes 4.6 GB for a stream of some hundred bytes.
TEST_F(Jpeg2000ClaimsTest, PrecinctsOfOnePixelAreRefused) {
  Bytes8 stream = enlarged(2896);
  constexpr std::array<std::uint8_t, 2> kStyle = {0xFF, 0x52};
  const auto style = std::ranges::search(stream, kStyle).begin();
  style[4] |= 1;
  style[3] = static_cast<std::uint8_t>(style[3] + 3);
  stream.insert(style + 14, 3, 0);  // one size for each of the three resolutions
  EXPECT_NE(refusalOfStream(stream, 2896).find("more precincts"), std::string::npos);
}

TEST_F(Jpeg2000ClaimsTest, BlocksOfSixteenPixelsAreRefusedInALargePicture) {
  Bytes8 stream = enlarged(2896);
  constexpr std::array<std::uint8_t, 2> kStyle = {0xFF, 0x52};
  const auto style = std::ranges::search(stream, kStyle).begin();
  style[10] = style[11] = 0;
  EXPECT_NE(refusalOfStream(stream, 2896).find("more code blocks"), std::string::npos);
}
}  // namespace
}  // namespace sonotwin::dicom::test
