// SPDX-License-Identifier: Apache-2.0
#include "frame_times.h"

#include <gtest/gtest.h>

#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
class FrameTimesTest : public testing::Test {
 protected:
  FrameTimes read(int count) { return readFrameTimes(object_.dataset(), count); }
  void pointTo(const DcmTagKey& key) {
    object_.dataset().putAndInsertTagKey(DCM_FrameIncrementPointer, key);
  }
  static void expectTimes(const FrameTimes& times, const std::vector<double>& seconds) {
    ASSERT_EQ(times.seconds.size(), seconds.size());
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      EXPECT_NEAR(times.seconds[i], seconds[i], 1e-12) << i;
    }
  }

  SyntheticObject object_{Shape{}};
};

TEST_F(FrameTimesTest, CountsMillisecondsFromFrameTime) {
  object_.set(DCM_FrameTime, "40");
  expectTimes(read(3), {0.0, 0.04, 0.08});
  EXPECT_TRUE(read(3).known);
}

TEST_F(FrameTimesTest, AddsUpIncrements) {
  object_.set(DCM_FrameTimeVector, "0\\10\\30").set(DCM_FrameTime, "40");
  expectTimes(read(3), {0.0, 0.01, 0.04});
  pointTo(DCM_FrameTime);
  expectTimes(read(3), {0.0, 0.04, 0.08});
}

// Times count from the first frame, whatever its own increment; one too few means it was left out.
TEST_F(FrameTimesTest, StartsAtTheFirstFrame) {
  object_.set(DCM_FrameTimeVector, "15\\10\\30");
  expectTimes(read(3), {0.0, 0.01, 0.04});
  expectTimes(read(4), {0.0, 0.015, 0.025, 0.055});
}

TEST_F(FrameTimesTest, LeavesUselessIncrementsAlone) {
  object_.set(DCM_FrameTime, "20");
  for (const char* increments : {"0\\0\\0", "0\\-10\\30", "0\\10"}) {
    object_.set(DCM_FrameTimeVector, increments);
    const int count = std::string(increments) == "0\\10" ? 5 : 3;
    EXPECT_NEAR(read(count).seconds[2], 0.04, 1e-12) << increments;
  }
}

TEST_F(FrameTimesTest, FallsBackToRates) {
  object_.set(DCM_RecommendedDisplayFrameRate, "10");
  expectTimes(read(2), {0.0, 0.1});
  object_.set(DCM_CineRate, "25");
  expectTimes(read(2), {0.0, 0.04});
  object_.set(DCM_FrameTime, "0");
  expectTimes(read(2), {0.0, 0.04});
}

TEST_F(FrameTimesTest, NotesRatesThatDisagree) {
  object_.set(DCM_CineRate, "25").set(DCM_FrameTime, "0.04");
  EXPECT_TRUE(mentions(read(2).notes, "disagree"));
  object_.set(DCM_FrameTime, "40");
  EXPECT_TRUE(read(2).notes.empty());
}

TEST_F(FrameTimesTest, CountsAtThirtyHertzWhereNothingIsKnown) {
  const FrameTimes times = read(31);
  EXPECT_FALSE(times.known);
  EXPECT_NEAR(times.seconds[30], 1.0, 1e-12);
  EXPECT_TRUE(mentions(times.notes, "30 Hz"));
  EXPECT_TRUE(read(1).known) << "a single frame has its time";
}

TEST_F(FrameTimesTest, ReadsVectorsOfThousandsOfFrames) {
  std::string increments = "0";
  for (int i = 1; i < 8000; ++i) increments += "\\12.5";
  object_.set(DCM_FrameTimeVector, increments);
  EXPECT_NEAR(read(8000).seconds.back(), 7999 * 0.0125, 1e-6);
}
}  // namespace
}  // namespace sonotwin::dicom::test
