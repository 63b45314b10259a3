// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QRectF>
#include <QString>
#include <functional>
#include <vector>

#include "sonotwin/store/rows.h"

namespace sonotwin::workstation {

/// Where an exam stands on a patient's time line.
struct ExamPlace {
  double x = 0.0;
  int level = 0;       ///< 0: on the line; above it where exams are too close to stand side by side
  bool named = false;  ///< there is room for words below it
};

/// The room that a time line has, in widget points.
struct TimelineRoom {
  double left = 0.0, right = 0.0;  ///< of the first and the last place
  double dot = 0.0;                ///< two dots on one level are at least so far apart
  double words = 0.0;              ///< as wide are the words below an exam
  int levels = 1;
};

/// Exams by their days, exactly to scale: the distance of two is their days apart times one factor.
/// Those of unknown day stand side by side at the right, off the scale.
/// @param exams  in order of number: known days rise, unknown ones come last
/// @param selected  index of the exam that is named before all others; -1: none
[[nodiscard]] std::vector<ExamPlace> placeExams(const std::vector<store::StudyRow>& exams,
                                                int selected, const TimelineRoom& room);

/// The days between an exam and the one before it, as written on the line.
struct IntervalLabel {
  int exam = 0;  ///< index of the later one
  QString text;  ///< "28 days", "28 d" where room is short
  QRectF area;   ///< y counts from the line, up is negative
  bool leader = false;
  double leader_x = 0.0;  ///< of the line down to the interval, where there is one
};

/// What the words of intervals must keep to, in widget points.
struct IntervalRoom {
  double left = 0.0, right = 0.0;  ///< edges
  double dot_radius = 0.0;
  double level = 0.0;   ///< between two levels of dots
  double height = 0.0;  ///< of a line of words
  int levels = 1;       ///< of words above the line
};

/// Intervals between exams of known days, each as close to its place as its words have room:
/// between the dots, beside a raised dot, or above the line with a leader. No words lie over other
/// words or over a dot; an interval that has no room at all is left out.
/// @param widthOf  width of a text
[[nodiscard]] std::vector<IntervalLabel> placeIntervals(
    const std::vector<store::StudyRow>& exams, const std::vector<ExamPlace>& places,
    const IntervalRoom& room, const std::function<double(const QString&)>& widthOf);

}  // namespace sonotwin::workstation
