// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QListView>

namespace sonotwin::workstation {

class ClipDelegate;

/// Clip cards side by side, as many as fit, filling the width evenly.
class ClipGrid : public QListView {
  Q_OBJECT

 public:
  explicit ClipGrid(QWidget* parent = nullptr);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  ClipDelegate* delegate_;
};

}  // namespace sonotwin::workstation
