// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSlider>
#include <QTableView>
#include <QTest>
#include <atomic>
#include <fstream>
#include <set>

#include "presenters/patient_table.h"
#include "presenters/pipeline_jobs.h"
#include "sonotwin/media/image_io.h"
#include "synthetic_store.h"
#include "temporary_folder.h"
#include "views/main_window.h"
#include "views/notice_bar.h"
#include "views/review_view.h"
#include "views/robot_view.h"
#include "views/screenshot_tour.h"
#include "views/status_bar.h"
#include "wait.h"
#include "widgets/caliper_canvas.h"
#include "widgets/controls.h"
#include "widgets/plot_strip.h"
#include "widgets/scene_widget.h"
#include "window_fixture.h"

namespace sonotwin::workstation {
namespace {
using testing::makeStore;
using testing::waitFor;

class WindowTest : public ::testing::Test, protected testing::ShownWindow {
 protected:
  void SetUp() override { show(); }
  void open() {
    ids = makeStore(folder / "store");
    window.openStore(folder / "store");
    window.session().selectClip(ids.sweep);
    ASSERT_TRUE(waitFor(&window.session().reader(), &Background::settled,
                        [&] { return window.session().reader().pending() == 0; }));
  }
  CaliperCanvas& canvas() { return find<CaliperCanvas>("reviewCanvas"); }
  QSlider& scrubber() { return *window.workspace(Screen::kReview).findChild<QSlider*>("scrubber"); }
  void openReview() {
    open();
    window.go(Screen::kReview);
    ASSERT_TRUE(waitFor(&window.session().reader(), &Background::settled,
                        [&] { return canvas().hasPicture() && canvas().maskShown(); }));
  }

