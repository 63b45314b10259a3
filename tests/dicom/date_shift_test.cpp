// SPDX-License-Identifier: Apache-2.0
#include "date_shift.h"

#include <gtest/gtest.h>

namespace sonotwin::dicom {
namespace {
// Expected days by `date -d`.
TEST(DateShift, MovesDatesAcrossLeapDays) {
  EXPECT_EQ(shiftDates("20240228", 1), "20240229");
  EXPECT_EQ(shiftDates("20230228", 1), "20230301");
  EXPECT_EQ(shiftDates("20240301", -366), "20230301");
  EXPECT_EQ(shiftDates("1999.12.31", 1), "20000101");
  EXPECT_EQ(shiftDates("20240228\\\\20240301", 2), "20240301\\\\20240303");
  EXPECT_EQ(shiftDates("", 1), "");
}

TEST(DateShift, RefusesWhatIsNoDate) {
  for (const char* text : {"20230229", "20231301", "2023", "garcia", "20230101-20240101"}) {
    EXPECT_EQ(shiftDates(text, 1), std::nullopt) << text;
  }
  EXPECT_EQ(shiftDates("00010101", -1), std::nullopt);
  EXPECT_EQ(shiftDates("99991231", 1), std::nullopt);
}

TEST(DateShift, KeepsTheTimeOfADateTime) {
  EXPECT_EQ(shiftDateTimes("20240228235959.123456+0100", 2), "20240301235959.123456");
  EXPECT_EQ(shiftDateTimes("20240228", 1), "20240229");
  EXPECT_EQ(shiftDateTimes("202402", 1), std::nullopt);
  EXPECT_EQ(shiftDateTimes("20240228GARCIA", 1), std::nullopt);
}

// A shifted date may lie before there were scanners; what stands for no date is not one.
TEST(DateShift, MovesOnWhatWasShiftedBefore) {
  EXPECT_EQ(moveShifted("19610301", -1), "19610228");
  EXPECT_EQ(moveShifted("20230228\\20240228", 1), "20230301\\20240229");
  EXPECT_EQ(moveShifted("20240228235959.123456", 2), "20240301235959.123456");
  EXPECT_EQ(moveShifted("19000101", 5), "19000101");
  EXPECT_EQ(moveShifted("19000101000000", 5), "19000101000000");
  EXPECT_EQ(moveShifted("", 5), "");
}

TEST(DateShift, KnowsTimes) {
  for (const char* text : {"", "09", "0930", "093015", "093015.123456", "09:30:15", "09\\10"}) {
    EXPECT_TRUE(areTimes(text)) << text;
  }
  for (const char* text : {"9", "2460", "garcia", "093015.garcia", "240000"}) {
    EXPECT_FALSE(areTimes(text)) << text;
  }
}
}  // namespace
}  // namespace sonotwin::dicom
