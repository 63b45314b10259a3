// SPDX-License-Identifier: Apache-2.0
#include "widgets/exam_timeline.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QHelpEvent>
#include <QTest>
#include <QToolTip>

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

const auto kSevenEach = [](const QString& text) { return 7.0 * double(text.size()); };

std::vector<IntervalLabel> intervals(const std::vector<int>& days, double width) {
  const auto rows = exams(days);
  const auto places =
      placeExams(rows, 0, {.left = 40, .right = width - 40, .dot = 17, .words = 78, .levels = 3});
  return placeIntervals(
      rows, places,
      {.left = 2, .right = width - 2, .dot_radius = 7, .level = 17, .height = 15, .levels = 2},
      kSevenEach);
}

TEST(TimelineIntervals, EachIsWrittenAsLongAsThereIsRoom) {
  const auto labels = intervals({0, 28, 31, 112}, 520);
  QStringList texts;
  for (const IntervalLabel& label : labels) texts << label.text;
  EXPECT_EQ(texts, QStringList({"28 days", "3 d", "81 days"}));
  EXPECT_EQ(intervals({0, -1}, 520).size(), 0U);
}

// Oracle: rectangles drawn anew from the places themselves.
TEST(TimelineIntervals, NoWordsLieOverWordsOrDots) {
  const std::vector<std::vector<int>> patients = {{0, 3, 28, 112},
                                                  {0, 1, 2, 84, 245},
                                                  {0, 1, 245},
                                                  {0, 244, 245},
                                                  {0, 7, 14, 21, 28, 35, 42},
                                                  {0, 0, 30},
                                                  {0, 3, 6, 200, 203, 206, 400},
                                                  {0, 10, 20, -1, -1}};
  for (const auto& days : patients) {
    for (const double width : {510.0, 900.0}) {
      const auto labels = intervals(days, width);
      const auto known = std::ranges::count_if(days, [](int day) { return day >= 0; });
      EXPECT_EQ(std::ssize(labels), known - 1);
      const auto places = placeExams(
          exams(days), 0, {.left = 40, .right = width - 40, .dot = 17, .words = 78, .levels = 3});
      for (const IntervalLabel& label : labels) {
        EXPECT_GE(label.area.left(), 0);
        EXPECT_LE(label.area.right(), width);
        EXPECT_LE(label.area.bottom(), 0);
        for (const IntervalLabel& other : labels) {
          EXPECT_TRUE(&other == &label || !other.area.intersects(label.area));
        }
        for (const ExamPlace& place : places) {
          const QRectF dot(place.x - 7, -17.0 * place.level - 7, 14, 14);
          EXPECT_FALSE(dot.intersects(label.area)) << label.text.toStdString() << " " << width;
        }
      }
    }
  }
}

TEST(ExamTimelineTest, HoveringAnIntervalSaysBothDays) {
  ExamTimeline line;
  line.resize(580, 110);
  line.setExams(exams({0, 3, 245}), "study-1");
  line.show();
  for (const IntervalLabel& label : line.intervals()) {
    const QPoint at = label.area.center().toPoint();
    QHelpEvent help(QEvent::ToolTip, at, line.mapToGlobal(at));
    QApplication::sendEvent(&line, &help);
    EXPECT_EQ(QToolTip::text(), label.exam == 1
                                    ? "3 days from exam 1 (day 0) to exam 2 (day +3)"
                                    : "242 days from exam 2 (day +3) to exam 3 (day +245)");
  }
  EXPECT_EQ(line.intervals().size(), 2U);
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
