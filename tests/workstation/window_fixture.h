// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <QApplication>
#include <QTest>

#include "views/main_window.h"

namespace sonotwin::workstation::testing {

/// A main window on the screen, and hands on its keyboard.
class ShownWindow {
 public:
  void show() {
    window.resize(1600, 1000);
    window.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&window, 60000));
    // No window manager does it here; without the server's own focus one stray event takes it away.
    window.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&window, 60000));
  }
  template <class Widget>
  Widget& find(const char* name) {
    auto* widget = window.findChild<Widget*>(QLatin1String(name));
    EXPECT_NE(widget, nullptr) << name;
    return *widget;
  }
  void press(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::keyClick(window.focusWidget() ? window.focusWidget() : &window, Qt::Key(key), modifiers);
  }

  MainWindow window;
};

}  // namespace sonotwin::workstation::testing
