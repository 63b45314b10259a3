// SPDX-License-Identifier: Apache-2.0
#include "presenters/protocol_editor.h"

#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTableWidget>
#include <QTest>

#include "presenters/exam_protocol.h"
#include "synthetic_store.h"
#include "temporary_folder.h"
#include "views/protocol_dialog.h"
#include "wait.h"
#include "window_fixture.h"

namespace sonotwin::workstation {
namespace {
using testing::waitFor;

class ProtocolsTest : public ::testing::Test {
 protected:
  ProtocolsTest() : ids(testing::makeStore(folder / "store")) {
    auto store = store::Store::open(folder / "store");
    store.saveProtocol({"liver", {{"Left lobe", "LIVER", "subcostal"}}});
  }
  [[nodiscard]] std::vector<store::AcquisitionProtocol> stored() const {
    return store::Store::open(folder / "store").protocols();
  }
  static bool changed(Session& session) {
    return waitFor(&session, &Session::changed, [&] { return !session.changing(); });
  }

  test::TemporaryFolder folder;
  testing::StoreIds ids;
};

class ProtocolEditorTest : public ProtocolsTest {
 protected:
  ProtocolEditorTest() {
    session.open(folder / "store");
    editor = std::make_unique<ProtocolEditor>(session);
  }
  Session session;
  std::unique_ptr<ProtocolEditor> editor;
};

TEST_F(ProtocolEditorTest, SaysWhatIsToBeMendedAndSavesAsHeadersWrite) {
  editor->create();
  EXPECT_FALSE(editor->dirty());
  editor->setName("liver");
  EXPECT_TRUE(editor->problem().contains("has this name"));
  editor->setName("  my   neck ");
  EXPECT_TRUE(editor->problem().contains("Add the views"));
  editor->addView();
  EXPECT_TRUE(editor->problem().contains("needs a name"));
  editor->setView(0, {"Thyroid", "", ""});
  EXPECT_TRUE(editor->problem().contains("region"));
  editor->save();
  EXPECT_FALSE(session.changing());
  editor->setView(0, {"Thyroid", "neck", " transverse "});
  EXPECT_EQ(editor->problem(), "");
  editor->save();
  ASSERT_TRUE(changed(session));
  EXPECT_FALSE(editor->dirty());
  ASSERT_EQ(stored().size(), 2U);
  EXPECT_EQ(stored()[1].name, "my neck");
  EXPECT_EQ(stored()[1].views.at(0).body_region, "NECK");
  EXPECT_EQ(stored()[1].views.at(0).view_label, "transverse");
}

TEST_F(ProtocolEditorTest, ANewNameReplacesTheOldOneAndExamsKeepToIt) {
  ExamProtocol protocol(session);
  session.selectClip(ids.cine);
  session.selectClip(ids.sweep);
  protocol.choose(session.studyId(), "liver");
  ASSERT_TRUE(changed(session));
  EXPECT_EQ(protocol.words(session.studyId()), "1 missing");
  editor->setName("abdomen");
  editor->addView();
  editor->setView(1, {"Right lobe", "Liver", ""});
  editor->moveView(1, -1);
  editor->save();
  ASSERT_TRUE(changed(session));
  ASSERT_EQ(stored().size(), 1U);
  EXPECT_EQ(stored()[0].name, "abdomen");
  EXPECT_EQ(stored()[0].views.at(0).name, "Right lobe");
  session.reload();
  EXPECT_EQ(protocol.name(session.studyId()), "abdomen");
  editor->remove();
  ASSERT_TRUE(changed(session));
  EXPECT_TRUE(stored().empty());
  EXPECT_EQ(editor->index(), -1);
}

TEST_F(ProtocolEditorTest, WhatIsBeingWrittenSurvivesAnotherProgramsProtocol) {
  editor->setView(0, {"Left lobe, deep", "Liver", "subcostal"});
  store::Store::open(folder / "store").saveProtocol({"neck", {{"Thyroid", "NECK", ""}}});
  session.refresh();
  EXPECT_EQ(editor->all().size(), 2U);
  EXPECT_EQ(editor->written().views.at(0).name, "Left lobe, deep");
  EXPECT_TRUE(editor->dirty());
}

class ProtocolWindowTest : public ProtocolsTest, protected testing::ShownWindow {
 protected:
  void SetUp() override {
    show();
    window.openStore(folder / "store");
    window.session().selectClip(ids.sweep);
  }
  template <class Widget>
  Widget& in(const char* name) {
    auto* widget = window.findChild<ProtocolDialog*>()->findChild<Widget*>(QLatin1String(name));
    EXPECT_NE(widget, nullptr) << name;
    return *widget;
  }
  void click(const char* button) {
    QTest::mouseClick(&in<QAbstractButton>(button), Qt::LeftButton);
  }
};

TEST_F(ProtocolWindowTest, AProtocolIsMadeByKeysAndHeldAgainstTheExam) {
  press(Qt::Key_P, Qt::ControlModifier);
  ASSERT_NE(window.findChild<ProtocolDialog*>(), nullptr);
  click("create");
  QTest::keyClicks(&in<QLineEdit>("name"), "neck");
  click("addView");
  auto& views = in<QTableWidget>("views");
  for (const char* text : {"Thyroid", "neck"}) {
    if (std::string(text) == "neck") {
      views.setCurrentCell(0, 1);
      views.editItem(views.currentItem());
    }
    const auto cells = views.viewport()->findChildren<QLineEdit*>();
    ASSERT_FALSE(cells.empty());
    QLineEdit* const cell = cells.last();  // the one before goes later
    QTest::keyClicks(cell, text);
    QTest::keyClick(cell, Qt::Key_Return);
  }
  ASSERT_TRUE(waitFor(&views, &QTableWidget::cellChanged,
                      [this] { return in<QLabel>("problem").text().isEmpty(); }));
  EXPECT_FALSE(in<QListWidget>("protocolList").isEnabled());
  click("save");
  ASSERT_TRUE(changed(window.session()));
  ASSERT_EQ(stored().size(), 2U);
  EXPECT_EQ(stored()[1].views.at(0).body_region, "NECK");
  EXPECT_TRUE(in<QListWidget>("protocolList").isEnabled());
  click("closeDialog");
  auto& box = find<QComboBox>("protocol");
  box.setFocus();
  QTest::keyClicks(&box, "neck");
  ASSERT_TRUE(changed(window.session()));
  EXPECT_TRUE(find<QLabel>("protocolViews").text().contains("Thyroid,&nbsp;missing"));
}

TEST_F(ProtocolWindowTest, ClosingAsksBeforeWhatIsWrittenIsLost) {
  press(Qt::Key_P, Qt::ControlModifier);
  auto* dialog = window.findChild<ProtocolDialog*>();
  QTest::keyClicks(&in<QLineEdit>("name"), "x");
  QTest::keyClick(dialog, Qt::Key_Escape);
  QWidget* question = QApplication::activeModalWidget();
  ASSERT_NE(question, dialog);
  QTest::mouseClick(question->findChild<QAbstractButton*>("back"), Qt::LeftButton);
  EXPECT_TRUE(dialog->isVisible());
  click("discard");
  EXPECT_EQ(in<QLineEdit>("name").text(), "liver");
  QTest::keyClick(dialog, Qt::Key_Escape);
  EXPECT_FALSE(dialog->isVisible());
}
}  // namespace
}  // namespace sonotwin::workstation
