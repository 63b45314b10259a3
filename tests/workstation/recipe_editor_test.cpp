// SPDX-License-Identifier: Apache-2.0
#include "presenters/recipe_editor.h"

#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTest>
#include <cmath>
#include <filesystem>

#include "sonotwin/enhance/own_recipes.h"
#include "synthetic_store.h"
#include "temporary_folder.h"
#include "views/recipe_panel.h"
#include "views/review_view.h"
#include "wait.h"
#include "widgets/caliper_canvas.h"
#include "window_fixture.h"

namespace sonotwin::workstation {
namespace {
using testing::waitFor;
constexpr int kFrame = 9;
constexpr int kStored = 20 * kFrame;  ///< grey of that frame of the sweep, everywhere

/// What an exponent makes of the stored grey.
int raised(double gamma) {
  return static_cast<int>(std::lround(255.0 * std::pow(kStored / 255.0, gamma)));
}

class RecipeEditorTest : public ::testing::Test, protected testing::ShownWindow {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(enhance::ownRecipeFolder());
    show();
    ids = testing::makeStore(folder / "store");
    window.openStore(folder / "store");
    window.session().selectClip(ids.sweep);
    window.go(Screen::kReview);
    ASSERT_TRUE(waitFor(&window.session().reader(), &Background::settled,
                        [&] { return canvas().hasPicture() && canvas().maskShown(); }));
    window.player().cine().seek(kFrame);
    ASSERT_TRUE(shows(kStored));
    press(Qt::Key_O);  // a mask over the picture would be in the way of its grey levels
    press(Qt::Key_R);
  }
  CaliperCanvas& canvas() { return find<CaliperCanvas>("reviewCanvas"); }
  RecipePanel& panel() { return *window.findChild<RecipePanel*>(); }
  RecipeEditor& editor() {
    return static_cast<ReviewView&>(window.workspace(Screen::kReview)).recipes();
  }
  template <class Widget>
  Widget& in(const char* name) {
    auto* widget = panel().findChild<Widget*>(QLatin1String(name));
    EXPECT_NE(widget, nullptr) << name;
    return *widget;
  }
  QAbstractButton& button(const char* name) { return in<QAbstractButton>(name); }
  void click(const char* name) { QTest::mouseClick(&button(name), Qt::LeftButton); }
  void add(const char* filter) { in<QAction>((std::string("add-") + filter).c_str()).trigger(); }
  void write(const char* line, const QString& text) {
    auto& edit = in<QLineEdit>(line);
    edit.selectAll();
    QTest::keyClicks(&edit, text);
    QTest::keyClick(&edit, Qt::Key_Return);
  }
  /// The canvas comes to show the frame with this grey level, right of the divider.
  bool shows(int level) {
    return waitFor(&window.player(), &ClipPlayer::pictureChanged, [&] {
      return window.player().settled() && window.player().shownFrame() == kFrame &&
             qGray(canvas().shownImage().pixel(40, 40)) == level;
    });
  }
  QImage drawn() { return canvas().grab().toImage(); }

