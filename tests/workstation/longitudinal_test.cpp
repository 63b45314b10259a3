// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QTest>

#include "presenters/clip_naming.h"
#include "presenters/exam_protocol.h"
#include "presenters/measured_facts.h"
#include "presenters/people.h"
#include "presenters/words.h"
#include "synthetic_store.h"
#include "temporary_folder.h"
#include "views/status_bar.h"
#include "wait.h"
#include "widgets/choice_box.h"
#include "widgets/exam_timeline.h"
#include "window_fixture.h"

namespace sonotwin::workstation {
namespace {
using testing::waitFor;

/// One person with exams on days 0, 28 and 84, another with one exam 14 days after that person's
/// first; two protocols.
class LongitudinalTest : public ::testing::Test {
 protected:
  LongitudinalTest() {
    auto store = store::Store::create(folder / "store");
    for (const int day : {0, 28, 84}) clips.push_back(add(store, "one", day));
    other_clip = add(store, "two", 14);
    one = store.clipRow(clips[0]).patient_id;
    two = store.clipRow(other_clip).patient_id;
    store.setView(clips[0], "LIVER", "subcostal");
    store.saveProtocol(
        {"liver", {{"Left lobe", "LIVER", "subcostal"}, {"Right lobe", "LIVER", "intercostal"}}});
    store.saveProtocol({"neck", {{"Thyroid", "NECK", ""}}});
  }
  static std::string add(store::Store& store, const std::string& patient, int day) {
    const std::string exam = patient + std::to_string(day);
    return store.addClip(testing::makeCine(), {patient, exam, exam, 20000 + day, {}, {}}, {}).id;
  }
  static bool waitForChange(Session& session) {
    return waitFor(&session, &Session::changed, [&] { return !session.changing(); });
  }
  static std::vector<int> days(const Session& session) {
    std::vector<int> days;
    for (const auto& study : session.studies()) days.push_back(study.day);
    return days;
  }

  test::TemporaryFolder folder;
  std::vector<std::string> clips;
  std::string other_clip, one, two;
};

class LongitudinalPresenterTest : public LongitudinalTest {
 protected:
  LongitudinalPresenterTest() {
    session.open(folder / "store");
    session.selectClip(clips[0]);
  }
  Session session;
};

TEST_F(LongitudinalPresenterTest, TheProtocolThatFitsSaysWhatIsMissing) {
  ExamProtocol protocol(session);
  session.selectPatient(two);
  EXPECT_EQ(protocol.name(session.studyId()), "");  // none of its clips is in one
  session.selectPatient(one);
  const auto study = [&](std::size_t exam) { return session.studies().at(exam).id; };
  ASSERT_EQ(protocol.name(study(0)), "liver");
  EXPECT_EQ(protocol.words(study(0)), "1 missing");
  EXPECT_EQ(protocol.words(study(1)), "2 missing");
  EXPECT_EQ(protocol.status(study(0))->views[0].clip_ids, std::vector{clips[0]});
  protocol.choose(study(0), "neck");
  ASSERT_TRUE(waitForChange(session));
  EXPECT_EQ(protocol.words(study(0)), "1 missing");
  EXPECT_EQ(protocol.name(study(1)), "liver");  // each exam is held to its own
  protocol.choose(study(0), "");
  ASSERT_TRUE(waitForChange(session));
  EXPECT_EQ(protocol.words(study(0)), "");
  session.selectPatient(two);
  session.selectPatient(one);
  EXPECT_EQ(protocol.name(study(0)), "");  // as the person chose
  EXPECT_EQ(store::Store::open(folder / "store").study(study(0)).study.protocol, "");
}

TEST_F(LongitudinalPresenterTest, WhatAnotherProgramHoldsAnExamToIsShown) {
  ExamProtocol protocol(session);
  store::Store::open(folder / "store").holdToProtocol(session.studyId(), "neck");
  session.refresh();
  EXPECT_EQ(protocol.name(session.studyId()), "neck");
}

TEST_F(LongitudinalPresenterTest, MeasurementsOfAllExamsStandNewestFirst) {
  const auto measure = [this](const std::string& clip, const std::string& json) {
    store::Store::open(folder / "store")
        .addRecord("measurement", "size", json, {.made_from = {clip}});
  };
  const auto facts = [this](int most) {
    QStringList lines;
    for (const Fact& fact : measuredFacts(session, most)) lines << fact.name + '=' + fact.value;
    return lines;
  };
  EXPECT_TRUE(facts(8).isEmpty());
  measure(clips[2], R"({"label":"nerve","volume_ml":2.5,"area_mm2":1234})");
  measure(clips[0], R"({"label":"nerve","volume_ml":1.5})");
  measure(other_clip, R"({"label":"bone","volume_ml":9})");
  for (const char* other : {R"({"label":"of no size"})", R"({"label":1})", "[1]"}) {
    measure(clips[0], other);
  }
  EXPECT_EQ(facts(8), QStringList({"Nerve · clip\nday +84=2.50 ml · 12.3 cm²",
                                   "Nerve · clip\nday 0=1.50 ml"}));
  measure(clips[1], R"({"frames":[{"index":0,"area_mm2":{"nerve":100}},
                                  {"index":1,"area_mm2":{"nerve":300}}]})");
  EXPECT_EQ(facts(8)[1], "Nerve · clip\nday +28=3.0 cm²") << "the largest of its frames";
  EXPECT_EQ(facts(2)[1], "Earlier ones=2");
  session.selectPatient(two);
  EXPECT_EQ(facts(8), QStringList("Bone · clip\nday 0=9.00 ml"));
}

