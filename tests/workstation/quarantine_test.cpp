// SPDX-License-Identifier: Apache-2.0
#include "presenters/quarantine.h"

#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QApplication>
#include <QLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QTest>
#include <algorithm>

#include "../dicom/synthetic_object.h"
#include "presenters/pipeline_jobs.h"
#include "sonotwin/store/store.h"
#include "temporary_folder.h"
#include "views/library_view.h"
#include "views/main_window.h"
#include "views/notice_bar.h"
#include "views/quarantine_view.h"
#include "views/status_bar.h"
#include "wait.h"
#include "widgets/box_canvas.h"
#include "widgets/controls.h"
#include "window_fixture.h"

namespace sonotwin::workstation {
namespace {
using media::PixelRectangle;
using testing::waitFor;
constexpr dicom::test::Shape kShape{.rows = 48, .cols = 64, .frames = 3};
constexpr PixelRectangle kFound{4, 3, 20, 9};

/// Three frames of noise as a DICOM file. @returns the samples
dicom::test::Bytes8 writeObject(const std::filesystem::path& path, unsigned seed) {
  auto pixels = dicom::test::noise8(kShape.sampleCount(), seed);
  // No black but what is blanked.
  for (auto& level : pixels) level = std::max<std::uint8_t>(level, 1);
  dicom::test::SyntheticObject object(kShape);
  object.set(DCM_SOPInstanceUID, "1.2.826.0.1.3680043.8.498.9." + std::to_string(seed));
  object.set(DCM_FrameTime, "40");
  object.pixels(pixels).save(path);
  return pixels;
}

/// The samples with boxes blanked.
dicom::test::Bytes8 blanked(dicom::test::Bytes8 samples, const Boxes& boxes) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const int col = static_cast<int>(i) % kShape.cols;
    const int row = static_cast<int>(i) / kShape.cols % kShape.rows;
    for (const PixelRectangle& box : boxes) {
      const bool in = box.x0 <= col && col < box.x1 && box.y0 <= row && row < box.y1;
      if (in) samples[i] = 0;
    }
  }
  return samples;
}

/// A store in whose quarantine two objects wait, one with text found at kFound, one with none.
class QuarantineTest : public ::testing::Test {
 protected:
  QuarantineTest() {
    auto store = store::Store::create(folder / "store");
    first_pixels = writeObject(folder / "first.dcm", 1);
    writeObject(folder / "second.dcm", 2);
    first = store.quarantineAdd(folder / "first.dcm", {"someone", "study-1", "series-1", 20000},
                                {kFound}, "there may be text");
    second = store.quarantineAdd(folder / "second.dcm", {"someone", "study-1", "series-2", 20000},
                                 {}, "the file names no regions");
  }
  [[nodiscard]] store::Store opened() const { return store::Store::open(folder / "store"); }
  bool waitForPicture(Quarantine& quarantine) {
    return waitFor(&quarantine, &Quarantine::pictureChanged,
                   [&] { return quarantine.frames().picture() != nullptr; });
  }
  bool waitForJobs(Session& session) {
    return waitFor(&session.jobs(), &JobRunner::idle, [&] { return !session.jobs().busy(); });
  }

  test::TemporaryFolder folder;
  dicom::test::Bytes8 first_pixels;
  std::string first, second;
};

class QuarantinePresenterTest : public QuarantineTest {
 protected:
  QuarantinePresenterTest() {
    session.open(folder / "store");
    quarantine.look();
    EXPECT_TRUE(waitForPicture(quarantine));
  }
  void showAll() {
    for (int frame = 0; frame < kShape.frames; ++frame) {
      quarantine.frames().cine().seek(frame);
      EXPECT_TRUE(waitFor(&quarantine, &Quarantine::pictureChanged,
                          [&] { return quarantine.frames().shownFrame() == frame; }));
    }
  }

  Session session;
  Quarantine quarantine{session};
};

TEST_F(QuarantinePresenterTest, ShowsTheFirstWithThePlacesFound) {
  ASSERT_EQ(quarantine.rows().size(), 2U);
  EXPECT_EQ(quarantine.row()->id, first);
  EXPECT_EQ(quarantine.boxes().all(), Boxes{kFound});
  EXPECT_TRUE(quarantine.found(kFound));
  quarantine.boxes().select(0);
  quarantine.boxes().moveSelected(1, 0);
  EXPECT_FALSE(quarantine.found(quarantine.boxes().all()[0]));
}

