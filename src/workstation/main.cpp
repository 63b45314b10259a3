// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QCommandLineParser>
#include <QScreen>
#include <QSettings>
#include <QSurfaceFormat>
#include <QTemporaryDir>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "sonotwin/base/quiet_threads.h"
#include "sonotwin/base/version.h"
#include "theme/theme.h"
#include "views/main_window.h"
#include "views/screenshot_tour.h"

namespace {
using sonotwin::workstation::MainWindow;
using sonotwin::workstation::ScreenshotTour;

/// VTK renders with its own samples into its own framebuffer.
void setGraphicsFormat() {
  QSurfaceFormat format;
  format.setRenderableType(QSurfaceFormat::OpenGL);
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setSamples(0);
  QSurfaceFormat::setDefaultFormat(format);
}

/// As the command line: --store, then $SONOTWIN_STORE, then ~/Sonotwin.
std::filesystem::path storeFolder(const QString& given) {
  if (!given.isEmpty()) return given.toStdString();
  if (const char* named = std::getenv("SONOTWIN_STORE"); named != nullptr && *named != '\0') {
    return named;
  }
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : ".") / "Sonotwin";
}

/// "1366x768"; empty where it is not a size.
QSize parseSize(const QString& text) {
  const QStringList sides = text.split(QLatin1Char('x'));
  return sides.size() == 2 ? QSize(sides[0].toInt(), sides[1].toInt()) : QSize();
}
}  // namespace

int main(int argc, char** argv) {
  sonotwin::startWithQuietThreads(argv);
#ifdef __GLIBC__
  // In a thread's own heap glibc cannot keep the large maps of a network from step to step.
  mallopt(M_ARENA_MAX, 1);
#endif
  setGraphicsFormat();
  QApplication application(argc, argv);
  const auto version = sonotwin::programVersion();
  QApplication::setApplicationName(QStringLiteral("sonotwin-workstation"));
  QApplication::setApplicationVersion(
      QString::fromUtf8(version.data(), static_cast<int>(version.size())));
  sonotwin::workstation::theme::apply(application);

  QCommandLineParser parser;
  parser.setApplicationDescription(
      QStringLiteral("Sonotwin's window. Research use only. Not a medical device."));
  parser.addHelpOption();
  parser.addVersionOption();
  const QCommandLineOption store("store", "Folder of the store.", "DIR");
  const QCommandLineOption shots("screenshots", "Write one PNG of each screen and end.", "OUT");
  const QCommandLineOption size("size", "Size of the window.", "WxH");
  parser.addOptions({store, shots, size});
  parser.process(application);

  // Pictures of the window show nobody's own settings.
  const QTemporaryDir no_settings;
  if (parser.isSet(shots)) {
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, no_settings.path());
  }
  MainWindow window;
  const QSize wanted = parseSize(parser.value(size));
  const QSize room = QGuiApplication::primaryScreen()->availableGeometry().size();
  window.resize(wanted.isEmpty() ? QSize(1600, 1000).boundedTo(room) : wanted);
  window.show();
  window.openStore(storeFolder(parser.value(store)));
  std::unique_ptr<ScreenshotTour> tour;
  if (parser.isSet(shots)) {
    tour = std::make_unique<ScreenshotTour>(window, parser.value(shots));
    QObject::connect(tour.get(), &ScreenshotTour::finished, &application,
                     [](int code) { QCoreApplication::exit(code); });
    tour->start();
  }
  return QApplication::exec();
}
