// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/dcmdata/dcrlerp.h>
#include <gtest/gtest.h>

#include "encoders.h"
#include "frame_reader.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom::test {
namespace {
using Ranges = std::vector<FragmentRange>;

const auto kNever = [](std::size_t) {
  ADD_FAILURE() << "looked into a fragment without need";
  return false;
};

TEST(AssignFragments, TakesOneEachWhateverTheTableSays) {
  EXPECT_EQ(assignFragments({10, 20}, {0, 999}, 2, kNever), (Ranges{{0, 1}, {1, 2}}));
}

TEST(AssignFragments, GivesASingleFrameAllOfThem) {
  EXPECT_EQ(assignFragments({10, 20, 30}, {}, 1, kNever), (Ranges{{0, 3}}));
}

// Offsets count from the first fragment's item header; every header takes eight bytes.
TEST(AssignFragments, FollowsTheOffsetTable) {
  EXPECT_EQ(assignFragments({10, 20, 30}, {0, 46}, 2, kNever), (Ranges{{0, 2}, {2, 3}}));
}

TEST(AssignFragments, LooksForBeginningsWhereTheTableIsWrongOrAbsent) {
  const auto begins = [](std::size_t i) { return i == 0 || i == 2; };
  for (const std::vector<std::uint32_t>& table : {std::vector<std::uint32_t>{}, {0, 45}, {46, 0}}) {
    EXPECT_EQ(assignFragments({10, 20, 30, 4}, table, 2, begins), (Ranges{{0, 2}, {2, 4}}));
  }
}

TEST(AssignFragments, RefusesWhatCannotBeToldApart) {
  const auto always = [](std::size_t) { return true; };
  EXPECT_THROW(std::ignore = assignFragments({10, 20}, {}, 3, kNever), Error);
  EXPECT_THROW(std::ignore = assignFragments({1, 2, 3}, {}, 2, always), Error);
}

class FragmentsTest : public testing::Test {
 protected:
  sonotwin::test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.dcm";
};

// Two pictures cut into pieces of unlike length: with and without an offset table.
TEST_F(FragmentsTest, JoinsFramesFromPieces) {
  const Shape one{.rows = 16, .cols = 16, .samples = 3, .photometric = "YBR_FULL"};
  Shape two = one;
  two.frames = 2;
  std::vector<Bytes8> pieces;
  std::vector<std::uint32_t> offsets;
  std::vector<Bytes8> truths;
  std::uint32_t at = 0;
  for (const unsigned seed : {1U, 2U}) {
    const Bytes8 truth(one.sampleCount(), static_cast<std::uint8_t>(seed * 100));
    truths.push_back(truth);
    Bytes8 whole = jpegOf(one, truth, {.ycbcr = true, .jfif = true});
    whole.resize(whole.size() + whole.size() % 2);
    const auto cut = static_cast<std::ptrdiff_t>(whole.size() / 4 * 2);
    offsets.push_back(at);
    for (const Bytes8& piece :
         {Bytes8(whole.begin(), whole.begin() + cut), Bytes8(whole.begin() + cut, whole.end())}) {
      pieces.push_back(piece);
      at += 8 + static_cast<std::uint32_t>(piece.size());
    }
  }
  for (const auto& table : {offsets, {}}) {
    SyntheticObject(two).fragments(EXS_JPEGProcess1, pieces, table).save(path_, EXS_JPEGProcess1);
    const DicomClip read = readWhole(path_);
    for (int i = 0; i < 2; ++i) {
      const media::Image image = read.clip.pixels->frame(i);
      EXPECT_NEAR(std::to_integer<int>(image.data[0]), truths[static_cast<std::size_t>(i)][0], 2);
    }
  }
}

TEST_F(FragmentsTest, RefusesFewerFramesThanPromised) {
  const Shape shape{.rows = 8, .cols = 8, .frames = 2};
  SyntheticObject object(shape);
  object.pixels(noise8(shape.sampleCount())).save(path_, EXS_RLELossless);
  object.set(DCM_NumberOfFrames, "5").save(path_, EXS_RLELossless);
  EXPECT_NE(refusalOf(path_).find("promises 5 frames, its pixel data hold 2"), std::string::npos)
      << refusalOf(path_);
}
}  // namespace
}  // namespace sonotwin::dicom::test
