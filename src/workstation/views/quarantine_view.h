// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "presenters/quarantine.h"
#include "views/workspace.h"

class QListWidget;
class QStackedWidget;

namespace sonotwin::workstation {

class BoxCanvas;
class EmptyState;
class QuarantineInspectorView;
class Transport;

/// Objects whose pictures may show a name, to be looked at: boxes are drawn on the picture, then it
/// is released into the store or rejected.
class QuarantineView : public Workspace {
  Q_OBJECT

 public:
  explicit QuarantineView(Session& session, QWidget* parent = nullptr);
  ~QuarantineView() override;

  [[nodiscard]] QWidget* inspector() override;
  void enter() override;
  [[nodiscard]] bool settled() const override { return quarantine_.settled(); }
  void setChromeShown(bool shown) override;
  [[nodiscard]] Quarantine& quarantine() { return quarantine_; }

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void buildPage();
  QWidget* buildList();
  QWidget* buildTools();
  QWidget* buildBottom();
  void connectPresenter();
  void takeRows();
  void takeSelected();
  void takePicture();
  [[nodiscard]] bool handleBoxKey(const QKeyEvent& event);

  Quarantine quarantine_;
  QStackedWidget* pages_;
  EmptyState* empty_;
  QListWidget* list_ = nullptr;
  QWidget* list_panel_ = nullptr;
  BoxCanvas* canvas_ = nullptr;
  QWidget* tools_ = nullptr;
  QWidget* bottom_ = nullptr;
  Transport* transport_ = nullptr;
  QuarantineInspectorView* inspector_;
};

}  // namespace sonotwin::workstation