  test::TemporaryFolder folder;
  testing::StoreIds ids;
};

TEST_F(WindowTest, EmptyStoreOffersTheOneNextStep) {
  window.openStore(folder / "new");
  auto* step = qobject_cast<QAbstractButton*>(window.focusWidget());
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->text(), QStringLiteral("Import…"));
  EXPECT_TRUE(step->isVisible());
}

TEST_F(WindowTest, AFolderThatIsNoStoreIsSaidInTheWindow) {
  std::filesystem::create_directories(folder / "other");
  std::ofstream(folder / "other/notes.txt") << "something else";
  window.openStore(folder / "other");
  EXPECT_TRUE(find<NoticeBar>("noticeBar").isVisible());
  EXPECT_EQ(window.screen(), Screen::kSettings);
}

TEST_F(WindowTest, LibraryFollowsTheChosenPatient) {
  open();
  auto& table = find<QTableView>("patients");
  EXPECT_EQ(table.model()->rowCount(), 2);
  EXPECT_EQ(find<QListView>("clips").model()->rowCount(), 1);
  const std::string before = window.session().patientId();
  table.setFocus();
  const int row = table.currentIndex().row();
  press(row == 0 ? Qt::Key_Down : Qt::Key_Up);
  EXPECT_NE(window.session().patientId(), before);
  EXPECT_EQ(table.currentIndex().row(), 1 - row);
}

TEST_F(WindowTest, SearchFiltersFromAnywhere) {
  openReview();
  press(Qt::Key_K, Qt::ControlModifier);
  auto& search = find<QLineEdit>("search");
  ASSERT_TRUE(search.hasFocus());
  QTest::keyClicks(&search, "fetal");
  EXPECT_EQ(search.text(), QStringLiteral("fetal"));
  EXPECT_EQ(window.screen(), Screen::kLibrary);
  EXPECT_EQ(find<QTableView>("patients").model()->rowCount(), 1);
  EXPECT_TRUE(search.hasFocus());
  press(Qt::Key_Escape);
  EXPECT_EQ(find<QTableView>("patients").model()->rowCount(), 2);
}

TEST_F(WindowTest, EnterOpensAMovingPicture) {
  open();
  find<QTableView>("patients").setFocus();
  press(Qt::Key_Return);
  EXPECT_EQ(window.screen(), Screen::kReview);
  std::set<int> seen;
  EXPECT_TRUE(waitFor(&window.player().cine(), &Cine::frameChanged, [&] {
    seen.insert(window.player().cine().frame());
    return seen.size() >= 4;
  }));
}

TEST_F(WindowTest, ReviewKeysStepPlayAndToggle) {
  openReview();
  press(Qt::Key_Right);
  press(Qt::Key_Right);
  EXPECT_EQ(scrubber().value(), 2);
  press(Qt::Key_Left);
  EXPECT_EQ(scrubber().value(), 1);
  press(Qt::Key_End);
  EXPECT_EQ(scrubber().value(), testing::kFrames - 1);
  press(Qt::Key_Home);
  EXPECT_EQ(scrubber().value(), 0);
  press(Qt::Key_Space);
  EXPECT_TRUE(window.player().cine().playing());
  press(Qt::Key_Space);
  EXPECT_FALSE(window.player().cine().playing());
  EXPECT_TRUE(canvas().maskShown());
  press(Qt::Key_O);
  EXPECT_FALSE(canvas().maskShown());
  press(Qt::Key_O);
  EXPECT_TRUE(canvas().maskShown());
}

TEST_F(WindowTest, ScrubbingShowsThatFrame) {
  openReview();
  scrubber().setValue(9);
  ASSERT_TRUE(waitFor(&window.player(), &ClipPlayer::pictureChanged,
                      [&] { return window.player().shownFrame() == 9; }));
  EXPECT_EQ(qGray(canvas().shownImage().pixel(40, 40)), 20 * 9);
}

// Oracle: the ends are put at known pixels of known size; the label must say the true distance.
TEST_F(WindowTest, DAndADragMeasureADistance) {
  openReview();
  press(Qt::Key_D);
  ASSERT_TRUE(canvas().armed());
  const QPoint from = canvas().view().toWidget({10, 10}).toPoint();
  const QPoint to = canvas().view().toWidget({50, 30}).toPoint();
  QTest::mousePress(&canvas(), Qt::LeftButton, {}, from);
  QTest::mouseMove(&canvas(), (from + to) / 2);
  QTest::mouseMove(&canvas(), to);
  QTest::mouseRelease(&canvas(), Qt::LeftButton, {}, to);
  auto& review = static_cast<ReviewView&>(window.workspace(Screen::kReview)).review();
  ASSERT_EQ(review.calipers().all().size(), 1U);
  const double expected_mm = std::hypot(40 * testing::kSpacingX_mm, 20 * testing::kSpacingY_mm);
  const double pixel_mm = testing::kSpacingX_mm / canvas().view().scale();
  EXPECT_NEAR(length_mm(review.calipers().all()[0], *review.spacing_mm()), expected_mm,
              2 * pixel_mm);
  EXPECT_FALSE(canvas().armed());
  press(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_TRUE(review.calipers().all().empty());
}

TEST_F(WindowTest, WheelZoomsUnderThePointerAndDoubleClickFits) {
  openReview();
  const QPointF pointer(200, 150);
  const QPointF before = canvas().view().toPicture(pointer);
  QWheelEvent wheel(pointer, canvas().mapToGlobal(pointer), {}, {0, 240}, Qt::NoButton,
                    Qt::NoModifier, Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(&canvas(), &wheel);
  EXPECT_NEAR(canvas().view().toPicture(pointer).x(), before.x(), 1e-6);
  EXPECT_FALSE(canvas().view().fitted());
  QTest::mouseDClick(&canvas(), Qt::LeftButton, {}, pointer.toPoint());
  EXPECT_TRUE(canvas().view().fitted());
}

TEST_F(WindowTest, F11LeavesThePictureAlone) {
  openReview();
  const int before = canvas().width();
  press(Qt::Key_F11);
  EXPECT_FALSE(find<QWidget>("rail").isVisible());
  EXPECT_FALSE(find<QWidget>("statusBar").isVisible());
  QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
  EXPECT_GT(canvas().width(), before);
  press(Qt::Key_F11);
  EXPECT_TRUE(find<QWidget>("rail").isVisible());
}

TEST_F(WindowTest, CancelInTheStatusBarStopsTheJob) {
  open();
  JobRunner& jobs = window.session().jobs();
  bool progressed = false;
  QObject::connect(&jobs, &JobRunner::progressed, &window, [&] { progressed = true; });
  jobs.start({"Endless", "it", [](const Progress& progress) {
                while (true) progress.report(0.3, "working");
                return JobResult{};
              }});
  ASSERT_TRUE(waitFor(&jobs, &JobRunner::progressed, [&] { return progressed; }));
  auto& status = find<StatusBar>("statusBar");
  EXPECT_TRUE(status.jobText().startsWith("Endless"));
  QTest::mouseClick(&find<QAbstractButton>("cancelJob"), Qt::LeftButton);
  ASSERT_TRUE(waitFor(&jobs, &JobRunner::idle, [&] { return !jobs.busy(); }));
  EXPECT_TRUE(status.jobText().contains("cancelled"));
}

TEST_F(WindowTest, ClosingDuringAJobStopsItFirst) {
  open();
  JobRunner& jobs = window.session().jobs();
  std::atomic<bool> running = false, stopped = false;
  jobs.start({"Endless", "it", [&](const Progress& progress) {
                running = true;
                try {
                  while (true) progress.report(0.3, "working");
                } catch (...) {
                  stopped = true;
                  throw;
                }
                return JobResult{};
              }});
  bool progressed = false;
  QObject::connect(&jobs, &JobRunner::progressed, &window, [&] { progressed = true; });
  ASSERT_TRUE(waitFor(&jobs, &JobRunner::progressed, [&] { return progressed; }));
  window.close();
  ASSERT_TRUE(waitFor(&jobs, &JobRunner::idle, [&] { return !jobs.busy(); }));
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(window.isVisible());
}

TEST_F(WindowTest, ClosingWaitsForAChange) {
  open();
  window.session().change(
      [this](store::Store& store) { store.setView(ids.cine, "LIVER", "subcostal"); });
  window.close();
  EXPECT_TRUE(window.isVisible());
  ASSERT_TRUE(waitFor(&window.session(), &Session::changed, [&] { return !window.isVisible(); }));
  EXPECT_EQ(store::Store::open(folder / "store").clipRow(ids.cine).view_label, "subcostal");
}

TEST_F(WindowTest, AFailedJobSaysWhatHappened) {
  open();
  JobRunner& jobs = window.session().jobs();
  const auto nowhere = folder / "store/sonotwin.sqlite/out.stl";  // below a file
  jobs.start(exportJob(folder / "store", ids.surface, "Ball", nowhere));
  ASSERT_TRUE(waitFor(&jobs, &JobRunner::idle, [&] { return !jobs.busy(); }));
  auto& notice = find<NoticeBar>("noticeBar");
  EXPECT_TRUE(notice.isVisible());
  EXPECT_TRUE(notice.text().startsWith("Export (Ball) did not work"));
}

/// A picture as a file, 40 x 30.
std::filesystem::path writePicture(const std::filesystem::path& path) {
  media::Image picture(30, 40);
  for (auto& level : picture.samples<std::uint8_t>()) level = 90;
  media::writePng(path, picture);
  return path;
}

TEST_F(WindowTest, AnImportFillsTheEmptyLibrary) {
  window.openStore(folder / "new");
  ImportRequest request;
  request.paths = {writePicture(folder / "plane.png")};
  request.options.patient = "someone";
  JobRunner& jobs = window.session().jobs();
  jobs.start(importJob(folder / "new", request));
  ASSERT_TRUE(waitFor(&jobs, &JobRunner::idle, [&] { return !jobs.busy(); }));
  EXPECT_EQ(find<QTableView>("patients").model()->rowCount(), 1);
  EXPECT_TRUE(find<QTableView>("patients").isVisible());
  EXPECT_TRUE(find<StatusBar>("statusBar").jobText().contains("1 clip added"));
  EXPECT_EQ(window.session().clip()->cols, 40);
}

TEST_F(WindowTest, ARefusedFileIsNamedBehindMore) {
  open();
  std::ofstream(folder / "broken.dcm") << "not DICOM";
  ImportRequest request;
  request.paths = {folder / "broken.dcm"};
  JobRunner& jobs = window.session().jobs();
  jobs.start(importJob(folder / "store", request));
  ASSERT_TRUE(waitFor(&jobs, &JobRunner::idle, [&] { return !jobs.busy(); }));
  auto& notice = find<NoticeBar>("noticeBar");
  ASSERT_TRUE(notice.isVisible());
  EXPECT_TRUE(notice.text().contains("1 refused"));
  QTest::mouseClick(&find<QAbstractButton>("moreNotice"), Qt::LeftButton);
  EXPECT_TRUE(notice.findChild<QPlainTextEdit*>()->toPlainText().contains("broken.dcm"));
}

TEST_F(WindowTest, BuildSaysWhyNothingWasBuilt) {
  qputenv("SONOTWIN_MODELS", QByteArray::fromStdString((folder / "none").string()));
  open();
  window.session().selectClip(ids.cine);
  JobRunner& jobs = window.session().jobs();
  QTest::mouseClick(&find<QAbstractButton>("build"), Qt::LeftButton);
  ASSERT_TRUE(waitFor(&jobs, &JobRunner::idle, [&] { return !jobs.busy(); }));
  qunsetenv("SONOTWIN_MODELS");
  EXPECT_TRUE(find<NoticeBar>("noticeBar").text().contains("no body region"));
}

TEST_F(WindowTest, CtrlBBuildsWhateverTheButtonSays) {
  qputenv("SONOTWIN_MODELS", QByteArray::fromStdString((folder / "none").string()));
  open();
  window.session().selectClip(ids.cine);
  press(Qt::Key_B, Qt::ControlModifier);
  JobRunner& jobs = window.session().jobs();
  EXPECT_TRUE(jobs.busy());
  ASSERT_TRUE(waitFor(&jobs, &JobRunner::idle, [&] { return !jobs.busy(); }));
  qunsetenv("SONOTWIN_MODELS");
}

TEST_F(WindowTest, ExportWritesTheMesh) {
  open();
  JobRunner& jobs = window.session().jobs();
  jobs.start(exportJob(folder / "store", ids.surface, "Ball", folder / "ball.stl"));
  ASSERT_TRUE(waitFor(&jobs, &JobRunner::idle, [&] { return !jobs.busy(); }));
  const auto triangles = testing::makeSphere({0, 0, 0}).triangles.size();
  EXPECT_EQ(std::filesystem::file_size(folder / "ball.stl"), 84 + 50 * triangles);  // binary STL
}

/// Share of a picture's pixels that have the hue of label 1.
double accentShare(const QImage& picture) {
  const auto [r, g, b] = media::labelColour(1);
  const int hue = QColor(r, g, b).hue();
  int alike = 0;
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      const QColor colour = picture.pixelColor(x, y);
      if (colour.saturation() > 60 && std::abs(colour.hue() - hue) < 15) ++alike;
    }
  }
  return alike / double(picture.width() * picture.height());
}

TEST_F(WindowTest, The3DViewDrawsTheSurface) {
  if (QGuiApplication::platformName() != "xcb") GTEST_SKIP() << "OpenGL needs a display.";
  open();
  window.go(Screen::kModel);
  auto& scene = find<SceneWidget>("scene");
  QAbstractButton* box = nullptr;
  ASSERT_TRUE(waitFor(&scene, &SceneWidget::rendered, [&] {
    for (auto* button : window.findChildren<QAbstractButton*>()) {
      if (button->accessibleName() == "Show ball" && button->isVisible()) box = button;
    }
    return box != nullptr && window.workspace(Screen::kModel).settled();
  }));
  const double shown = accentShare(window.grab().toImage());
  QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(6, box->height() / 2));
  EXPECT_FALSE(box->isChecked());
  EXPECT_GT(shown, accentShare(window.grab().toImage()) + 0.01);
}

