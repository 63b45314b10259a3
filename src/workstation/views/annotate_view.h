// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "presenters/annotation.h"
#include "presenters/mask_versions.h"
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
  void connectVersions();
  void takePage();
  void takePicture();
  void takeDrawn();
  void takeSettings();
  void takeLabels();
  void addLabelButton(const media::Label& shown);
  void takeVersions();
  void takeState();
  [[nodiscard]] bool handleToolKey(int key);

  ClipPlayer& player_;
  Annotation annotation_;
  MaskVersions versions_;
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
  QList<std::pair<QString, QPushButton*>> state_buttons_;  ///< by state
  bool following_ = false;  ///< the list takes what is in view, not what the person chooses
  std::vector<media::Label> shown_labels_;
  QList<QPushButton*> label_buttons_;
  std::unique_ptr<Ui::AnnotateInspector> ui_;
};

}  // namespace sonotwin::workstation