TEST_F(LongitudinalPresenterTest, NamingAClipCompletesItsExam) {
  ExamProtocol protocol(session);
  session.selectPatient(two);
  session.selectPatient(one);
  session.selectClip(clips[1]);
  for (const char* view : {"Subcostal", "INTERCOSTAL"}) {
    nameClip(session, *session.clip(), "liver", view);
    ASSERT_TRUE(waitForChange(session));
  }
  EXPECT_EQ(session.clip()->body_region, "LIVER");
  EXPECT_EQ(session.clip()->view_label, "intercostal");  // as the protocol writes it
  EXPECT_EQ(protocol.words(session.studyId()), "1 missing");
  nameClip(session, *session.clip(), "  fetal   head", "Some new view");
  ASSERT_TRUE(waitForChange(session));
  EXPECT_EQ(session.clip()->body_region, "FETAL HEAD");
  EXPECT_EQ(session.clip()->view_label, "Some new view");
  EXPECT_TRUE(shownChoices(session, "").regions.contains("Fetal head"));
}

TEST_F(LongitudinalPresenterTest, MergedExamsStandOnOneTimeLineAndComeApartAgain) {
  QString said;
  const auto hear = [&](const QString& what) { said = what; };
  mergePatients(session, one, two, hear);
  ASSERT_TRUE(waitForChange(session));
  ASSERT_EQ(session.patients().size(), 1U);
  EXPECT_EQ(session.patients()[0].row.merged, std::vector{two});
  EXPECT_EQ(session.patientId(), one);
  EXPECT_EQ(days(session), (std::vector{0, 14, 28, 84}));
  EXPECT_TRUE(said.contains(words::from(two)));
  unmergePatient(session, two, hear);
  ASSERT_TRUE(waitForChange(session));
  EXPECT_EQ(session.patients().size(), 2U);
  EXPECT_EQ(session.patientId(), one);
  EXPECT_EQ(days(session), (std::vector{0, 28, 84}));
}

class LongitudinalWindowTest : public LongitudinalTest, protected testing::ShownWindow {
 protected:
  void SetUp() override {
    show();
    window.openStore(folder / "store");
    window.session().selectClip(clips[0]);
  }
  static QWidget& dialog() { return *QApplication::activeModalWidget(); }
  static void click(QWidget& in, const char* button) {
    QTest::mouseClick(in.findChild<QAbstractButton*>(QLatin1String(button)), Qt::LeftButton);
  }
};

