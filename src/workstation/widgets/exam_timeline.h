// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "sonotwin/store/store.h"

namespace sonotwin::workstation {

/// A patient's exams on a line, by the days between them where there is room; the arrows and a
/// click choose one.
class ExamTimeline : public QWidget {
  Q_OBJECT

 public:
  explicit ExamTimeline(QWidget* parent = nullptr);
  void setExams(std::vector<store::StudyRow> exams, const std::string& selected);
  /// Widget x of each exam.
  [[nodiscard]] std::vector<double> places() const;
  [[nodiscard]] QSize sizeHint() const override;

 Q_SIGNALS:
  void chosen(const std::string& study_id);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void choose(int index);

  std::vector<store::StudyRow> exams_;
  int selected_ = -1;
};

}  // namespace sonotwin::workstation
