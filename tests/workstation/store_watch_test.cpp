// SPDX-License-Identifier: Apache-2.0
#include "presenters/store_watch.h"

#include <gtest/gtest.h>

#include <QLineEdit>
#include <QScrollBar>
#include <QTableView>
#include <QTest>

#include "presenters/annotation.h"
#include "presenters/patient_table.h"
#include "synthetic_store.h"
#include "temporary_folder.h"
#include "views/annotate_view.h"
#include "views/status_bar.h"
#include "wait.h"
#include "widgets/choice_box.h"
#include "widgets/image_canvas.h"
#include "window_fixture.h"

namespace sonotwin::workstation {
namespace {
using testing::waitFor;

/// What a second program does: a connection of its own.
class Elsewhere {
 public:
  explicit Elsewhere(const std::filesystem::path& folder) : store_(store::Store::open(folder)) {}
  store::Store* operator->() { return &store_; }
  std::string addClip(const std::string& patient) {
    return store_.addClip(testing::makeCine(), {patient, patient, patient, 20020, {}, {}}, {}).id;
  }
  std::string addMask(const std::string& clip_id) {
    media::ClipMask mask = testing::makeMask();
    mask.frames[0].labels[0] = 1;
    return store_.addMask(clip_id, mask, "second", {{clip_id}, "{}", "test"});
  }

 private:
  store::Store store_;
};

std::vector<store::AuditEntry> entries(const std::vector<std::string>& acts) {
  std::vector<store::AuditEntry> result;
  for (const std::string& act : acts) result.emplace_back().act = act;
  return result;
}

TEST(ElsewhereWords, CountWhatCame) {
  EXPECT_EQ(elsewhereWords(entries({"clip added", "ingest reported", "clip added", "mask added"})),
            "2 clips, 1 mask added by another program");
  EXPECT_EQ(elsewhereWords(entries({"quarantined"})),
            "1 object put in the quarantine by another program");
  EXPECT_EQ(elsewhereWords(entries({"clip named"})),
            "Lists read again: another program changed the store");
}

class WatchTest : public ::testing::Test {
 protected:
  WatchTest()
      : ids(testing::makeStore(folder / "store")),
        elsewhere(folder / "store"),
        content(session),
        watch(session) {
    session.open(folder / "store");
    session.selectClip(ids.sweep);
    QObject::connect(&watch, &StoreWatch::said, [this](const QString& what) { said << what; });
  }
  bool maskCame() {
    return waitFor(&content, &ClipContent::maskLoaded,
                   [this] { return content.mask() != nullptr && !content.loading(); });
  }

