// SPDX-License-Identifier: Apache-2.0
#include "widgets/exam_timeline.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "presenters/words.h"
#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr double kLine_y = 20.0;
constexpr double kEnd = 40.0;    ///< from the widget's edge to the first and last exam
constexpr double kApart = 76.0;  ///< so that the words below do not touch
constexpr double kDot = 7.0;
}  // namespace

ExamTimeline::ExamTimeline(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(QStringLiteral("Exams of the patient"));
  setToolTip(QStringLiteral("Exams by day since the first  (← →)"));
}

QSize ExamTimeline::sizeHint() const {
  return {400, 66};
}

void ExamTimeline::setExams(std::vector<store::StudyRow> exams, const std::string& selected) {
  exams_ = std::move(exams);
  const auto found = std::ranges::find(exams_, selected, &store::StudyRow::id);
  selected_ = found == exams_.end() ? -1 : static_cast<int>(found - exams_.begin());
  update();
}

std::vector<double> ExamTimeline::places() const {
  const auto count = static_cast<double>(exams_.size());
  const double room = std::max(1.0, width() - 2.0 * kEnd);
  std::vector<double> places(exams_.size(), kEnd);
  if (exams_.size() < 2) return places;
  const auto [first, last] = std::ranges::minmax(exams_, {}, &store::StudyRow::day);
  const double days = last.day - first.day;
  const double apart = std::min(kApart, room / (count - 1.0));
  for (std::size_t i = 1; i < places.size(); ++i) {
    const double by_day = days > 0 ? kEnd + room * (exams_[i].day - first.day) / days : kEnd;
    places[i] = std::max(by_day, places[i - 1] + apart);
  }
  // Close exams pushed those after them to the right: bring the line back from its end.
  double limit = kEnd + room;
  for (std::size_t i = places.size(); i-- > 0; limit -= apart) {
    places[i] = std::min(places[i], limit);
  }
  return places;
}

void ExamTimeline::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(tokens::colour(tokens::kLine), 2));
  painter.drawLine(QPointF(4, kLine_y), QPointF(width() - 4, kLine_y));
  const auto x = places();
  const bool tight = x.size() > 1 && x[1] - x[0] < kApart - 1;
  for (int i = 0; i < std::ssize(exams_); ++i) {
    const auto index = static_cast<std::size_t>(i);
    const bool selected = i == selected_;
    const QPointF at(x[index], kLine_y);
    painter.setPen(QPen(tokens::colour(selected ? tokens::kAccent : tokens::kFaint), 1.5));
    painter.setBrush(tokens::colour(selected ? tokens::kAccent : tokens::kControl));
    painter.drawEllipse(at, kDot, kDot);
    if (selected && hasFocus()) {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(tokens::colour(tokens::kText), 1.5));
      painter.drawEllipse(at, kDot + 3.5, kDot + 3.5);
    }
    if (tight && !selected) continue;
    const QRectF words(at.x() - kApart / 2, kLine_y + 14, kApart, 18);
    painter.setFont(theme::font(tokens::kBaseSize_px));
    painter.setPen(tokens::colour(selected ? tokens::kText : tokens::kSecondary));
    painter.drawText(words, Qt::AlignCenter, QStringLiteral("Exam %1").arg(exams_[index].number));
    painter.setFont(theme::font(tokens::kCaptionSize_px));
    painter.setPen(tokens::colour(tokens::kSecondary));
    painter.drawText(words.translated(0, 17), Qt::AlignCenter,
                     words::day(exams_[index].day, exams_[index].day_known));
  }
}

void ExamTimeline::mousePressEvent(QMouseEvent* event) {
  const auto x = places();
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::abs(event->position().x() - x[i]) < std::min(kApart, 40.0) / 2.0 + 4.0) {
      return choose(static_cast<int>(i));
    }
  }
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
