// SPDX-License-Identifier: Apache-2.0
#include "widgets/number_box.h"

#include <QWheelEvent>

namespace sonotwin::workstation {

NumberBox::NumberBox(QWidget* parent) : QDoubleSpinBox(parent) {
  setButtonSymbols(QAbstractSpinBox::NoButtons);
  setAlignment(Qt::AlignRight);
  setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
  setKeyboardTracking(false);
}

void NumberBox::wheelEvent(QWheelEvent* event) {
  event->ignore();
}

}  // namespace sonotwin::workstation