TEST_F(QuarantinePresenterTest, CountsTheFramesThatNobodyHasSeen) {
  EXPECT_EQ(quarantine.framesUnseen(), kShape.frames - 1);
  showAll();
  EXPECT_EQ(quarantine.framesUnseen(), 0);
  quarantine.next();
  ASSERT_TRUE(waitForPicture(quarantine));
  EXPECT_EQ(quarantine.framesUnseen(), kShape.frames - 1);
}

TEST_F(QuarantinePresenterTest, BoxesStayWhileAnotherIsLookedAt) {
  quarantine.boxes().add({30, 30, 40, 40});
  quarantine.next();
  ASSERT_TRUE(waitForPicture(quarantine));
  EXPECT_EQ(quarantine.row()->id, second);
  EXPECT_TRUE(quarantine.boxes().all().empty());
  quarantine.next();
  ASSERT_TRUE(waitForPicture(quarantine));
  EXPECT_EQ(quarantine.row()->id, first);
  EXPECT_EQ(quarantine.boxes().all(), (Boxes{kFound, {30, 30, 40, 40}}));
}

TEST_F(QuarantinePresenterTest, CountsWhatWouldBeLost) {
  EXPECT_EQ(quarantine.undecided(), 0);
  quarantine.next();
  ASSERT_TRUE(waitForPicture(quarantine));
  EXPECT_EQ(quarantine.undecided(), 0);
  quarantine.boxes().add({30, 30, 40, 40});
  quarantine.next();
  EXPECT_EQ(quarantine.undecided(), 1);
  ASSERT_TRUE(waitForPicture(quarantine));
  quarantine.boxes().removeAll();
  EXPECT_EQ(quarantine.undecided(), 2);
  quarantine.boxes().undoStack().undo();
  EXPECT_EQ(quarantine.undecided(), 1);
}

TEST_F(QuarantinePresenterTest, AReleaseIsSigned) {
  session.preferences().setAuthor("ben");
  quarantine.release();
  ASSERT_TRUE(waitForJobs(session));
  session.preferences().setAuthor({});
  EXPECT_EQ(opened().quarantineRow(first).author, "ben");
}

TEST_F(QuarantinePresenterTest, ReleasingGoesOnToTheNextAtOnce) {
  quarantine.release();
  ASSERT_NE(quarantine.row(), nullptr);
  EXPECT_EQ(quarantine.row()->id, second);
  EXPECT_EQ(quarantine.rows().size(), 1U);
  ASSERT_TRUE(waitForJobs(session));
  EXPECT_EQ(opened().quarantineRow(first).state, "released");
  ASSERT_EQ(session.totals().clips, 1);
  EXPECT_EQ(dicom::test::framesOf(opened().clip(opened().clips().front().id)),
            blanked(first_pixels, {kFound}));
}

TEST_F(QuarantinePresenterTest, WhatCannotBeReleasedWaitsAgainWithItsBoxes) {
  quarantine.boxes().add({30, 30, 40, 40});
  std::filesystem::remove(opened().quarantineFile(first));
  quarantine.release();
  ASSERT_TRUE(waitForJobs(session));
  ASSERT_EQ(quarantine.rows().size(), 2U);
  EXPECT_EQ(opened().quarantineRow(first).state, "waiting");
  EXPECT_EQ(session.totals().clips, 0);
}

TEST_F(QuarantinePresenterTest, RejectingRemovesTheFileAndKeepsTheReason) {
  const auto file = opened().quarantineFile(first);
  quarantine.reject("not ultrasound");
  ASSERT_TRUE(waitForJobs(session));
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(opened().quarantineRow(first).state, "rejected");
  EXPECT_EQ(opened().quarantineRow(first).reason, "not ultrasound");
  EXPECT_EQ(session.totals().clips, 0);
  EXPECT_EQ(session.waiting().size(), 1U);
}

