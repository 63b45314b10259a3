// SPDX-License-Identifier: Apache-2.0
#pragma once

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

}  // namespace sonotwin::workstation
