// SPDX-License-Identifier: Apache-2.0
#include "widgets/exam_timeline.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <utility>

#include "presenters/words.h"
#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr double kEnd = 40.0;  ///< from the widget's edge to the first and last exam
constexpr double kWords = 78.0;
constexpr double kDot = 7.0;
constexpr double kDotsApart = 17.0;
constexpr int kLevels = 3;
constexpr double kReach = 22.0;  ///< of a click
constexpr int kLineHeight = 17;
constexpr double kIntervalHeight = 15.0;
constexpr double kOnLine = 10.0;  ///< from the line, for the words under the pointer
}  // namespace

ExamTimeline::ExamTimeline(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(QStringLiteral("Exams of the patient, by day since the first"));
}

double ExamTimeline::lineY() const {
  return exams_.size() > 1 ? 12.0 + kDotsApart * (kLevels - 1) : 20.0;
}

QSize ExamTimeline::sizeHint() const {
  return {400, static_cast<int>(lineY()) + 12 + kLineHeight * (notes_.empty() ? 2 : 3)};
}

void ExamTimeline::setExams(std::vector<store::StudyRow> exams, const std::string& selected,
                            std::vector<ExamNote> notes) {
  exams_ = std::move(exams);
  notes_ = std::move(notes);
  const auto found = std::ranges::find(exams_, selected, &store::StudyRow::id);
  selected_ = found == exams_.end() ? -1 : static_cast<int>(found - exams_.begin());
  setAccessibleDescription(selected_ < 0 ? QString() : describeExam(selected_));
  updateGeometry();
  update();
}

std::vector<ExamPlace> ExamTimeline::places() const {
  return placeExams(exams_, selected_, {kEnd, width() - kEnd, kDotsApart, kWords, kLevels});
}

std::vector<IntervalLabel> ExamTimeline::intervals() const {
  const QFontMetricsF metrics(theme::font(tokens::kCaptionSize_px));
  auto labels = placeIntervals(
      exams_, places(), {2.0, width() - 2.0, kDot, kDotsApart, kIntervalHeight, kLevels - 1},
      [&](const QString& text) { return std::ceil(metrics.horizontalAdvance(text)) + 1; });
  for (IntervalLabel& label : labels) label.area.translate(0, lineY());
  return labels;
}

QPointF ExamTimeline::dotOf(const ExamPlace& place) const {
  return {place.x, lineY() - kDotsApart * place.level};
}

QPointF ExamTimeline::dotAt(int exam) const {
  return dotOf(places().at(static_cast<std::size_t>(exam)));
}

int ExamTimeline::examAt(QPointF point) const {
  const auto places = this->places();
  int nearest = -1;
  double least = kReach;
  for (int i = 0; i < std::ssize(places); ++i) {
    const ExamPlace& place = places[static_cast<std::size_t>(i)];
    const QPointF gap = point - dotOf(place);
    const bool on_words = place.named && gap.y() > kDot && std::abs(gap.x()) < kWords / 2;
    const double distance = on_words ? kDot : std::hypot(gap.x(), gap.y());
    if (distance < least) {
      least = distance;
      nearest = i;
    }
  }
  return nearest;
}

QString ExamTimeline::describeExam(int index) const {
  const store::StudyRow& exam = exams_[static_cast<std::size_t>(index)];
  QStringList parts = {
      QStringLiteral("Exam %1").arg(exam.number), words::day(exam.day, exam.day_known),
      words::count(exam.clip_count, QStringLiteral("clip"), QStringLiteral("clips"))};
  if (index > 0 && exam.day_known) {
    const store::StudyRow& before = exams_[static_cast<std::size_t>(index - 1)];
    parts.insert(
        2, words::count(exam.day - before.day, QStringLiteral("day"), QStringLiteral("days")) +
               QStringLiteral(" after exam %1 (%2)")
                   .arg(before.number)
                   .arg(words::day(before.day, before.day_known)));
  }
  if (!notes_.empty() && !notes_[static_cast<std::size_t>(index)].text.isEmpty()) {
    parts << notes_[static_cast<std::size_t>(index)].text;
  }
  return parts.join(QStringLiteral(" · "));
}

QString ExamTimeline::describeInterval(int index) const {
  const store::StudyRow& before = exams_[static_cast<std::size_t>(index - 1)];
  const store::StudyRow& exam = exams_[static_cast<std::size_t>(index)];
  return tr("%1 from exam %2 (%3) to exam %4 (%5)")
      .arg(words::count(exam.day - before.day, tr("day"), tr("days")))
      .arg(before.number)
      .arg(words::day(before.day))
      .arg(exam.number)
      .arg(words::day(exam.day));
}