class QuarantineWindowTest : public QuarantineTest, protected testing::ShownWindow {
 protected:
  void SetUp() override {
    show();
    window.openStore(folder / "store");
  }
  void openQuarantine() {
    press(Qt::Key_F7);
    ASSERT_EQ(window.screen(), Screen::kQuarantine);
    ASSERT_TRUE(
        waitFor(&quarantine(), &Quarantine::pictureChanged, [&] { return canvas().hasPicture(); }));
  }
  void drag(QPointF from, QPointF to) {
    const QPoint begin = canvas().view().toWidget(from).toPoint();
    const QPoint end = canvas().view().toWidget(to).toPoint();
    QTest::mousePress(&canvas(), Qt::LeftButton, {}, begin);
    QTest::mouseMove(&canvas(), (begin + end) / 2);
    QTest::mouseMove(&canvas(), end);
    QTest::mouseRelease(&canvas(), Qt::LeftButton, {}, end);
  }
  void showAllFrames() {
    for (int frame = 1; frame < kShape.frames; ++frame) {
      press(Qt::Key_Right);
      ASSERT_TRUE(waitFor(&quarantine(), &Quarantine::pictureChanged,
                          [&] { return quarantine().frames().shownFrame() == frame; }));
    }
  }
  BoxCanvas& canvas() { return find<BoxCanvas>("quarantineCanvas"); }
  Quarantine& quarantine() {
    return static_cast<QuarantineView&>(window.workspace(Screen::kQuarantine)).quarantine();
  }
};

TEST_F(QuarantineWindowTest, ClosingAsksBeforeBoxesAreLost) {
  openQuarantine();
  const auto answer = [](const char* button) {
    auto* dialog = QApplication::activeModalWidget();
    ASSERT_NE(dialog, nullptr);
    QTest::mouseClick(dialog->findChild<QAbstractButton*>(QLatin1String(button)), Qt::LeftButton);
  };
  quarantine().boxes().add({30, 30, 40, 40});
  window.close();
  answer("back");
  EXPECT_TRUE(window.isVisible());
  EXPECT_EQ(quarantine().boxes().all().size(), 2U);
  window.close();
  answer("confirm");
  EXPECT_FALSE(window.isVisible());
}

TEST_F(QuarantineWindowTest, ItsKeysAreWholeOnSmallScreens) {
  window.resize(1366, 768);
  openQuarantine();
  QCoreApplication::sendPostedEvents();
  int seen = 0;
  for (auto* hints : window.findChildren<KeyHints*>()) {
    if (!hints->isVisible()) continue;
    ++seen;
    EXPECT_GE(hints->width(), hints->layout()->minimumSize().width());
  }
  EXPECT_EQ(seen, 1);
}

TEST_F(QuarantineWindowTest, ClosingDoesNotAskForNothing) {
  openQuarantine();
  window.close();
  EXPECT_FALSE(window.isVisible());
}

TEST_F(QuarantineWindowTest, TheLibraryLeadsThere) {
  auto* step = qobject_cast<QAbstractButton*>(window.focusWidget());
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->text(), "Open the quarantine");  // nothing else is in the store
  QTest::mouseClick(step, Qt::LeftButton);
  EXPECT_EQ(window.screen(), Screen::kQuarantine);
  EXPECT_EQ(find<QAbstractButton>("quarantine").text().simplified(), "Quarantine 2");
  EXPECT_EQ(find<QListWidget>("waiting").count(), 2);
}

TEST_F(QuarantineWindowTest, AnImportSaysWhatWaitsAndLeadsThere) {
  writeObject(folder / "third.dcm", 3);
  ImportRequest request;
  request.paths = {folder / "third.dcm"};
  window.session().jobs().start(importJob(folder / "store", request));
  ASSERT_TRUE(waitForJobs(window.session()));
  auto& notice = find<NoticeBar>("noticeBar");
  ASSERT_TRUE(notice.isVisible());
  EXPECT_TRUE(notice.text().contains("1 waits in the quarantine")) << notice.text().toStdString();
  QTest::mouseClick(&find<QAbstractButton>("offer"), Qt::LeftButton);
  EXPECT_EQ(window.screen(), Screen::kQuarantine);
  EXPECT_EQ(find<QListWidget>("waiting").count(), 3);
  EXPECT_FALSE(notice.isVisible());
}

// Oracle: the file's own samples, blanked by the test where the mouse went.
TEST_F(QuarantineWindowTest, ABoxDrawnByMouseIsBlackInTheStoreAndTheRestIdentical) {
  openQuarantine();
  drag({30, 20}, {45, 33});
  ASSERT_EQ(quarantine().boxes().all(), (Boxes{kFound, {30, 20, 46, 34}}));
  EXPECT_EQ(find<QListWidget>("boxes").count(), 2);
  showAllFrames();
  press(Qt::Key_Return, Qt::ControlModifier);
  ASSERT_TRUE(waitForJobs(window.session()));
  EXPECT_TRUE(find<StatusBar>("statusBar").jobText().contains("2 boxes blanked"));
  ASSERT_EQ(window.session().totals().clips, 1);
  const auto clip = opened().clip(opened().clips().front().id);
  EXPECT_EQ(dicom::test::framesOf(clip), blanked(first_pixels, {kFound, {30, 20, 46, 34}}));
  EXPECT_EQ(find<QAbstractButton>("quarantine").text().simplified(), "Quarantine 1");
  EXPECT_EQ(quarantine().row()->id, second);
}