  test::TemporaryFolder folder;
  testing::StoreIds ids;
  Elsewhere elsewhere;
  Session session;
  ClipContent content;
  StoreWatch watch;
  QStringList said;
};

TEST_F(WatchTest, SaysAndShowsWhatAnotherProgramAdds) {
  watch.look();
  EXPECT_TRUE(said.isEmpty());
  elsewhere.addClip("patient-c");
  elsewhere.addClip("patient-d");
  watch.look();
  EXPECT_EQ(said, QStringList("2 clips added by another program"));
  EXPECT_EQ(session.totals().clips, 4);
  EXPECT_EQ(session.clipId(), ids.sweep);
  watch.look();
  EXPECT_EQ(said.size(), 1);
}

TEST_F(WatchTest, WhatIsDoneHereIsNotSaid) {
  session.change([this](store::Store& store) { store.setView(ids.cine, "LIVER", ""); });
  ASSERT_TRUE(waitFor(&session, &Session::changed, [this] { return !session.changing(); }));
  watch.look();
  EXPECT_TRUE(said.isEmpty());
}

TEST_F(WatchTest, TheMaskInViewStays) {
  ASSERT_TRUE(maskCame());
  elsewhere.addMask(ids.sweep);
  watch.look();
  EXPECT_EQ(session.masks().size(), 2U);
  ASSERT_TRUE(maskCame());
  EXPECT_EQ(content.maskRow()->id, ids.mask);
}

TEST_F(WatchTest, AnotherCalibrationIsShownAtOnce) {
  ASSERT_TRUE(
      waitFor(&content, &ClipContent::clipLoaded, [this] { return content.clip() != nullptr; }));
  media::ClipInfo info = content.clip()->info;
  info.spacing_mm = {0.1, 0.2};
  info.spacing_source = "test";
  elsewhere->setCalibration(ids.sweep, info);
  watch.look();
  ASSERT_TRUE(
      waitFor(&content, &ClipContent::clipLoaded, [this] { return content.clip() != nullptr; }));
  EXPECT_EQ(content.clip()->info.spacing_mm, info.spacing_mm);
}

TEST_F(WatchTest, ThePatientFollowsTheClipThroughAMerge) {
  elsewhere->mergePatients(ids.cine_patient, ids.sweep_patient);
  watch.look();
  EXPECT_EQ(session.patientId(), ids.cine_patient);
  EXPECT_EQ(session.clipId(), ids.sweep);
  EXPECT_TRUE(session.study());
  elsewhere->unmergePatient(ids.sweep_patient);
  watch.look();
  EXPECT_EQ(session.patientId(), ids.sweep_patient);
  EXPECT_TRUE(session.study());
}

class WatchWindowTest : public ::testing::Test, protected testing::ShownWindow {
 protected:
  void SetUp() override {
    show();
    ids = testing::makeStore(folder / "store");
    elsewhere.emplace(folder / "store");
    for (int i = 0; i < 60; ++i) elsewhere->addClip("many-" + std::to_string(i));
    window.openStore(folder / "store");
    window.session().selectClip(ids.sweep);
    ASSERT_TRUE(waitFor(&window.session().reader(), &Background::settled,
                        [this] { return window.settled(); }));
  }
  /// The window looks by itself.
  bool sees(int clips) {
    return waitFor(&window.session(), &Session::patientsChanged,
                   [&] { return window.session().totals().clips == clips; });
  }

  test::TemporaryFolder folder;
  testing::StoreIds ids;
  std::optional<Elsewhere> elsewhere;
};

TEST_F(WatchWindowTest, SelectionPlaceAndWhatIsBeingWrittenStay) {
  auto& table = find<QTableView>("patients");
  auto& region = find<ChoiceBox>("region");
  auto* bar = table.verticalScrollBar();
  bar->setValue(bar->maximum() / 2);
  const int place = bar->value();
  ASSERT_GT(place, 0);
  region.lineEdit()->setFocus();
  region.lineEdit()->selectAll();
  QTest::keyClicks(region.lineEdit(), "half a wo");
  const QString selected = table.currentIndex().data(PatientTable::kIdRole).toString();
  elsewhere->addClip("another");
  ASSERT_TRUE(sees(63));
  EXPECT_EQ(table.currentIndex().data(PatientTable::kIdRole).toString(), selected);
  EXPECT_EQ(bar->value(), place);
  EXPECT_EQ(region.currentText(), "half a wo");
  EXPECT_TRUE(region.lineEdit()->hasFocus());
  EXPECT_EQ(find<StatusBar>("statusBar").jobText(), "1 clip added by another program");
}

TEST_F(WatchWindowTest, AStrokeThatIsBeingDrawnStays) {
  window.go(Screen::kAnnotate);
  auto& annotation = static_cast<AnnotateView&>(window.workspace(Screen::kAnnotate)).annotation();
  auto& canvas = find<ImageCanvas>("annotateCanvas");
  ASSERT_TRUE(waitFor(&window.session().reader(), &Background::settled,
                      [&] { return canvas.hasPicture() && annotation.frameMask() != nullptr; }));
  const QPoint middle = canvas.rect().center();
  QTest::mousePress(&canvas, Qt::LeftButton, {}, middle);
  ASSERT_TRUE(annotation.stroking());
  elsewhere->addMask(ids.sweep);
  elsewhere->addClip("another");
  ASSERT_TRUE(sees(63));
  ASSERT_TRUE(waitFor(&window.session().reader(), &Background::settled,
                      [&] { return window.session().reader().pending() == 0; }));
  QTest::mouseMove(&canvas, middle + QPoint(40, 0));
  QTest::mouseRelease(&canvas, Qt::LeftButton, {}, middle + QPoint(40, 0));
  EXPECT_EQ(annotation.unsavedStrokes(), 1);
  EXPECT_EQ(window.session().masks().size(), 2U);
}
}  // namespace
}  // namespace sonotwin::workstation