QString ExamTimeline::describe(QPointF point) const {
  for (const IntervalLabel& label : intervals()) {
    if (label.area.contains(point)) return describeInterval(label.exam);
  }
  const auto places = this->places();
  const auto on_dot = [&](const ExamPlace& place) {
    const QPointF gap = point - dotOf(place);
    return std::hypot(gap.x(), gap.y()) <= kDot;
  };
  const bool on_line = std::abs(point.y() - lineY()) < kOnLine;
  for (std::size_t i = 1; on_line && i < places.size(); ++i) {
    if (!exams_[i].day_known || std::ranges::any_of(places, on_dot)) continue;
    if (point.x() > places[i - 1].x && point.x() < places[i].x) {
      return describeInterval(static_cast<int>(i));
    }
  }
  const int exam = examAt(point);
  return exam < 0 ? tr("Exams by day since the first  (← →)") : describeExam(exam);
}

void ExamTimeline::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto places = this->places();
  paintLine(painter, places);
  paintIntervals(painter);
  for (int i = 0; i < std::ssize(exams_); ++i) {
    const ExamPlace& place = places[static_cast<std::size_t>(i)];
    if (i != selected_) paintDot(painter, place, false);
    if (place.named) paintWords(painter, i, place);
  }
  if (selected_ >= 0) paintDot(painter, places[static_cast<std::size_t>(selected_)], true);
}

void ExamTimeline::paintLine(QPainter& painter, const std::vector<ExamPlace>& places) const {
  const QColor colour = tokens::colour(tokens::kLine);
  double from = 4;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool on_scale = exams_[i].day_known;
    painter.setPen(QPen(colour, 2, on_scale || i == 0 ? Qt::SolidLine : Qt::DotLine));
    painter.drawLine(QPointF(from, lineY()), QPointF(places[i].x, lineY()));
    from = places[i].x;
    if (places[i].level > 0) painter.drawLine(QPointF(from, lineY()), dotOf(places[i]));
  }
  painter.setPen(QPen(colour, 2));
  painter.drawLine(QPointF(from, lineY()), QPointF(width() - 4, lineY()));
}

void ExamTimeline::paintIntervals(QPainter& painter) const {
  painter.setFont(theme::font(tokens::kCaptionSize_px));
  for (const IntervalLabel& label : intervals()) {
    if (label.leader) {
      painter.setPen(QPen(tokens::colour(tokens::kFaint), 1));
      painter.drawLine(QPointF(label.leader_x, label.area.bottom()),
                       QPointF(label.leader_x, lineY() - 1));
    }
    painter.setPen(tokens::colour(tokens::kSecondary));
    painter.drawText(label.area, Qt::AlignCenter, label.text);
  }
}

void ExamTimeline::paintDot(QPainter& painter, const ExamPlace& place, bool selected) const {
  const QPointF at = dotOf(place);
  painter.setPen(QPen(tokens::colour(selected ? tokens::kAccent : tokens::kFaint), 1.5));
  painter.setBrush(tokens::colour(selected ? tokens::kAccent : tokens::kControl));
  painter.drawEllipse(at, kDot, kDot);
  if (!selected || !hasFocus()) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(tokens::colour(tokens::kText), 1.5));
  painter.drawEllipse(at, kDot + 3, kDot + 3);
}

void ExamTimeline::paintWords(QPainter& painter, int index, const ExamPlace& place) const {
  const auto i = static_cast<std::size_t>(index);
  QRectF line(place.x - kWords / 2, lineY() + kDot + 4, kWords, kLineHeight);
  const auto say = [&](const QString& text, int size_px, QRgb colour) {
    painter.setFont(theme::font(size_px));
    painter.setPen(tokens::colour(colour));
    painter.drawText(line, Qt::AlignCenter, text);
    line.translate(0, kLineHeight);
  };
  say(QStringLiteral("Exam %1").arg(exams_[i].number), tokens::kBaseSize_px,
      index == selected_ ? tokens::kText : tokens::kSecondary);
  say(words::day(exams_[i].day, exams_[i].day_known), tokens::kCaptionSize_px, tokens::kSecondary);
  if (notes_.empty()) return;
  say(notes_[i].text, tokens::kCaptionSize_px, notes_[i].good ? tokens::kGood : tokens::kLook);
}

bool ExamTimeline::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  QToolTip::showText(help->globalPos(), describe(help->pos()), this);
  return true;
}

void ExamTimeline::mousePressEvent(QMouseEvent* event) {
  choose(examAt(event->position()));
}

void ExamTimeline::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Left) {
    choose(selected_ - 1);
  } else if (event->key() == Qt::Key_Right) {
    choose(selected_ + 1);
  } else {
    QWidget::keyPressEvent(event);
  }
}

void ExamTimeline::choose(int index) {
  if (index < 0 || index >= std::ssize(exams_) || index == selected_) return;
  selected_ = index;
  update();
  Q_EMIT chosen(exams_[static_cast<std::size_t>(index)].id);
}

}  // namespace sonotwin::workstation
