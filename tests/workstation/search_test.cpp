// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTableView>
#include <QTest>
#include <set>

#include "presenters/clip_search.h"
#include "presenters/clip_table.h"
#include "presenters/words.h"
#include "synthetic_store.h"
#include "temporary_folder.h"
#include "views/search_view.h"
#include "wait.h"
#include "window_fixture.h"

namespace sonotwin::workstation {
namespace {
using testing::waitFor;

/// A tracked sweep of a fetal head on day 0, one of the same person on day 30 that a person drew
/// on, and a cine of somebody else's liver.
class ClipSearchTest : public ::testing::Test {
 protected:
  ClipSearchTest() {
    auto store = store::Store::create(folder / "store");
    early = add(store, testing::makeSweep(), "one", 0);
    late = add(store, testing::makeSweep(), "one", 30);
    media::Clip cine = testing::makeCine();
    cine.info.device_model = "Scanner B";
    other = add(store, cine, "two", 0);
    store.setView(other, "LIVER", "");
    store.addAnnotation(late, testing::makeMask(), "anna");
  }
  static std::string add(store::Store& store, const media::Clip& clip, const std::string& patient,
                         int day) {
    const std::string exam = patient + std::to_string(day);
    return store.addClip(clip, {patient, exam, exam, 20000 + day, {}, {}}, {}).id;
  }
  static bool waitForChange(Session& session) {
    return waitFor(&session, &Session::changed, [&] { return !session.changing(); });
  }
  static std::set<std::string> ids(const ClipSearch& search) {
    std::set<std::string> ids;
    for (const auto& row : search.found()) ids.insert(row.id);
    return ids;
  }
  using Ids = std::set<std::string>;

