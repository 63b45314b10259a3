// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "presenters/job_runner.h"

namespace sonotwin::workstation {

/// One of the window's places: what it shows and the panel at its right.
class Workspace : public QWidget {
  Q_OBJECT

 public:
  using QWidget::QWidget;

  /// The panel of the right side; null where the place has none. The window scrolls it.
  [[nodiscard]] virtual QWidget* inspector() { return nullptr; }
  [[nodiscard]] virtual int inspectorWidth(bool compact) const;
  /// The panel has something to show: hidden, it gives its room away.
  [[nodiscard]] bool inspectorNeeded();
  /// The place has come into view: load what it shows, take the focus.
  virtual void enter() {}
  /// Nothing that it shows is on its way.
  [[nodiscard]] virtual bool settled() const { return true; }
  /// F11: only the picture.
  virtual void setChromeShown(bool) {}

 Q_SIGNALS:
  /// Asks the window to go elsewhere.
  void goTo(sonotwin::workstation::Place place);
  /// Whether the panel is needed may be another answer now.
  void inspectorChanged();
  /// Something was done here, in words.
  void said(const QString& what);
  /// Something went wrong here: what, and what to do.
  void problem(const QString& what, const QString& details);
};

}  // namespace sonotwin::workstation
