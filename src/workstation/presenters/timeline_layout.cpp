// SPDX-License-Identifier: Apache-2.0
#include "presenters/timeline_layout.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "presenters/words.h"

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

/// Finds room for the words of one interval after the other.
class IntervalPlacer {
 public:
  IntervalPlacer(const std::vector<ExamPlace>& places, const IntervalRoom& room) : room_(room) {
    for (const ExamPlace& place : places) {
      const double reach = room.dot_radius + kGap;
      const double y = -room.level * place.level;
      taken_.emplace_back(place.x - reach, y - reach, 2 * reach, 2 * reach);
      taken_.emplace_back(place.x - 1, y, 2, -y);
    }
  }

  /// Between the dots, just above the line.
  std::optional<IntervalLabel> between(const ExamPlace& from, const ExamPlace& to, double width) {
    const double inset = room_.dot_radius + kGap;
    if (to.x - from.x - 2 * inset < width) return std::nullopt;
    return take({(from.x + to.x - width) / 2, -room_.height - 2, width, room_.height}, {});
  }
  /// At the right or the left of a raised dot, at its height.
  std::optional<IntervalLabel> beside(const ExamPlace& to, double width) {
    if (to.level == 0) return std::nullopt;
    const double reach = room_.dot_radius + 2 * kGap;
    for (const double x : {to.x + reach, to.x - reach - width}) {
      auto label = take({x, -room_.level * to.level - room_.height / 2, width, room_.height}, {});
      if (label) return label;
    }
    return std::nullopt;
  }
  /// Above the line, the leader within its width.
  std::optional<IntervalLabel> above(const ExamPlace& from, const ExamPlace& to, double width) {
    const double middle = (from.x + to.x) / 2;
    for (int level = 1; level <= room_.levels; ++level) {
      const double y = -room_.level * level - room_.height / 2;
      for (double shift = 0; shift < width / 2; shift += kGap) {
        for (const double x : {middle - width / 2 + shift, middle - width / 2 - shift}) {
          auto label = take({x, y, width, room_.height}, middle);
          if (label) return label;
        }
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr double kGap = 2.0;

  std::optional<IntervalLabel> take(const QRectF& area, std::optional<double> leader_x) {
    const QRectF leader =
        leader_x ? QRectF(*leader_x - 1, area.bottom(), 2, -area.bottom() - 1) : QRectF();
    const QRectF words = area.adjusted(-kGap, 0, kGap, 0);
    if (area.left() < room_.left || area.right() > room_.right) return std::nullopt;
    const bool free = std::ranges::none_of(taken_, [&](const QRectF& other) {
      return other.intersects(words) || (leader_x && other.intersects(leader) && isWords(other));
    });
    if (!free) return std::nullopt;
    taken_.push_back(words);
    words_.push_back(words);
    if (leader_x) taken_.push_back(leader);
    return IntervalLabel{.exam = 0,
                         .text = {},
                         .area = area,
                         .leader = leader_x.has_value(),
                         .leader_x = leader_x.value_or(0.0)};
  }
  [[nodiscard]] bool isWords(const QRectF& area) const {
    return std::ranges::find(words_, area) != words_.end();
  }

  const IntervalRoom& room_;
  std::vector<QRectF> taken_, words_;
};
}  // namespace

std::vector<IntervalLabel> placeIntervals(const std::vector<store::StudyRow>& exams,
                                          const std::vector<ExamPlace>& places,
                                          const IntervalRoom& room,
                                          const std::function<double(const QString&)>& widthOf) {
  IntervalPlacer placer(places, room);
  std::vector<std::optional<IntervalLabel>> labels(exams.size());
  const auto give = [&](std::size_t i, const QString& text, auto find) {
    if (i == 0 || !exams[i].day_known || labels[i]) return;
    labels[i] = find(places[i - 1], places[i], widthOf(text));
    if (!labels[i]) return;
    labels[i]->exam = static_cast<int>(i);
    labels[i]->text = text;
  };
  // Those with room for their whole words first, then those that need the room that is left.
  for (std::size_t i = 1; i < exams.size(); ++i) {
    const int days = exams[i].day - exams[i - 1].day;
    give(i, words::count(days, QStringLiteral("day"), QStringLiteral("days")),
         [&](const auto& from, const auto& to, double width) {
           return placer.between(from, to, width);
         });
  }
  for (std::size_t i = 1; i < exams.size(); ++i) {
    give(i, QStringLiteral("%1 d").arg(exams[i].day - exams[i - 1].day),
         [&](const auto& from, const auto& to, double width) {
           auto label = placer.between(from, to, width);
           if (!label) label = placer.beside(to, width);
           return label ? label : placer.above(from, to, width);
         });
  }
  std::vector<IntervalLabel> placed;
  for (auto& label : labels) {
    if (label) placed.push_back(std::move(*label));
  }
  return placed;
}

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