// A moment of the plan stands at one place: under the slider's handle, in both plots.
TEST_F(WindowTest, TheSliderStandsUnderThePlotsCursor) {
  open();
  window.go(Screen::kRobot);
  auto& view = dynamic_cast<RobotView&>(window.workspace(Screen::kRobot));
  ScanPlanner& planner = view.planner();
  ASSERT_TRUE(waitFor(&window.session().reader(), &Background::settled,
                      [&] { return planner.surface() != nullptr; }));
  robot::PlanOptions options = planner.options();
  options.footprint_mm = 8.0;
  planner.setOptions(options);
  planner.plan();
  ASSERT_TRUE(waitFor(&planner, &ScanPlanner::changed, [&] { return !planner.planning(); }));
  ASSERT_TRUE(planner.result());
  auto& slider = *view.findChild<QSlider*>("pose");
  for (const double share : {0.0, 0.3, 1.0}) {
    const double time_s = share * planner.result()->duration_s;
    const auto [first, last] = handleTravel(slider);
    const double handle = slider.mapTo(&view, QPoint()).x() + first + share * (last - first);
    for (const char* name : {"standoffPlot", "tiltPlot"}) {
      auto& plot = *view.findChild<PlotStrip*>(name);
      EXPECT_NEAR(plot.mapTo(&view, QPoint()).x() + plot.timeToX_px(time_s), handle, 1.0)
          << name << " at " << share;
      EXPECT_GT(plot.timeToX_px(0.0), 20.0) << "no room for the numbers";
    }
  }
}

