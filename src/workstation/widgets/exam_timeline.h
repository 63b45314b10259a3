// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "presenters/timeline_layout.h"

namespace sonotwin::workstation {

/// What is said of an exam below its day.
struct ExamNote {
  QString text;  ///< empty: nothing
  bool good = false;
};

/// A patient's exams on a line, to scale by the days between them; a click and the arrows choose
/// one.
class ExamTimeline : public QWidget {
  Q_OBJECT

 public:
  explicit ExamTimeline(QWidget* parent = nullptr);
  /// @param notes  one an exam, or none
  void setExams(std::vector<store::StudyRow> exams, const std::string& selected,
                std::vector<ExamNote> notes = {});
  [[nodiscard]] std::vector<ExamPlace> places() const;
  /// Where the days between exams are written, from the widget's top.
  [[nodiscard]] std::vector<IntervalLabel> intervals() const;
  /// The middle of an exam's dot.
  [[nodiscard]] QPointF dotAt(int exam) const;
  [[nodiscard]] QSize sizeHint() const override;

 Q_SIGNALS:
  void chosen(const std::string& study_id);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void choose(int index);
  [[nodiscard]] double lineY() const;
  [[nodiscard]] QPointF dotOf(const ExamPlace& place) const;
  /// -1: none.
  [[nodiscard]] int examAt(QPointF point) const;
  [[nodiscard]] QString describeExam(int index) const;
  /// Of the days from the exam before to this one.
  [[nodiscard]] QString describeInterval(int index) const;
  /// What is under the pointer, in words.
  [[nodiscard]] QString describe(QPointF point) const;
  void paintLine(QPainter& painter, const std::vector<ExamPlace>& places) const;
  void paintIntervals(QPainter& painter) const;
  void paintDot(QPainter& painter, const ExamPlace& place, bool selected) const;
  void paintWords(QPainter& painter, int index, const ExamPlace& place) const;

  std::vector<store::StudyRow> exams_;
  std::vector<ExamNote> notes_;
  int selected_ = -1;
};

}  // namespace sonotwin::workstation
