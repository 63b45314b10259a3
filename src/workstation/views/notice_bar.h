// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <functional>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace sonotwin::workstation {

/// Says above the last line what happened, to which object, and what to do; the rest behind "More".
class NoticeBar : public QWidget {
  Q_OBJECT

 public:
  explicit NoticeBar(QWidget* parent = nullptr);
  enum class Kind { kProblem, kPartly };
  void say(Kind kind, const QString& what, const QString& details, bool open = false);
  [[nodiscard]] QString text() const;
  /// A step to take on what was just said.
  void offer(const QString& action, std::function<void()> step);

 private:
  void openDetails(bool open);

  QLabel* mark_;
  QLabel* what_;
  QPushButton* offer_;
  std::function<void()> step_;
  QPushButton* more_;
  QPushButton* close_;
  QPlainTextEdit* details_;
};

}  // namespace sonotwin::workstation