  test::TemporaryFolder folder;
  testing::StoreIds ids;
};

TEST_F(RecipeEditorTest, EveryChangeIsOnThePictureAtOnce) {
  EXPECT_TRUE(panel().isVisible());
  add("gamma");
  ASSERT_TRUE(shows(raised(0.8)));  // the catalogue's default
  auto& exponent = in<QDoubleSpinBox>("parameter-gamma");
  EXPECT_EQ(exponent.minimum(), 0.2);
  EXPECT_EQ(exponent.maximum(), 5.0);
  exponent.setFocus();
  exponent.selectAll();
  QTest::keyClicks(&exponent, "2");
  QTest::keyClick(&exponent, Qt::Key_Return);
  ASSERT_TRUE(shows(raised(2.0)));
  EXPECT_TRUE(in<QLabel>("time").text().contains(QStringLiteral("ms a frame")));
  in<QListWidget>("steps").setFocus();
  QTest::keyClick(&in<QListWidget>("steps"), Qt::Key_Space);
  ASSERT_TRUE(shows(kStored));
  EXPECT_FALSE(button("compare").isEnabled());
  QTest::keyClick(&in<QListWidget>("steps"), Qt::Key_Space);
  ASSERT_TRUE(shows(raised(2.0)));
  press(Qt::Key_Z, Qt::ControlModifier);
  press(Qt::Key_Z, Qt::ControlModifier);
  press(Qt::Key_Z, Qt::ControlModifier);
  ASSERT_TRUE(shows(raised(0.8)));
  exponent.setFocus();
  QTest::keyClick(&exponent, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_TRUE(shows(raised(2.0)));
  EXPECT_EQ(exponent.value(), 2.0);
}

TEST_F(RecipeEditorTest, FiltersAreMovedAndRemovedAndTheLastStaysLast) {
  add("gamma");
  editor().setParameter(0, "gamma", 2.0);
  add("median");  // a picture of one grey stays as it is
  ASSERT_TRUE(shows(raised(2.0)));
  EXPECT_EQ(in<QListWidget>("steps").count(), 2);
  press(Qt::Key_Up, Qt::AltModifier);
  EXPECT_EQ(in<QListWidget>("steps").item(0)->text(), QStringLiteral("Median"));
  EXPECT_EQ(in<QListWidget>("steps").currentRow(), 0);
  press(Qt::Key_Delete, Qt::ControlModifier);
  ASSERT_TRUE(shows(raised(2.0)));
  add("z-score");
  ASSERT_TRUE(shows(128));  // no deviation from the mean: the middle of the scale
  add("gamma");             // goes before the z-score, which has to be the last
  EXPECT_EQ(editor().written().steps.back().filter, "z-score");
  press(Qt::Key_Down, Qt::AltModifier);
  EXPECT_TRUE(in<QLabel>("problem").text().contains(QStringLiteral("last step")));
  EXPECT_FALSE(button("save").isEnabled());
}

// Oracle: the same canvas with no recipe at all, and with the recipe and no divider.
TEST_F(RecipeEditorTest, LeftOfTheDividerIsExactlyTheOriginal) {
  const QImage original = drawn();
  add("gamma");
  editor().setParameter(0, "gamma", 2.0);
  ASSERT_TRUE(shows(raised(2.0)));
  ASSERT_TRUE(canvas().comparing());
  const QRect seen = (canvas().view().pictureRect() & QRectF(canvas().rect())).toAlignedRect();
  const QPoint divider(canvas().dividerX(), seen.center().y());
  const QPoint elsewhere(seen.left() + seen.width() / 4, divider.y());
  QTest::mousePress(&canvas(), Qt::LeftButton, {}, divider);
  QTest::mouseMove(&canvas(), elsewhere);
  QTest::mouseRelease(&canvas(), Qt::LeftButton, {}, elsewhere);
  EXPECT_NEAR(canvas().dividerX(), elsewhere.x(), 1);
  const QImage wiped = drawn();
  press(Qt::Key_W);
  EXPECT_FALSE(canvas().comparing());
  const QImage enhanced = drawn();
  const int y = seen.top() + seen.height() * 3 / 4;  // clear of handle, labels and corner texts
  int left = 0, right = 0;
  for (int x = seen.left() + 4; x < seen.right() - 4; ++x) {
    if (std::abs(x - elsewhere.x()) <= 3) continue;
    const bool is_left = x < elsewhere.x();
    EXPECT_EQ(wiped.pixel(x, y), (is_left ? original : enhanced).pixel(x, y)) << x;
    EXPECT_NE(original.pixel(x, y), enhanced.pixel(x, y)) << x;
    ++(is_left ? left : right);
  }
  EXPECT_GT(left, 50);
  EXPECT_GT(right, 50);
}

TEST_F(RecipeEditorTest, ABuiltInThatIsChangedBecomesACopyThatCanBeSaved) {
  auto& choose = in<QComboBox>("choose");
  choose.setFocus();
  QTest::keyClick(&choose, Qt::Key_Down);
  ASSERT_EQ(editor().written().name, "speckle-contrast");
  EXPECT_FALSE(button("remove").isEnabled());
  in<QDoubleSpinBox>("parameter-iterations").setValue(20);
  EXPECT_EQ(in<QLineEdit>("name").text(), QStringLiteral("speckle-contrast 2"));
  EXPECT_EQ(in<QLabel>("state").text(), QStringLiteral("not saved"));
  write("name", "CLAHE");
  write("name", "speckle-contrast");
  EXPECT_TRUE(in<QLabel>("problem").text().contains(QStringLiteral("comes with the program")));
  EXPECT_FALSE(button("save").isEnabled());
  write("name", "seen 2024-01-05");
  EXPECT_TRUE(in<QLabel>("problem").text().contains(QStringLiteral("a date")));
  write("name", "a/b");
  EXPECT_TRUE(in<QLabel>("problem").text().contains(QStringLiteral("can have none of")));
  write("name", "smoother");
  EXPECT_FALSE(in<QLabel>("problem").isVisible());
  click("save");
  const enhance::Recipe saved = enhance::findRecipe("smoother");
  EXPECT_EQ(saved.steps[0].parameters.at("iterations"), 20.0);
  EXPECT_EQ(saved.version, 1);
  EXPECT_TRUE(
      in<QLabel>("state").text().contains(QString::fromStdString(enhance::hashOf(saved)).left(8)));
  in<QDoubleSpinBox>("parameter-iterations").setValue(21);
  click("save");
  EXPECT_EQ(enhance::findRecipe("smoother").version, 2);
  // What came before the first save is a change of what was saved, not another recipe of its name.
  while (editor().written().steps[0].parameters.at("iterations") != 20.0) {
    editor().undoStack().undo();
  }
  EXPECT_EQ(editor().problem(), QString());
}

TEST_F(RecipeEditorTest, SavedByItsKeyItTakesTheNameThatIsBeingTyped) {
  enhance::saveOwnRecipe({"mine", 1, "", {{"gamma", {{"gamma", 2.0}}}}});
  press(Qt::Key_R);
  press(Qt::Key_R);
  auto& choose = in<QComboBox>("choose");
  choose.setFocus();
  QTest::keyClicks(&choose, "mine");
  click("duplicate");
  auto& name = in<QLineEdit>("name");
  name.setFocus();
  name.selectAll();
  QTest::keyClicks(&name, "other");
  in<QDoubleSpinBox>("parameter-gamma").setValue(3.0);
  EXPECT_EQ(name.text(), QStringLiteral("other"));
  EXPECT_TRUE(button("save").isEnabled());
  QTest::keyClick(&name, Qt::Key_S, Qt::ControlModifier);
  EXPECT_EQ(enhance::findRecipe("other").steps[0].parameters.at("gamma"), 3.0);
  EXPECT_EQ(enhance::findRecipe("mine").steps[0].parameters.at("gamma"), 2.0);
  EXPECT_FALSE(button("save").isEnabled());
}

TEST_F(RecipeEditorTest, DuplicatesAndDeletesAfterAskingOnce) {
  enhance::saveOwnRecipe({"mine", 1, "", {{"gamma", {{"gamma", 2.0}}}}});
  press(Qt::Key_R);
  EXPECT_FALSE(panel().isVisible());
  press(Qt::Key_R);  // reads again what others saved
  auto& choose = in<QComboBox>("choose");
  choose.setFocus();
  QTest::keyClicks(&choose, "mine");
  ASSERT_TRUE(shows(raised(2.0)));
  click("duplicate");
  EXPECT_EQ(in<QLineEdit>("name").text(), QStringLiteral("mine 2"));
  click("save");
  EXPECT_EQ(enhance::ownRecipes().recipes.size(), 2U);
  click("remove");
  QWidget* question = QApplication::activeModalWidget();
  ASSERT_NE(question, nullptr);
  QTest::mouseClick(question->findChild<QAbstractButton*>("back"), Qt::LeftButton);
  EXPECT_EQ(enhance::ownRecipes().recipes.size(), 2U);
  click("remove");
  question = QApplication::activeModalWidget();
  ASSERT_NE(question, nullptr);
  QTest::mouseClick(question->findChild<QAbstractButton*>("confirm"), Qt::LeftButton);
  ASSERT_EQ(enhance::ownRecipes().recipes.size(), 1U);
  EXPECT_EQ(enhance::ownRecipes().recipes[0].name, "mine");
  ASSERT_TRUE(shows(kStored));
}

TEST_F(RecipeEditorTest, AppliedItIsAClipThatSaysHowItWasMade) {
  add("gamma");
  write("name", "darker");
  editor().setParameter(0, "gamma", 2.0);
  std::string made;
  QObject::connect(&window.session().jobs(), &JobRunner::ended,
                   [&](const JobOutcome& outcome) { made = outcome.result.clip_id.toStdString(); });
  click("apply");
  ASSERT_TRUE(waitFor(&window.session().jobs(), &JobRunner::idle, [&] { return !made.empty(); }));
  EXPECT_EQ(enhance::findRecipe("darker").steps[0].parameters.at("gamma"), 2.0);
  const auto store = store::Store::open(folder / "store");
  EXPECT_EQ(store.lineage(made).recipe_json, enhance::toJson(enhance::findRecipe("darker")));
  EXPECT_EQ(store.clip(made).pixels->frame(kFrame).samples<std::uint8_t>()[0], raised(2.0));
}
}  // namespace
}  // namespace sonotwin::workstation
