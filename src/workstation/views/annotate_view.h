// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "presenters/annotation.h"
#include "views/workspace.h"

class QPushButton;
class QStackedWidget;

namespace Ui {
class AnnotateInspector;
}

namespace sonotwin::workstation {

class BrushCanvas;
class EmptyState;
class FrameStrip;

/// Drawing masks frame by frame.
class AnnotateView : public Workspace {
  Q_OBJECT

 public:
  explicit AnnotateView(ClipPlayer& player, QWidget* parent = nullptr);
  ~AnnotateView() override;

  [[nodiscard]] QWidget* inspector() override { return inspector_; }
  void enter() override;
  [[nodiscard]] bool settled() const override { return player_.settled(); }
  void setChromeShown(bool shown) override;
  [[nodiscard]] Annotation& annotation() { return annotation_; }

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void buildPage();
  QWidget* buildTools();
  QWidget* buildBottom();
  void connectInspector();
  void takePage();
  void takePicture();
  void takeDrawn();
  void takeSettings();
  void takeLabels();
  void addLabelButton(const media::Label& shown);
  void takeVersions();
  [[nodiscard]] bool handleToolKey(int key);

  ClipPlayer& player_;
  Annotation annotation_;
  QStackedWidget* pages_;
  EmptyState* empty_;
  BrushCanvas* canvas_;
  QWidget* tools_;
  QPushButton* brush_;
  QPushButton* eraser_;
  QPushButton* undo_;
  QPushButton* redo_;
  QWidget* bottom_;
  FrameStrip* strip_;
  QWidget* inspector_;
  std::vector<media::Label> shown_labels_;
  QList<QPushButton*> label_buttons_;
  std::unique_ptr<Ui::AnnotateInspector> ui_;
};

}  // namespace sonotwin::workstation
