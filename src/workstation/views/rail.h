// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>

class QToolButton;

namespace sonotwin::workstation {

/// The window's places, in the order of the rail; those after the settings belong to the library.
enum class Screen {
  kLibrary,
  kReview,
  kAnnotate,
  kModel,
  kRobot,
  kModels,
  kSettings,
  kQuarantine,
  kSearch
};
inline constexpr int kScreens = 9;

/// The workspaces at the left: icon over word, or icons alone where the window is narrow.
class Rail : public QWidget {
  Q_OBJECT

 public:
  explicit Rail(QWidget* parent = nullptr);
  void setCompact(bool compact);
  void setCurrent(Screen screen);

 Q_SIGNALS:
  void chosen(sonotwin::workstation::Screen screen);

 private:
  QList<QToolButton*> buttons_;
};

}  // namespace sonotwin::workstation
