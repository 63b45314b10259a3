// SPDX-License-Identifier: Apache-2.0
#include "presenters/picture.h"

#include <gtest/gtest.h>

#include <cmath>

#include "presenters/calipers.h"
#include "presenters/picture_view.h"
#include "presenters/words.h"
#include "synthetic_store.h"
#include "theme/theme.h"
#include "theme/tokens.h"
#include "widgets/plot_strip.h"

namespace sonotwin::workstation {
namespace {
using testing::makeMask;

// Oracle: Green's theorem over the loose segments gives the enclosed area only if each segment
// runs the same way round. Halfway contours cut 1/8 pixel off each of a rectangle's four corners.
TEST(MaskOutline, EnclosesTheLabel) {
  const media::ClipMask mask = makeMask();
  double area_px = 0.0;
  for (const QLineF& line : maskOutline(mask.frames[0], 1)) {
    area_px += 0.5 * (line.x1() * line.y2() - line.x2() * line.y1());
  }
  EXPECT_NEAR(std::abs(area_px), 20.0 * 10.0 - 4.0 / 8.0, 1e-9);
  EXPECT_TRUE(maskOutline(mask.frames[0], 2).isEmpty());
}

// Oracle: a contour is closed where every point is the end of exactly as many segments as begin
// there, also where a label touches the border and where two pixels meet at a corner.
TEST(MaskOutline, IsClosedAtBordersAndCorners) {
  media::FrameMask mask{0, 4, 4, std::vector<std::uint8_t>(16, 0), 1.0F};
  for (const int pixel : {0, 3, 5, 10, 12, 15}) mask.labels[std::size_t(pixel)] = 1;
  std::map<std::pair<double, double>, int> ends;
  for (const QLineF& line : maskOutline(mask, 1)) {
    ++ends[{line.x1(), line.y1()}];
    --ends[{line.x2(), line.y2()}];
  }
  EXPECT_FALSE(ends.empty());
  for (const auto& [point, balance] : ends) EXPECT_EQ(balance, 0) << point.first << point.second;
}

TEST(MaskFill, HasTheLabelsColourAndOpacity) {
  const media::ClipMask mask = makeMask();
  const QImage fill = maskFill(mask.frames[0], 0.4).convertToFormat(QImage::Format_ARGB32);
  const auto [r, g, b] = media::labelColour(1);
  EXPECT_EQ(fill.pixel(10, 5), qRgba(r, g, b, 102));
  EXPECT_EQ(qAlpha(fill.pixel(9, 5)), 0);
  EXPECT_EQ(labelAreas_px(mask.frames[0]).at(1), 200);
}

TEST(WindowLevel, SpreadsItsGreysFromBlackToWhite) {
  media::Image ramp(1, 256);
  for (int i = 0; i < 256; ++i) ramp.samples<std::uint8_t>()[std::size_t(i)] = std::uint8_t(i);
  const QImage shown = toQImage(ramp, {.window = 100.0, .level = 120.0});
  EXPECT_EQ(qGray(shown.pixel(70, 0)), 0);
  EXPECT_EQ(qGray(shown.pixel(120, 0)), 128);
  EXPECT_EQ(qGray(shown.pixel(170, 0)), 255);
  EXPECT_EQ(qGray(toQImage(ramp).pixel(77, 0)), 77);
}

TEST(PictureView, ZoomKeepsThePointUnderThePointer) {
  PictureView view;
  view.setWidget({800, 600});
  view.setPicture({64, 48}, 0.5);
  const QPointF pointer(300, 280);
  const QPointF before = view.toPicture(pointer);
  view.zoomAt(pointer, 1.7);
  view.zoomAt(pointer, 1.3);
  EXPECT_NEAR(view.toPicture(pointer).x(), before.x(), 1e-9);
  EXPECT_NEAR(view.toPicture(pointer).y(), before.y(), 1e-9);
  EXPECT_FALSE(view.fitted());
}

TEST(PictureView, FitsByThePixelsOwnShape) {
  PictureView view;
  view.setPicture({100, 100}, 2.0);  // 100 wide, 200 tall on screen
  view.setWidget({400, 400});
  EXPECT_EQ(view.pictureRect(), QRectF(100, 0, 200, 400));
  EXPECT_EQ(view.toPicture({101, 2}), QPointF(0, 0));  // centre of the first pixel
}

TEST(PictureView, LeavesRoomForATitleAndTheBorder) {
  PictureView view;
  view.setRoom(30.0, 10.0);
  view.setWidget({200, 130});
  view.setPicture({100, 100}, 1.0);
  EXPECT_EQ(view.pictureRect(), QRectF(55, 30, 90, 90));
  view.setPicture({400, 100}, 1.0);  // as wide as the widget: in the middle of what is left
  EXPECT_EQ(view.pictureRect(), QRectF(0, 50, 200, 50));
}

// The numbers of an axis enclose whatever is drawn, in few round steps.
TEST(PlotStrip, NothingIsDrawnBeyondTheOuterNumbers) {
  PlotStrip plot;
  plot.setSamples({}, std::nullopt);
  EXPECT_TRUE(plot.numbers().empty());
  for (const double most : {0.02, 4.1, 5.0, 9.0, 29.7, 301.0}) {
    for (const double least : {0.0, -0.3 * most}) {
      plot.setSamples({{0.0, least}, {1.0, most}}, 0.5 * most);
      const std::vector<double> numbers = plot.numbers();
      ASSERT_GE(numbers.size(), 3U);
      EXPECT_LE(numbers.size(), 7U) << most;
      EXPECT_LE(numbers.front(), least + 1e-9);
      EXPECT_GE(numbers.back(), most - 1e-9);
      EXPECT_LT(numbers[numbers.size() - 2], most) << "an empty step";
    }
  }
}

TEST(Words, LabelsBeginLarge) {
  EXPECT_EQ(words::label("kidney"), QStringLiteral("Kidney"));
  EXPECT_EQ(words::label("LV cavity"), QStringLiteral("LV cavity"));
  EXPECT_EQ(words::label(""), QString());
}

TEST(PictureView, CannotLoseThePicture) {
  PictureView view;
  view.setWidget({400, 400});
  view.setPicture({100, 100}, 1.0);
  view.pan({9000, -9000});
  EXPECT_TRUE(view.pictureRect().intersects(QRectF(0, 0, 400, 400)));
}

// Oracle: legs of 3 and 4 mm on pixels that are not square.
TEST(Caliper, MeasuresInMillimetres) {
  const Caliper caliper{0, {10, 10}, {10 + 3.0 / 0.5, 10 + 4.0 / 0.25}};
  EXPECT_NEAR(length_mm(caliper, {0.5, 0.25}), 5.0, 1e-12);
  EXPECT_EQ(lengthText(caliper, std::array{0.5, 0.25}), "5.0 mm");
  EXPECT_EQ(lengthText({0, {0, 0}, {30, 40}}, std::nullopt), "50 px");
}

TEST(Calipers, UndoTheirEdits) {
  Calipers calipers;
  const Caliper first{2, {0, 0}, {3, 4}};
  calipers.add(first);
  calipers.replace(0, {2, {0, 0}, {6, 8}});
  calipers.remove(0);
  EXPECT_TRUE(calipers.all().empty());
  calipers.undoStack().undo();
  EXPECT_EQ(calipers.all().at(0).b, QPointF(6, 8));
  calipers.undoStack().undo();
  EXPECT_EQ(calipers.all().at(0), first);
}

// Oracle: WCAG 2.1 gives 21 for black on white; INTERFACE asks 4.5 for text, 3 for captions.
TEST(Theme, TextCanBeRead) {
  EXPECT_NEAR(theme::contrast(0xFF000000, 0xFFFFFFFF), 21.0, 1e-9);
  for (const QRgb ground : {tokens::kGround, tokens::kPanel, tokens::kRaised, tokens::kControl}) {
    EXPECT_GE(theme::contrast(tokens::kText, ground), 4.5);
    EXPECT_GE(theme::contrast(tokens::kSecondary, ground), 4.5);
    EXPECT_GE(theme::contrast(tokens::kFaint, ground), 3.0);
  }
  EXPECT_GE(theme::contrast(tokens::kGround, tokens::kAccent), 4.5);
  EXPECT_GE(theme::contrast(tokens::kAccent, tokens::kAccentBadge), 4.5);
  EXPECT_FALSE(theme::styleSheet().contains(QLatin1Char('@')) &&
               theme::styleSheet().section(QStringLiteral("*/"), 1).contains(QLatin1Char('@')));
}
}  // namespace
}  // namespace sonotwin::workstation