  test::TemporaryFolder folder;
  std::string early, late, other;
};

class ClipSearchPresenterTest : public ClipSearchTest {
 protected:
  ClipSearchPresenterTest() {
    session.open(folder / "store");
    search.look();
  }
  Session session;
  ClipSearch search{session};
};

TEST_F(ClipSearchPresenterTest, FindsByEveryCondition) {
  EXPECT_EQ(ids(search), (Ids{early, late, other}));
  const std::string one = session.store().clipRow(early).patient_id;
  const std::pair<store::ClipQuery, Ids> cases[] = {
      {{.patient_id = one}, {early, late}},
      {{.body_region = "LIVER"}, {other}},
      {{.device_model = "Scanner B"}, {other}},
      {{.label = "ball"}, {late}},
      {{.text = "HEAD fet"}, {early, late}},
      {{.tracked = false}, {other}},
      {{.annotated = false}, {early, other}},
      {{.from_day = 1}, {late}},
      {{.to_day = 29}, {early, other}},
      {{.tracked = true, .from_day = 1, .to_day = 9}, {}}};
  for (const auto& [query, expected] : cases) {
    search.setQuery(query);
    EXPECT_EQ(ids(search), expected) << search.conditionWords().toStdString();
    EXPECT_EQ(search.count(), std::ssize(expected));
    EXPECT_FALSE(search.conditionWords().isEmpty());
  }
  search.setQuery({});
  EXPECT_TRUE(search.conditionWords().isEmpty());
}

TEST_F(ClipSearchPresenterTest, OffersWhatThereIs) {
  EXPECT_EQ(search.choices().body_regions, (std::vector<std::string>{"LIVER", "fetal head"}));
  EXPECT_EQ(search.choices().device_models, std::vector<std::string>{"Scanner B"});
  EXPECT_EQ(search.choices().labels, std::vector<std::string>{testing::kLabel});
}

TEST_F(ClipSearchPresenterTest, ASavedSearchIsAppliedReplacedAndForgotten) {
  EXPECT_FALSE(search.canSave("all"));  // it asks for nothing
  search.setQuery({.tracked = true});
  EXPECT_FALSE(search.canSave("  "));
  search.save(" my  sweeps ");
  ASSERT_TRUE(waitForChange(session));
  EXPECT_EQ(search.savedName(), "my sweeps");
  search.setQuery({});
  EXPECT_EQ(search.savedName(), "");
  search.apply("my sweeps");
  EXPECT_EQ(ids(search), (Ids{early, late}));
  search.setQuery({.annotated = true});
  EXPECT_TRUE(search.isSaved("my sweeps"));
  search.save("my sweeps");
  ASSERT_TRUE(waitForChange(session));
  ASSERT_EQ(search.saved().size(), 1U);
  EXPECT_EQ(search.saved()[0].query.annotated, true);
  EXPECT_FALSE(search.saved()[0].query.tracked);
  search.remove("my sweeps");
  ASSERT_TRUE(waitForChange(session));
  EXPECT_TRUE(search.saved().empty());
}

TEST_F(ClipSearchPresenterTest, WhatIsNewIsFoundAtOnce) {
  search.setQuery({.body_region = "NECK"});
  EXPECT_TRUE(search.found().empty());
  session.change([this](store::Store& store) { store.setView(early, "NECK", ""); });
  ASSERT_TRUE(waitForChange(session));
  EXPECT_EQ(ids(search), Ids{early});
}

class ClipSearchWindowTest : public ClipSearchTest, protected testing::ShownWindow {
 protected:
  void SetUp() override {
    show();
    window.openStore(folder / "store");
    window.go(Screen::kReview);
    press(Qt::Key_F, Qt::ControlModifier);
  }
  SearchView& view() { return static_cast<SearchView&>(window.workspace(Screen::kSearch)); }
  template <class Widget>
  Widget& part(const char* name) {
    auto* widget = view().findChild<Widget*>(QLatin1String(name));
    EXPECT_NE(widget, nullptr) << name;
    return *widget;
  }
  QTableView& table() { return part<QTableView>("searchResults"); }
};

TEST_F(ClipSearchWindowTest, FromAnywhereByKeysToAMovingPicture) {
  ASSERT_EQ(window.screen(), Screen::kSearch);
  auto& words = part<QLineEdit>("words");
  ASSERT_TRUE(words.hasFocus());
  EXPECT_EQ(table().model()->rowCount(), 3);
  QTest::keyClicks(&words, "liver");
  ASSERT_EQ(table().model()->rowCount(), 1);
  press(Qt::Key_Down);
  EXPECT_TRUE(table().hasFocus());
  EXPECT_EQ(window.session().clipId(), other);
  press(Qt::Key_Return);
  EXPECT_EQ(window.screen(), Screen::kReview);
}

TEST_F(ClipSearchWindowTest, NothingFoundSaysWhatWasAskedAndOffersToClear) {
  QTest::keyClicks(&part<QLineEdit>("words"), "liver");
  part<QComboBox>("tracked").setCurrentIndex(1);
  EXPECT_FALSE(table().isVisible());
  QString said;
  for (auto* label : view().findChildren<QLabel*>()) {
    if (label->isVisible()) said += label->text();
  }
  EXPECT_TRUE(said.contains("“liver”, tracked"));
  for (auto* button : view().findChildren<QAbstractButton*>()) {
    if (button->isVisible() && button->text() == "Clear all conditions") {
      QTest::mouseClick(button, Qt::LeftButton);
    }
  }
  EXPECT_TRUE(table().isVisible());
  EXPECT_EQ(table().model()->rowCount(), 3);
  EXPECT_TRUE(part<QLineEdit>("words").text().isEmpty());
  EXPECT_EQ(part<QComboBox>("tracked").currentIndex(), 0);
}

TEST_F(ClipSearchWindowTest, SavedInTheWindowAndAppliedWithAClick) {
  part<QComboBox>("drawn").setCurrentIndex(1);
  QTest::keyClicks(&part<QLineEdit>("fromDay"), "7");
  EXPECT_FALSE(part<QAbstractButton>("save").isEnabled());
  QTest::keyClicks(&part<QLineEdit>("name"), "drawn later");
  QTest::mouseClick(&part<QAbstractButton>("save"), Qt::LeftButton);
  ASSERT_TRUE(waitForChange(window.session()));
  press(Qt::Key_Escape);
  EXPECT_EQ(table().model()->rowCount(), 3);
  auto& saved = part<QListWidget>("saved");
  ASSERT_EQ(saved.count(), 1);
  QTest::mouseClick(saved.viewport(), Qt::LeftButton, {},
                    saved.visualItemRect(saved.item(0)).center());
  EXPECT_EQ(table().model()->rowCount(), 1);
  EXPECT_EQ(part<QLineEdit>("fromDay").text(), "7");
  EXPECT_EQ(part<QComboBox>("drawn").currentIndex(), 1);
  QTest::mouseClick(&part<QAbstractButton>("remove"), Qt::LeftButton);
  QTest::mouseClick(QApplication::activeModalWidget()->findChild<QAbstractButton*>("confirm"),
                    Qt::LeftButton);
  ASSERT_TRUE(waitForChange(window.session()));
  EXPECT_EQ(saved.count(), 0);
}

TEST_F(ClipSearchWindowTest, EnterInTheTopBarSearchesClips) {
  press(Qt::Key_K, Qt::ControlModifier);
  QTest::keyClicks(&find<QLineEdit>("search"), "scanner");
  press(Qt::Key_Return);
  EXPECT_EQ(window.screen(), Screen::kSearch);
  EXPECT_EQ(part<QLineEdit>("words").text(), "scanner");
  EXPECT_EQ(table().model()->rowCount(), 1);
}
}  // namespace
}  // namespace sonotwin::workstation
