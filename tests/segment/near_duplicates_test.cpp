// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/segment/near_duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "sonotwin/base/error.h"
#include "speckled_picture.h"

namespace sonotwin::segment {
namespace {
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kRows = 240, kCols = 320;

/// Speckle over the same echoes each time: pictures of two seeds look alike, as two patients do.
Case pictureOf(std::uint64_t seed) {
  media::Image truth(kRows, kCols, 1, media::PixelType::kFloat32);
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) {
      const bool disc = std::hypot(col - 160, row - 120) < 50;
      truth.samples<float>()[static_cast<std::size_t>(row * kCols + col)] = disc ? 60.0F : 140.0F;
    }
  }
  const media::Image gray = media::toGray8(test::speckled(truth, seed));
  const auto levels = gray.samples<std::uint8_t>();
  Case item;
  item.name = item.group = "picture" + std::to_string(seed);
  item.rows = kRows;
  item.cols = kCols;
  item.gray.assign(levels.begin(), levels.end());
  return item;
}

/// Bilinear; 0 outside.
double levelAt(const Case& item, double row, double col) {
  if (row < 0 || col < 0 || row > item.rows - 1 || col > item.cols - 1) return 0.0;
  const int r = std::min(static_cast<int>(row), item.rows - 2);
  const int c = std::min(static_cast<int>(col), item.cols - 2);
  const auto at = [&](int i, int j) {
    return static_cast<double>(item.gray[static_cast<std::size_t>(i * item.cols + j)]);
  };
  const double down = row - r, right = col - c;
  return (1 - down) * ((1 - right) * at(r, c) + right * at(r, c + 1)) +
         down * ((1 - right) * at(r + 1, c) + right * at(r + 1, c + 1));
}

using Level = std::function<double(int row, int col)>;

Case drawn(const Case& from, int rows, int cols, const Level& level) {
  Case item = from;
  item.name = item.group = from.name + " again";
  item.rows = rows;
  item.cols = cols;
  item.gray.clear();
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      const double value = std::clamp(level(row, col), 0.0, 255.0);
      item.gray.push_back(static_cast<std::uint8_t>(std::lround(value)));
    }
  }
  return item;
}

Case brightened(const Case& from) {
  return drawn(from, from.rows, from.cols, [&](int row, int col) {
    return 255.0 * std::pow(levelAt(from, row, col) / 255.0, 0.7) + 20.0;
  });
}
Case shifted(const Case& from) {
  return drawn(from, from.rows, from.cols,
               [&](int row, int col) { return levelAt(from, row - 8, col + 14); });
}
Case zoomed(const Case& from) {
  return drawn(from, from.rows, from.cols, [&](int row, int col) {
    return levelAt(from, 120 + (row - 120) / 1.08, 160 + (col - 160) / 1.08);
  });
}
Case exportedSmallerInAFrame(const Case& from) {
  return drawn(from, 260, 300,
               [&](int row, int col) { return levelAt(from, (row - 40) / 0.8, (col - 20) / 0.8); });
}

std::vector<std::array<std::size_t, 2>> found(const std::vector<Case>& cases, int threads = 0) {
  std::vector<std::array<std::size_t, 2>> pairs;
  for (const NearDuplicate& pair : findNearDuplicates(cases, {.threads = threads}, {})) {
    pairs.push_back({pair.first, pair.second});
  }
  return pairs;
}

TEST(NearDuplicates, FindsAPictureThatWasChangedALittle) {
  const Case picture = pictureOf(1);
  EXPECT_THAT(found({picture, brightened(picture)}), ElementsAre(std::array{0UL, 1UL}));
  EXPECT_THAT(found({picture, shifted(picture)}), ElementsAre(std::array{0UL, 1UL}));
  EXPECT_THAT(found({picture, zoomed(picture)}), ElementsAre(std::array{0UL, 1UL}));
  EXPECT_THAT(found({picture, exportedSmallerInAFrame(picture)}),
              ElementsAre(std::array{0UL, 1UL}));
}

TEST(NearDuplicates, TellsPicturesOfLikeThingsApart) {
  std::vector<Case> cases;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) cases.push_back(pictureOf(seed));
  EXPECT_THAT(found(cases), IsEmpty());
}

TEST(NearDuplicates, IsCertainOfTheSameBytesOnly) {
  Case again = pictureOf(1);
  again.group = "again";
  const auto pairs = findNearDuplicates({pictureOf(1), again, brightened(pictureOf(1))}, {}, {});
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_EQ(pairs[0].likeness, 1.0);
  EXPECT_LT(pairs[1].likeness, 1.0);
}

TEST(NearDuplicates, LooksAtSmallAndEmptyPicturesByteForByte) {
  Case small;
  small.name = small.group = "a";
  small.rows = small.cols = 4;
  small.gray.assign(16, 9);
  Case other = small;
  other.group = "b";
  EXPECT_EQ(found({small, other}).size(), 1U);
  other.gray[3] = 10;
  EXPECT_THAT(found({small, other}), IsEmpty());
  const Case black = drawn(pictureOf(1), kRows, kCols, [](int, int) { return 0.0; });
  const Case white = drawn(pictureOf(2), kRows, kCols, [](int, int) { return 255.0; });
  EXPECT_THAT(found({black, white, pictureOf(1)}), IsEmpty());
}

TEST(NearDuplicates, AreTheSameOnAnyNumberOfThreads) {
  std::vector<Case> cases;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    cases.push_back(pictureOf(seed));
    cases.push_back(shifted(cases.back()));
  }
  const auto pairs = found(cases, 1);
  EXPECT_EQ(pairs.size(), 5U);
  EXPECT_EQ(found(cases, 3), pairs);
}

TEST(NearDuplicates, JoinWholeGroups) {
  std::vector<Case> cases = {
      pictureOf(1), pictureOf(2), shifted(pictureOf(2)), pictureOf(3), brightened(pictureOf(3)),
      pictureOf(4)};
  const char* const groups[] = {"p3", "p3", "p1", "p1", "p2", "p4"};
  for (std::size_t i = 0; i < cases.size(); ++i) cases[i].group = groups[i];
  const NearDuplicateSummary summary = joinNearDuplicates(cases, {}, {});
  std::vector<std::string> after;
  for (const Case& item : cases) after.push_back(item.group);
  EXPECT_THAT(after, ElementsAre("p1", "p1", "p1", "p1", "p1", "p4"));
  EXPECT_EQ(summary.pairs, 2);
  EXPECT_EQ(summary.groups_before, 4);
  EXPECT_EQ(summary.groups, 2);
  EXPECT_EQ(joinNearDuplicates(cases, {}, {}).groups, 2);  // within a group nothing is to be joined
}

TEST(NearDuplicates, RefuseALikenessThatIsNone) {
  EXPECT_THROW(std::ignore = findNearDuplicates({}, {.least_likeness = 0.0}, {}), Error);
  EXPECT_THROW(std::ignore = findNearDuplicates({}, {.least_likeness = 1.5}, {}), Error);
}
}  // namespace
}  // namespace sonotwin::segment
