// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <cstdint>
#include <vector>

namespace sonotwin::workstation {

enum class FrameState : std::uint8_t { kNone, kMask, kDrawn };

/// The frames of a clip as a strip of cells, coloured by their mask, with the one in view framed.
class FrameStrip : public QWidget {
  Q_OBJECT

 public:
  explicit FrameStrip(QWidget* parent = nullptr);
  void setFrames(std::vector<FrameState> frames);
  void setCurrent(int frame);
  [[nodiscard]] QSize sizeHint() const override;

 Q_SIGNALS:
  void chosen(int frame);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  void choose(double x);

  std::vector<FrameState> frames_;
  int current_ = 0;
};

}  // namespace sonotwin::workstation
