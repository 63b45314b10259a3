// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QSlider;

namespace sonotwin::workstation {

class Cine;
class ComboBox;

/// Play, step, speed, loop and the scrubber of a clip.
class Transport : public QWidget {
  Q_OBJECT

 public:
  explicit Transport(Cine& cine, QWidget* parent = nullptr);
  /// The keys of a player, for the workspace to hand on. @returns whether it was one
  bool handleKey(int key);

 private:
  void connectCine();
  void takeFrame();
  void takeState();

  Cine& cine_;
  QPushButton* play_;
  QPushButton* back_;
  QPushButton* forward_;
  ComboBox* speed_;
  QPushButton* loop_;
  QSlider* scrubber_;
  QLabel* time_;
};

}  // namespace sonotwin::workstation
