// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>
#include <functional>
#include <vector>

namespace sonotwin::workstation {

class MainWindow;

/// Drives the window through its screens on the patient with most 3D models and writes one PNG of
/// each. Every step waits until the window says that nothing is on its way.
class ScreenshotTour : public QObject {
  Q_OBJECT

 public:
  ScreenshotTour(MainWindow& window, const QString& folder, QObject* parent = nullptr);
  void start();

 Q_SIGNALS:
  /// 0: every picture was written.
  void finished(int exit_code);

 private:
  struct Step {
    QString name;  ///< of the picture; empty: none
    std::function<void()> act;
  };

  void planSteps();
  void tick();
  void fail(const QString& why);
  [[nodiscard]] bool save(const QString& name);

  MainWindow& window_;
  QString folder_;
  std::vector<Step> steps_;
  std::size_t next_ = 0;
  int quiet_ticks_ = 0;  ///< since the window settled
  QElapsedTimer waiting_;
  QTimer timer_;
};

}  // namespace sonotwin::workstation