TEST_F(WindowTest, NothingIsCutOffWhenSmall) {
  open();
  window.resize(1366, 768);
  for (int i = 0; i < kScreens; ++i) {
    window.go(static_cast<Screen>(i));
    QCoreApplication::sendPostedEvents();
    EXPECT_EQ(window.size(), QSize(1366, 768)) << i;
    for (auto* area : window.findChildren<QScrollArea*>("inspector")) {
      if (!area->isVisible()) continue;
      EXPECT_EQ(area->width(), 280) << i;
      EXPECT_LE(area->widget()->minimumSizeHint().width(), area->viewport()->width()) << i;
    }
  }
  window.go(Screen::kLibrary);
  const auto& patients = find<QTableView>("patients");
  EXPECT_GT(patients.columnWidth(PatientTable::kRegion),
            patients.fontMetrics().horizontalAdvance(QStringLiteral("Lower extremity")));
}

TEST_F(WindowTest, EveryControlHasANameForScreenReaders) {
  open();
  for (int i = 0; i < kScreens; ++i) window.go(static_cast<Screen>(i));
  for (auto* widget : window.findChildren<QWidget*>()) {
    const bool control = qobject_cast<QAbstractButton*>(widget) || qobject_cast<QSlider*>(widget) ||
                         qobject_cast<QComboBox*>(widget) ||
                         qobject_cast<QAbstractSpinBox*>(widget);
    const QString owner =
        widget->parentWidget() ? widget->parentWidget()->metaObject()->className() : QString();
    if (!control || owner.startsWith("QTable") || owner.startsWith("QScroll")) continue;
    EXPECT_FALSE(widget->accessibleName().isEmpty())
        << widget->objectName().toStdString() << " in " << owner.toStdString();
  }
}

TEST_F(WindowTest, TheTourWritesAPictureOfEachScreen) {
  if (QGuiApplication::platformName() != "xcb") GTEST_SKIP() << "OpenGL needs a display.";
  open();
  ScreenshotTour tour(window, QString::fromStdString((folder / "shots").string()));
  int code = -1;
  QObject::connect(&tour, &ScreenshotTour::finished, [&](int result) { code = result; });
  tour.start();
  ASSERT_TRUE(waitFor(
      &tour, &ScreenshotTour::finished, [&] { return code >= 0; }, 120000));
  EXPECT_EQ(code, 0);
  for (const char* name : {"library", "review", "recipe", "annotate", "3d", "robot", "models",
                           "quarantine", "search", "timeline"}) {
    const auto path = folder / "shots" / (std::string(name) + ".png");
    EXPECT_EQ(QImage(QString::fromStdString(path.string())).size(), QSize(1600, 1000)) << name;
  }
}
}  // namespace
}  // namespace sonotwin::workstation
