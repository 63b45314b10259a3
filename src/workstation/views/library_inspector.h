// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <memory>

#include "presenters/session.h"

namespace Ui {
class LibraryInspector;
}

namespace sonotwin::workstation {

/// What is known of the selected clip, what was made from it, and what can be done with it.
class LibraryInspectorView : public QWidget {
  Q_OBJECT

 public:
  explicit LibraryInspectorView(Session& session, QWidget* parent = nullptr);
  ~LibraryInspectorView() override;

 Q_SIGNALS:
  void openClip();

 private:
  void takeClip();
  void takeMade();
  void takeModels();
  void build();
  void updateBuild();

  Session& session_;
  std::unique_ptr<Ui::LibraryInspector> ui_;
};

}  // namespace sonotwin::workstation