TEST_F(QuarantineWindowTest, TheMouseMovesAndResizesWhatWasFound) {
  openQuarantine();
  drag({12, 6}, {22, 16});
  EXPECT_EQ(quarantine().boxes().all(), (Boxes{{14, 13, 30, 19}}));
  drag({29.5, 18.5}, {39.5, 28.5});
  EXPECT_EQ(quarantine().boxes().all(), (Boxes{{14, 13, 40, 29}}));
  press(Qt::Key_Z, Qt::ControlModifier);
  press(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(quarantine().boxes().all(), Boxes{kFound});
  press(Qt::Key_Delete);
  EXPECT_TRUE(quarantine().boxes().all().empty());
}

TEST_F(QuarantineWindowTest, KeysDrawMoveAndResizeABox) {
  openQuarantine();
  press(Qt::Key_B);
  ASSERT_EQ(quarantine().boxes().all().size(), 2U);
  const PixelRectangle made = quarantine().boxes().all()[1];
  press(Qt::Key_Left, Qt::AltModifier);
  press(Qt::Key_Down, Qt::ShiftModifier);
  EXPECT_EQ(quarantine().boxes().all()[1],
            (PixelRectangle{made.x0 - 1, made.y0, made.x1 - 1, made.y1 + 1}));
  EXPECT_EQ(quarantine().frames().cine().frame(), 0);
  press(Qt::Key_BracketRight);
  press(Qt::Key_Delete);
  EXPECT_EQ(quarantine().boxes().all().size(), 1U);
}

TEST_F(QuarantineWindowTest, ThePreviewIsBlackInTheBoxAndThePictureElsewhere) {
  openQuarantine();
  const QPoint inside = canvas().placeOf(kFound).center().toPoint();
  const auto level = [&] { return qGray(canvas().grab().toImage().pixel(inside)); };
  EXPECT_GT(level(), 0);
  press(Qt::Key_P);
  EXPECT_EQ(level(), 0);
  press(Qt::Key_P);
  EXPECT_GT(level(), 0);
}

TEST_F(QuarantineWindowTest, FramesThatNobodySawAreAskedAboutOnce) {
  openQuarantine();
  press(Qt::Key_Return, Qt::ControlModifier);
  EXPECT_FALSE(window.session().jobs().busy());
  auto& confirm = find<QAbstractButton>("confirm");
  ASSERT_TRUE(confirm.isVisible());
  confirm.setFocus();
  press(Qt::Key_Return);
  ASSERT_TRUE(waitForJobs(window.session()));
  EXPECT_EQ(window.session().totals().clips, 1);
}

TEST_F(QuarantineWindowTest, RejectAsksForAReason) {
  openQuarantine();
  press(Qt::Key_Delete, Qt::ControlModifier);
  auto& reason = find<QLineEdit>("reason");
  ASSERT_TRUE(reason.hasFocus());
  press(Qt::Key_Escape);
  ASSERT_FALSE(reason.isVisible());
  press(Qt::Key_Delete, Qt::ControlModifier);
  ASSERT_TRUE(reason.hasFocus());
  press(Qt::Key_Return);
  EXPECT_FALSE(window.session().jobs().busy());
  QTest::keyClicks(&reason, "not ultrasound");
  press(Qt::Key_Return);
  ASSERT_TRUE(waitForJobs(window.session()));
  EXPECT_EQ(opened().quarantineRow(first).reason, "not ultrasound");
  EXPECT_EQ(quarantine().row()->id, second);
}

TEST_F(QuarantineWindowTest, SaysWhatThePlaceIsForWhenNothingWaits) {
  openQuarantine();
  quarantine().reject("a");
  quarantine().reject("b");
  ASSERT_TRUE(waitForJobs(window.session()));
  auto* step = qobject_cast<QAbstractButton*>(window.focusWidget());
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->text(), "Open the library");
  EXPECT_TRUE(step->isVisible());
}
}  // namespace
}  // namespace sonotwin::workstation
