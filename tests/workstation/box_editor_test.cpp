// SPDX-License-Identifier: Apache-2.0
#include "presenters/box_editor.h"

#include <gtest/gtest.h>

namespace sonotwin::workstation {
namespace {
using media::PixelRectangle;
constexpr QSizeF kReach(2.0, 2.0);

class BoxEditorTest : public ::testing::Test {
 protected:
  BoxEditorTest() { boxes.setAll({64, 48}, {{10, 10, 30, 20}}); }
  void drag(QPointF from, QPointF to, bool draw = false) {
    boxes.beginDrag(from, kReach, draw);
    boxes.moveDrag((from + to) / 2.0);
    boxes.moveDrag(to);
    boxes.endDrag();
  }
  [[nodiscard]] PixelRectangle box(int index) const { return boxes.all().at(std::size_t(index)); }

  BoxEditor boxes;
};

// Oracle: a box covers every pixel from the one under the first point to the one under the last.
TEST_F(BoxEditorTest, ADragOnEmptyGroundDrawsABoxOverThePixelsUnderIt) {
  drag({40.4, 29.6}, {49.6, 35.2});
  ASSERT_EQ(boxes.all().size(), 2U);
  EXPECT_EQ(box(1), (PixelRectangle{40, 30, 51, 36}));
  EXPECT_EQ(boxes.selected(), 1);
  drag({63, 47}, {55, 40});  // from the other corner
  EXPECT_EQ(box(2), (PixelRectangle{55, 40, 64, 48}));
}

TEST_F(BoxEditorTest, ABoxEndsAtThePicture) {
  drag({50, 40}, {500, 400});
  EXPECT_EQ(box(1), (PixelRectangle{50, 40, 64, 48}));
  drag({70, 10}, {90, 20});  // beside it
  EXPECT_EQ(boxes.all().size(), 2U);
  drag({20, 15}, {-100, 15});
  EXPECT_EQ(box(0), (PixelRectangle{0, 10, 20, 20}));
}

TEST_F(BoxEditorTest, AClickSelectsAndChangesNothing) {
  drag({20, 15}, {20.5, 15.5});
  EXPECT_EQ(boxes.selected(), 0);
  drag({50, 40}, {50.5, 40.5});
  EXPECT_EQ(boxes.selected(), -1);
  EXPECT_EQ(boxes.all().size(), 1U);
  EXPECT_EQ(boxes.undoStack().count(), 0);
}

TEST_F(BoxEditorTest, ADragOnABoxMovesIt) {
  drag({20, 15}, {26, 11});
  EXPECT_EQ(box(0), (PixelRectangle{16, 6, 36, 16}));
}

TEST_F(BoxEditorTest, EdgesAndCornersOfTheSelectedBoxResizeIt) {
  boxes.select(0);
  drag({29.5, 15}, {35.5, 40});  // right edge: the column alone
  EXPECT_EQ(box(0), (PixelRectangle{10, 10, 36, 20}));
  drag({9.5, 9.5}, {5.5, 4.5});  // upper left corner
  EXPECT_EQ(box(0), (PixelRectangle{6, 5, 36, 20}));
  drag({20, 19.5}, {20, -30});  // lower edge beyond the upper one
  EXPECT_EQ(box(0), (PixelRectangle{6, 5, 36, 6}));
}

TEST_F(BoxEditorTest, HoldsTheSelectedBoxByItsEdgesAndOthersWhole) {
  EXPECT_EQ(boxes.holdAt({29, 15}, kReach), (Hold{0, 0, 0}));
  EXPECT_EQ(boxes.holdAt({31, 15}, kReach), Hold());
  boxes.select(0);
  EXPECT_EQ(boxes.holdAt({29, 15}, kReach), (Hold{0, 1, 0}));
  EXPECT_EQ(boxes.holdAt({31, 21}, kReach), (Hold{0, 1, 1}));
  EXPECT_EQ(boxes.holdAt({9, 9}, kReach), (Hold{0, -1, -1}));
  EXPECT_EQ(boxes.holdAt({20, 15}, kReach), (Hold{0, 0, 0}));
  EXPECT_EQ(boxes.holdAt({20, 24}, kReach), Hold());
}

TEST_F(BoxEditorTest, TheSmallerOfTwoBoxesIsReachedInsideTheOther) {
  boxes.setAll({64, 48}, {{15, 12, 20, 15}, {10, 10, 30, 20}});
  EXPECT_EQ(boxes.holdAt({17, 13}, kReach).box, 0);
  EXPECT_EQ(boxes.holdAt({25, 13}, kReach).box, 1);
  drag({17, 13}, {24, 18}, true);  // draws over both
  EXPECT_EQ(box(2), (PixelRectangle{17, 13, 25, 19}));
}

TEST_F(BoxEditorTest, EveryChangeIsUndoneAndRedone) {
  const Boxes first = boxes.all();
  drag({40, 30}, {50, 36});
  const Boxes drawn = boxes.all();
  drag({45, 33}, {47, 38});
  const Boxes changed = boxes.all();
  boxes.removeSelected();
  EXPECT_EQ(boxes.all(), first);
  for (const Boxes& expected : {changed, drawn, first}) {
    boxes.undoStack().undo();
    EXPECT_EQ(boxes.all(), expected);
  }
  for (const Boxes& expected : {drawn, changed, first}) {
    boxes.undoStack().redo();
    EXPECT_EQ(boxes.all(), expected);
  }
}

TEST_F(BoxEditorTest, StepsOfAKeyAreOneChange) {
  boxes.select(0);
  for (int i = 0; i < 5; ++i) boxes.moveSelected(1, 0);
  EXPECT_EQ(box(0), (PixelRectangle{15, 10, 35, 20}));
  for (int i = 0; i < 100; ++i) boxes.moveSelected(0, -1);
  EXPECT_EQ(box(0), (PixelRectangle{15, 0, 35, 10}));
  boxes.undoStack().undo();
  EXPECT_EQ(box(0), (PixelRectangle{10, 10, 30, 20}));
}

TEST_F(BoxEditorTest, KeysMakeChooseAndResizeBoxes) {
  boxes.addInMiddle();
  EXPECT_EQ(boxes.selected(), 1);
  const PixelRectangle made = box(1);
  EXPECT_NEAR((made.x0 + made.x1) / 2.0, 32.0, 0.5);
  EXPECT_NEAR((made.y0 + made.y1) / 2.0, 24.0, 0.5);
  boxes.growSelected(3, -2);
  EXPECT_EQ(box(1), (PixelRectangle{made.x0, made.y0, made.x1 + 3, made.y1 - 2}));
  boxes.selectNext(1);
  EXPECT_EQ(boxes.selected(), 0);
  boxes.selectNext(-1);
  EXPECT_EQ(boxes.selected(), 1);
  boxes.select(-1);
  boxes.selectNext(-1);
  EXPECT_EQ(boxes.selected(), 1);
}

TEST_F(BoxEditorTest, AllAreRemovedAndComeBack) {
  drag({40, 30}, {50, 36});
  const Boxes before = boxes.all();
  boxes.removeAll();
  EXPECT_TRUE(boxes.all().empty());
  EXPECT_EQ(boxes.selected(), -1);
  boxes.undoStack().undo();
  EXPECT_EQ(boxes.all(), before);
}

TEST_F(BoxEditorTest, ADragThatIsGivenUpLeavesNoTrace) {
  boxes.beginDrag({40, 30}, kReach);
  boxes.moveDrag({50, 36});
  EXPECT_EQ(boxes.all().size(), 2U);
  boxes.cancelDrag();
  EXPECT_EQ(boxes.all().size(), 1U);
  EXPECT_EQ(boxes.selected(), -1);
  boxes.moveDrag({55, 40});
  boxes.endDrag();
  EXPECT_EQ(boxes.all().size(), 1U);
  EXPECT_EQ(boxes.undoStack().count(), 0);
}

TEST_F(BoxEditorTest, BoxesOfAnotherPictureAreCutToItAndCannotBeUndone) {
  drag({40, 30}, {50, 36});
  boxes.setAll({20, 20}, {{15, 15, 30, 30}, {25, 0, 30, 5}});
  ASSERT_EQ(boxes.all().size(), 1U);
  EXPECT_EQ(box(0), (PixelRectangle{15, 15, 20, 20}));
  EXPECT_FALSE(boxes.undoStack().canUndo());
}
}  // namespace
}  // namespace sonotwin::workstation
