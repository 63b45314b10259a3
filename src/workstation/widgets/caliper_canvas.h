// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "presenters/calipers.h"
#include "widgets/wipe_canvas.h"

namespace sonotwin::workstation {

/// A canvas on which distances are drawn: armed, a drag draws one; an end of one that is there can
/// be dragged at any time, and Delete takes the one last touched away.
class CaliperCanvas : public WipeCanvas {
  Q_OBJECT

 public:
  CaliperCanvas(Calipers& calipers, QWidget* parent = nullptr);

  void setFrame(int frame);
  void setSpacing(const std::optional<std::array<double, 2>>& spacing_mm);
  void arm(bool armed);
  [[nodiscard]] bool armed() const { return armed_; }

 Q_SIGNALS:
  void armedChanged(bool armed);

 protected:
  void paintTools(QPainter& painter) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  [[nodiscard]] bool takesPress(QPointF widget_point) const override;

 private:
  struct Drag {
    int index = -1;  ///< of the caliper whose end moves; -1: a new one
    bool moves_a = false;
    Caliper caliper;
  };

  [[nodiscard]] std::optional<Drag> endUnder(QPointF widget_point) const;
  void paintCaliper(QPainter& painter, const Caliper& caliper) const;

  Calipers& calipers_;
  std::optional<std::array<double, 2>> spacing_mm_;
  int frame_ = 0;
  bool armed_ = false;
  std::optional<Drag> drag_;
  int touched_ = -1;
};

}  // namespace sonotwin::workstation
