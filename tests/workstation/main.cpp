// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QApplication>
#include <QSettings>
#include <QSurfaceFormat>
#include <QTemporaryDir>
#include <cstring>

#include "theme/theme.h"

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  // Naming the tests must work where there is no display.
  if (::testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
  QSurfaceFormat format;
  format.setRenderableType(QSurfaceFormat::OpenGL);
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setSamples(0);
  QSurfaceFormat::setDefaultFormat(format);
  QApplication application(argc, argv);
  const QTemporaryDir settings;  // never those of whoever runs the tests
  QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
  qputenv("SONOTWIN_RECIPES", (settings.path() + QStringLiteral("/recipes")).toUtf8());
  sonotwin::workstation::theme::apply(application);
  return RUN_ALL_TESTS();
}
