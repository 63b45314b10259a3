// SPDX-License-Identifier: Apache-2.0
#include "widgets/exam_timeline.h"

#include <gtest/gtest.h>

#include <QTest>

namespace sonotwin::workstation {
namespace {
constexpr TimelineRoom kRoom{.left = 40, .right = 540, .dot = 17, .words = 78, .levels = 3};

/// Exams of these days; a negative one is not known.
std::vector<store::StudyRow> exams(const std::vector<int>& days) {
  std::vector<store::StudyRow> rows;
  for (const int day : days) {
    store::StudyRow row;
    row.number = static_cast<int>(rows.size()) + 1;
    row.id = "study-" + std::to_string(row.number);
    row.day_known = day >= 0;
    row.day = std::max(day, 0);
    rows.push_back(row);
  }
  return rows;
}

// Oracle: two points of each exam give the factor; all others must lie on the same line.
TEST(TimelineLayout, IsToScaleHoweverCloseTheExams) {
  const std::vector<int> days = {0, 3, 28, 84, 85, 245};
  const auto places = placeExams(exams(days), 0, kRoom);
  EXPECT_DOUBLE_EQ(places.front().x, kRoom.left);
  EXPECT_DOUBLE_EQ(places.back().x, kRoom.right);
  for (std::size_t i = 0; i < days.size(); ++i) {
    EXPECT_NEAR(places[i].x, kRoom.left + 500.0 * days[i] / 245.0, 1e-9) << i;
  }
}

TEST(TimelineLayout, RaisesWhatWouldCover) {
  const auto places = placeExams(exams({0, 1, 2, 84, 245}), 0, kRoom);
  EXPECT_EQ(places[0].level, 0);
  EXPECT_EQ(places[1].level, 1);
  EXPECT_EQ(places[2].level, 2);
  EXPECT_EQ(places[3].level, 0);
}

TEST(TimelineLayout, NamesTheSelectedAndNeverTwoOverEachOther) {
  const auto rows = exams({0, 1, 2, 40, 84, 245});
  for (int selected = 0; selected < std::ssize(rows); ++selected) {
    const auto places = placeExams(rows, selected, kRoom);
    EXPECT_TRUE(places[std::size_t(selected)].named);
    for (std::size_t i = 0; i < places.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (!places[i].named || !places[k].named) continue;
        EXPECT_GE(places[i].x - places[k].x, kRoom.words) << selected;
      }
    }
  }
}

TEST(TimelineLayout, KeepsUnknownDaysOffTheScale) {
  const auto places = placeExams(exams({0, 10, 20, -1, -1}), 0, kRoom);
  EXPECT_NEAR(places[1].x - places[0].x, places[2].x - places[1].x, 1e-9);
  EXPECT_GT(places[3].x, places[2].x + kRoom.dot);
  EXPECT_GT(places[4].x, places[3].x + kRoom.dot);
  EXPECT_LE(places[4].x, kRoom.right + 1e-9);
  const auto alone = placeExams(exams({-1}), 0, kRoom);
  EXPECT_DOUBLE_EQ(alone[0].x, kRoom.left);
}

TEST(ExamTimelineTest, AClickChoosesEvenOneOfTwoOnFollowingDays) {
  ExamTimeline line;
  line.resize(580, 110);
  const auto rows = exams({0, 1, 245});
  line.setExams(rows, "study-3");
  std::string chosen;
  QObject::connect(&line, &ExamTimeline::chosen, [&](const std::string& id) { chosen = id; });
  for (const int exam : {1, 0, 2}) {
    QTest::mouseClick(&line, Qt::LeftButton, {}, line.dotAt(exam).toPoint());
    EXPECT_EQ(chosen, rows[std::size_t(exam)].id);
  }
  QTest::keyClick(&line, Qt::Key_Left);
  EXPECT_EQ(chosen, "study-2");
}
}  // namespace
}  // namespace sonotwin::workstation
