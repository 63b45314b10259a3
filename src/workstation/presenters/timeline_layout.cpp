// SPDX-License-Identifier: Apache-2.0
#include "presenters/timeline_layout.h"

#include <algorithm>
#include <cmath>

namespace sonotwin::workstation {
namespace {
constexpr double kMostOffScale = 0.5;  ///< of the room, for exams of unknown day

void placeByDay(const std::vector<store::StudyRow>& exams, std::size_t known, double left,
                double right, std::vector<ExamPlace>& places) {
  if (known == 0) return;
  const int first = exams[0].day;
  const int days = exams[known - 1].day - first;
  for (std::size_t i = 0; i < known; ++i) {
    places[i].x = days > 0 ? left + (right - left) * (exams[i].day - first) / days : left;
  }
}

void raiseWhatTouches(std::vector<ExamPlace>& places, const TimelineRoom& room) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto taken = [&](int level) {
      return std::any_of(
          places.begin(), places.begin() + std::ptrdiff_t(i), [&](const auto& other) {
            return other.level == level && std::abs(other.x - places[i].x) < room.dot;
          });
    };
    while (places[i].level + 1 < room.levels && taken(places[i].level)) ++places[i].level;
  }
}

void nameWhatFits(std::vector<ExamPlace>& places, int selected, const TimelineRoom& room) {
  const auto name = [&](ExamPlace& place) {
    place.named = std::ranges::none_of(places, [&](const ExamPlace& other) {
      return other.named && std::abs(other.x - place.x) < room.words;
    });
  };
  if (selected >= 0) name(places[static_cast<std::size_t>(selected)]);
  for (ExamPlace& place : places) {
    if (!place.named) name(place);
  }
}
}  // namespace

std::vector<ExamPlace> placeExams(const std::vector<store::StudyRow>& exams, int selected,
                                  const TimelineRoom& room) {
  std::vector<ExamPlace> places(exams.size());
  const auto known =
      static_cast<std::size_t>(std::ranges::count(exams, true, &store::StudyRow::day_known));
  const auto unknown = exams.size() - known;
  const double width = std::max(0.0, room.right - room.left);
  double off_scale = room.words * static_cast<double>(unknown);
  if (known > 0) off_scale = std::min(off_scale, kMostOffScale * width);
  placeByDay(exams, known, room.left, room.right - (known > 0 ? off_scale : 0.0), places);
  const double step =
      unknown > 0 ? std::min(off_scale, known > 0 ? off_scale : width) / double(unknown) : 0.0;
  for (std::size_t i = known; i < exams.size(); ++i) {
    const auto place = static_cast<double>(i - known);
    places[i].x =
        known > 0 ? room.right - off_scale + step * (place + 1.0) : room.left + step * place;
  }
  raiseWhatTouches(places, room);
  nameWhatFits(places, selected, room);
  return places;
}

}  // namespace sonotwin::workstation
