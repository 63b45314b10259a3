// SPDX-License-Identifier: Apache-2.0
#include "presenters/mask_versions.h"

#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QLabel>
#include <QListWidget>
#include <QTest>

#include "synthetic_store.h"
#include "temporary_folder.h"
#include "wait.h"
#include "widgets/delegates.h"
#include "widgets/image_canvas.h"
#include "window_fixture.h"

namespace sonotwin::workstation {
namespace {
using testing::waitFor;

/// A clip with a network's mask and two versions that people drew.
class VersionsTest : public ::testing::Test {
 protected:
  VersionsTest() : ids(testing::makeStore(folder / "store")) {
    auto store = store::Store::open(folder / "store");
    media::ClipMask mask = testing::makeMask();
    mask.frames[0].labels[0] = 1;
    first = store.addAnnotation(ids.sweep, mask, "anna");
    mask.frames[0].labels[1] = 1;
    second = store.addAnnotation(ids.sweep, mask, "ben", first);
  }
  [[nodiscard]] std::string stateOf(const std::string& id) const {
    for (const auto& row : store::Store::open(folder / "store").annotations(ids.sweep)) {
      if (row.id == id) return row.state;
    }
    return {};
  }

  test::TemporaryFolder folder;
  testing::StoreIds ids;
  std::string first, second;
};

class VersionsPresenterTest : public VersionsTest {
 protected:
  VersionsPresenterTest() : content(session), versions(session, content, undo) {
    session.open(folder / "store");
    session.selectClip(ids.sweep);
    session.preferences().setAuthor("cleo");
  }
  ~VersionsPresenterTest() override { session.preferences().setAuthor({}); }
  bool decided() {
    return waitFor(&versions, &MaskVersions::changed,
                   [this] { return !session.changing() && session.reader().pending() == 0; });
  }

  Session session;
  ClipContent content;
  QUndoStack undo;
  MaskVersions versions;
};

TEST_F(VersionsPresenterTest, AMarkIsSignedAndUndone) {
  ASSERT_EQ(versions.all().size(), 3);
  ASSERT_EQ(versions.all()[0].name, "v2 · ben");
  EXPECT_EQ(versions.index(), 0);
  versions.mark("final");
  ASSERT_TRUE(decided());
  EXPECT_EQ(stateOf(second), "final");
  EXPECT_EQ(stateOf(first), "draft");
  EXPECT_EQ(versions.all()[0].state, "final");
  EXPECT_TRUE(versions.words().contains("Drawn by ben"));
  EXPECT_TRUE(versions.words().contains("Marked final by cleo"));
  EXPECT_EQ(session.store().audit(1).at(0).author, "cleo");
  undo.undo();
  ASSERT_TRUE(decided());
  EXPECT_EQ(stateOf(second), "draft");
  EXPECT_FALSE(versions.words().contains("Marked"));
  undo.redo();
  ASSERT_TRUE(decided());
  EXPECT_EQ(stateOf(second), "final");
}

TEST_F(VersionsPresenterTest, TheNewestThatIsNotRejectedIsShown) {
  versions.mark("rejected");
  ASSERT_TRUE(decided());
  EXPECT_EQ(versions.index(), 0) << "what is in view stays there";
  session.selectClip(ids.cine);
  session.selectClip(ids.sweep);
  EXPECT_EQ(versions.index(), 1);
  versions.choose(0);
  EXPECT_EQ(versions.index(), 0) << "a person may look at it";
}

TEST_F(VersionsPresenterTest, ANetworksMaskHasNoState) {
  versions.choose(2);
  EXPECT_EQ(versions.index(), 2);
  EXPECT_FALSE(versions.canMark());
  versions.mark("rejected");
  EXPECT_EQ(undo.count(), 0);
  EXPECT_FALSE(session.changing());
}

class VersionsWindowTest : public VersionsTest, protected testing::ShownWindow {
 protected:
  void SetUp() override {
    show();
    window.openStore(folder / "store");
    window.session().selectClip(ids.sweep);
    window.go(Screen::kAnnotate);
    ASSERT_TRUE(quiet());
    canvas().setFocus();
  }
  ImageCanvas& canvas() { return find<ImageCanvas>("annotateCanvas"); }
  QListWidget& list() { return find<QListWidget>("versions"); }
  bool quiet() {
    return waitFor(&window.session().reader(), &Background::settled,
                   [this] { return canvas().hasPicture() && window.settled(); });
  }
  bool on(const char* button) { return find<QAbstractButton>(button).isChecked(); }
};

TEST_F(VersionsWindowTest, KeysMarkTheVersionInView) {
  EXPECT_TRUE(on("markDraft"));
  press(Qt::Key_F);
  ASSERT_TRUE(quiet());
  EXPECT_TRUE(on("markFinal") && !on("markDraft"));
  EXPECT_EQ(list().item(0)->data(VersionDelegate::kStateRole).toString(), "final");
  EXPECT_EQ(stateOf(second), "final");
  press(Qt::Key_Z, Qt::ControlModifier);
  ASSERT_TRUE(quiet());
  EXPECT_TRUE(on("markDraft"));
  EXPECT_EQ(stateOf(second), "draft");
  list().setFocus();
  press(Qt::Key_Down);
  ASSERT_TRUE(quiet());
  press(Qt::Key_R);
  ASSERT_TRUE(quiet());
  EXPECT_EQ(stateOf(first), "rejected");
}

TEST_F(VersionsWindowTest, AnOlderVersionIsChosenAndRejectedByMouse) {
  QTest::mouseClick(list().viewport(), Qt::LeftButton, {},
                    list().visualItemRect(list().item(1)).center());
  ASSERT_TRUE(quiet());
  EXPECT_TRUE(find<QLabel>("versionWords").text().contains("anna"));
  QTest::mouseClick(&find<QAbstractButton>("markRejected"), Qt::LeftButton);
  ASSERT_TRUE(quiet());
  EXPECT_EQ(stateOf(first), "rejected");
  EXPECT_EQ(list().currentRow(), 1);
  QTest::mouseClick(list().viewport(), Qt::LeftButton, {},
                    list().visualItemRect(list().item(2)).center());
  ASSERT_TRUE(quiet());
  EXPECT_FALSE(find<QAbstractButton>("markRejected").isEnabled());
}
}  // namespace
}  // namespace sonotwin::workstation