TEST_F(LongitudinalWindowTest, MergingSaysWhatItDoesAndCanBeUndone) {
  click(window, "merge");
  auto& other = *dialog().findChild<QComboBox*>("other");
  auto& merge = *dialog().findChild<QAbstractButton*>("merge");
  EXPECT_FALSE(merge.isEnabled());
  other.setCurrentIndex(0);
  const QString text = dialog().findChild<QLabel*>("text")->text();
  EXPECT_TRUE(text.contains(words::from(two)) && text.contains("undoes"));
  QTest::mouseClick(&merge, Qt::LeftButton);
  ASSERT_TRUE(waitForChange(window.session()));
  EXPECT_EQ(find<ExamTimeline>("timeline").places().size(), 4U);
  EXPECT_TRUE(find<StatusBar>("statusBar").jobText().contains("one person"));
  click(window, "unmerge");
  click(dialog(), "back");
  EXPECT_FALSE(window.session().changing());
  click(window, "unmerge");
  click(dialog(), "confirm");
  ASSERT_TRUE(waitForChange(window.session()));
  EXPECT_EQ(find<ExamTimeline>("timeline").places().size(), 3U);
}

TEST_F(LongitudinalWindowTest, TheProtocolsViewsLeadToTheirClips) {
  auto& views = find<QLabel>("protocolViews");
  EXPECT_TRUE(views.isVisible());
  EXPECT_TRUE(views.text().contains("Right&nbsp;lobe,&nbsp;missing"));
  window.session().selectClip(clips[2]);
  EXPECT_TRUE(views.text().contains("Left&nbsp;lobe,&nbsp;missing"));
  Q_EMIT views.linkActivated(words::from(clips[0]));
  EXPECT_EQ(window.session().clipId(), clips[0]);
}

TEST_F(LongitudinalWindowTest, ARegionThatIsWrittenIsKept) {
  window.session().selectClip(clips[1]);
  auto& region = find<ChoiceBox>("region");
  region.lineEdit()->setFocus();
  region.lineEdit()->selectAll();
  QTest::keyClicks(region.lineEdit(), "neck");
  QTest::keyClick(region.lineEdit(), Qt::Key_Return);
  ASSERT_TRUE(waitForChange(window.session()));
  EXPECT_EQ(window.session().clip()->body_region, "NECK");
  EXPECT_EQ(region.currentText(), "Neck");
  EXPECT_EQ(window.screen(), Screen::kLibrary);  // Enter was for the field alone
  QTest::keyClicks(region.lineEdit(), "x");
  QTest::keyClick(region.lineEdit(), Qt::Key_Escape);
  EXPECT_EQ(region.currentText(), "Neck");
  EXPECT_FALSE(window.session().changing());
}

TEST_F(LongitudinalPresenterTest, AnOrientationIsSaidSignedAndTakenBack) {
  const auto choices = [this] { return orientationChoices(session, *session.clip()); };
  session.preferences().setAuthor("anna");
  EXPECT_EQ(choices().current, 0);
  EXPECT_EQ(choices().texts.at(0), "As the file: none");
  sayOrientation(session, *session.clip(), "SAGITTAL");
  ASSERT_TRUE(waitForChange(session));
  EXPECT_EQ(session.clip()->orientation, "SAGITTAL");
  EXPECT_EQ(choices().texts.at(choices().current), "Sagittal");
  EXPECT_TRUE(saidWords(session, *session.clip()).contains("Orientation by anna"));
  sayOrientation(session, *session.clip(), choices().values.at(0));
  ASSERT_TRUE(waitForChange(session));
  session.preferences().setAuthor({});
  EXPECT_EQ(session.clip()->orientation, "");
  EXPECT_FALSE(saidWords(session, *session.clip()).contains("Orientation"));
}

TEST_F(LongitudinalWindowTest, AnOrientationIsChosenByKeys) {
  auto& orientation = find<QComboBox>("orientation");
  orientation.setFocus();
  QTest::keyClicks(&orientation, "Sag");
  ASSERT_TRUE(waitForChange(window.session()));
  EXPECT_EQ(window.session().clip()->orientation, "SAGITTAL");
  EXPECT_EQ(orientation.currentText(), "Sagittal");
  EXPECT_TRUE(find<QLabel>("said").text().contains("Orientation by workstation"));
}
}  // namespace
}  // namespace sonotwin::workstation
