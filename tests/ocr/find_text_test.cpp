// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/ocr/find_text.h"

#include <gtest/gtest.h>

#include <QFont>
#include <QImage>
#include <QPainter>
#include <algorithm>
#include <array>

#include "sonotwin/base/error.h"
#include "sonotwin/phantom/virtual_patient.h"

namespace sonotwin::ocr {
namespace {
constexpr std::array kNames = {
    "MUELLER, ANNA", "O'Brien Patrick", "GARCIA^MARIA", "Nguyen Thi Hoa",
    "KOWALSKI JAN",  "St. Anna Clinic", "1957-08-23",   "ID 4711-0815",
    "Yamada Taro",   "SMITH JOHN",      "12.03.2019",   "Dr. Weber",
    "HOSPITAL WEST", "Petrova Olga",    "MRN 99120456", "Accession A77213"};

// Frames of a virtual patient's sweep: real speckle, moving.
std::vector<media::Image> tissue(int frames) {
  phantom::ScanOptions options;
  options.frames = frames;
  const auto patient = phantom::VirtualPatient::make("abdomen", 5);
  const phantom::SimulatedSweep sweep = phantom::scan(patient, options, 5, {});
  std::vector<media::Image> images;
  for (int i = 0; i < frames; ++i) images.push_back(sweep.clip.pixels->frame(i));
  return images;
}

struct Printed {
  media::Image image;
  media::PixelRectangle box;
};

Printed print(const media::Image& background, const char* words, int size_px, int x, int y,
              QColor colour) {
  QImage picture(background.cols, background.rows, QImage::Format_RGB888);
  const auto gray = background.samples<std::uint8_t>();
  for (int row = 0; row < background.rows; ++row) {
    for (int col = 0; col < background.cols; ++col) {
      const int value = gray[static_cast<std::size_t>(row * background.cols + col)];
      picture.setPixel(col, row, qRgb(value, value, value));
    }
  }
  QPainter painter(&picture);
  QFont font("Inter");
  font.setPixelSize(size_px);
  painter.setFont(font);
  painter.setPen(colour);
  QRect bounds;
  painter.drawText(QRect(x, y, 400, 60), Qt::AlignLeft | Qt::AlignTop, words, &bounds);
  painter.end();
  Printed printed{media::Image(background.rows, background.cols, 3),
                  {bounds.left(), bounds.top(), bounds.right() + 1, bounds.bottom() + 1}};
  const auto out = printed.image.samples<std::uint8_t>();
  for (int row = 0; row < background.rows; ++row) {
    std::copy_n(picture.constScanLine(row), 3 * background.cols,
                out.data() + static_cast<std::ptrdiff_t>(row) * 3 * background.cols);
  }
  return printed;
}

double coveredShare(const media::PixelRectangle& box, const std::vector<FoundText>& found) {
  int covered = 0;
  for (int row = box.y0; row < box.y1; ++row) {
    for (int col = box.x0; col < box.x1; ++col) {
      covered += std::ranges::any_of(found, [&](const FoundText& text) {
        return col >= text.box.x0 && col < text.box.x1 && row >= text.box.y0 && row < text.box.y1;
      });
    }
  }
  return static_cast<double>(covered) / ((box.x1 - box.x0) * (box.y1 - box.y0));
}

constexpr media::PixelRectangle kAll{0, 0, 640, 480};

media::Clip clipOf(std::vector<media::Image> frames) {
  media::Clip clip;
  clip.info.frame_count = static_cast<int>(frames.size());
  clip.info.rows = frames.front().rows;
  clip.info.cols = frames.front().cols;
  clip.info.channels = frames.front().channels;
  clip.frames.resize(frames.size());
  clip.pixels = std::make_shared<media::MemoryFrames>(std::move(frames));
  return clip;
}

// On the black rim of a screen, where names stand, nothing may be missed.
TEST(FindText, FindsNamesDatesAndNumbersOnBlack) {
  const TextFinder finder;
  const std::array colours = {QColor(Qt::white), QColor(255, 200, 0), QColor(90, 160, 255)};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const Printed printed =
        print(media::Image(480, 640), kNames[i], 10 + static_cast<int>(i % 3) * 4,
              40 + 20 * static_cast<int>(i % 5), 30 + 25 * static_cast<int>(i),
              colours[i % colours.size()]);
    EXPECT_GT(coveredShare(printed.box, finder.find(printed.image, kAll)), 0.6) << kNames[i];
  }
}

// Over moving speckle the words of a clip stand still, which is what finds them.
TEST(FindText, FindsWordsOverTissue) {
  const TextFinder finder;
  const std::vector<media::Image> backgrounds = tissue(5);
  for (const char* const name : {"MUELLER, ANNA", "1957-08-23"}) {
    std::vector<media::Image> frames;
    media::PixelRectangle box;
    for (const media::Image& background : backgrounds) {
      Printed printed = print(background, name, 14, 110, 150, Qt::white);
      box = printed.box;
      frames.push_back(std::move(printed.image));
    }
    EXPECT_GT(coveredShare(box, finder.find(clipOf(std::move(frames)), {}, {})), 0.6) << name;
  }
}

// A name may come and go within a clip.
TEST(FindText, FindsANameThatIsOnOneFrameOnly) {
  const TextFinder finder;
  std::vector<media::Image> frames = tissue(24);
  EXPECT_TRUE(finder.find(clipOf(frames), {}, {}).empty());
  for (media::Image& frame : frames) frame = print(frame, "", 14, 0, 0, Qt::white).image;
  const Printed printed =
      print(media::toGray8(frames[9]), "MUELLER, ANNA", 20, 110, 150, Qt::white);
  frames[9] = printed.image;
  EXPECT_GT(coveredShare(printed.box, finder.find(clipOf(std::move(frames)), {}, {})), 0.6);
}

/// A gentle ramp, as tissue smoothed by a filter is.
media::Image ramp() {
  media::Image image(480, 640);
  const auto levels = image.samples<std::uint8_t>();
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i] = static_cast<std::uint8_t>(80 + i % 640 / 16);
  }
  return image;
}

media::Image turned(const media::Image& image) {
  media::Image result(image.cols, image.rows, image.channels);
  const auto channels = static_cast<std::size_t>(image.channels);
  const auto rows = static_cast<std::size_t>(image.rows);
  const auto cols = static_cast<std::size_t>(image.cols);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t col = 0; col < cols; ++col) {
      std::copy_n(image.samples<std::uint8_t>().data() + (row * cols + col) * channels, channels,
                  result.samples<std::uint8_t>().data() + (col * rows + rows - 1 - row) * channels);
    }
  }
  return result;
}

// Dim print on a ramp, lighter and darker than it, any side up.
TEST(FindText, FindsDimWordsAnySideUp) {
  const TextFinder finder;
  for (const int level : {50, 160}) {
    Printed printed = print(ramp(), "MUELLER, ANNA", 16, 200, 150, QColor(level, level, level));
    for (int quarter = 0; quarter < 4; ++quarter) {
      const media::PixelRectangle all{0, 0, printed.image.cols, printed.image.rows};
      EXPECT_GT(coveredShare(printed.box, finder.find(printed.image, all)), 0.6)
          << level << " turned " << quarter;
      const int rows = printed.image.rows;
      const media::PixelRectangle box = printed.box;
      printed = {turned(printed.image), {rows - box.y1, box.x0, rows - box.y0, box.x1}};
    }
  }
}

// Red print on green of the same brightness.
TEST(FindText, FindsWordsByColourAlone) {
  media::Image green(480, 640);
  Printed printed = print(green, "KOWALSKI JAN", 18, 200, 150, QColor(200, 0, 0));
  const auto pixels = printed.image.samples<std::uint8_t>();
  for (std::size_t i = 0; i < pixels.size(); i += 3) {
    pixels[i] = pixels[i] > 100 ? 200 : 0;  // soft edges would be darker than both
    pixels[i + 1] = static_cast<std::uint8_t>(200 - pixels[i]);
  }
  EXPECT_GT(coveredShare(printed.box, TextFinder().find(printed.image, kAll)), 0.6);
}

// What is outside is blanked, so half a name inside would be all that a person gets to see.
TEST(FindText, BoxesAWordThatReachesIntoAnAreaWhole) {
  const Printed printed = print(ramp(), "MUELLER ANNA", 16, 200, 150, Qt::white);
  const auto& box = printed.box;
  const media::PixelRectangle below{0, (box.y0 + box.y1) / 2, 640, 480};
  const media::PixelRectangle beside{0, 0, box.x1 - 12, 480};
  const TextFinder finder;
  for (const media::PixelRectangle& area : {below, beside}) {
    EXPECT_GT(coveredShare(box, finder.find(printed.image, area)), 0.8);
  }
}

TEST(FindText, TakesNoSpeckleForWords) {
  const TextFinder finder;
  for (const media::Image& frame : tissue(5)) EXPECT_TRUE(finder.find(frame, kAll).empty());
}

TEST(FindText, LooksOnlyWhereItIsTold) {
  const Printed printed = print(media::Image(480, 640), "MUELLER ANNA", 16, 40, 30, Qt::white);
  const std::array below = {media::PixelRectangle{0, 100, 640, 480}};
  const TextFinder finder;
  const media::Clip clip = clipOf({printed.image});
  EXPECT_TRUE(finder.find(clip, below, {}).empty());
  const auto found = finder.find(clip, {}, {});
  ASSERT_FALSE(found.empty());
  for (const FoundText& text : found) {
    EXPECT_GE(text.box.x0, printed.box.x0 - 6);
    EXPECT_LE(text.box.y1, printed.box.y1 + 6);
  }
}

TEST(FindText, IsNotSureOfAnythingInTissue) {
  for (const FoundText& text : TextFinder().find(clipOf(tissue(3)), {}, {})) {
    EXPECT_LT(text.confidence, 0.85);
  }
}

TEST(FindText, TakesEveryTypeAndSize) {
  const TextFinder finder;
  for (const auto type :
       {media::PixelType::kUint8, media::PixelType::kUint16, media::PixelType::kFloat32}) {
    EXPECT_TRUE(finder.find(media::Image(40, 30, 1, type), {0, 0, 30, 40}).empty());
  }
  EXPECT_TRUE(finder.find(media::Image(1, 1), {0, 0, 1, 1}).empty());
  EXPECT_TRUE(finder.find(media::Image(40, 30), {-5, -5, 500, 500}).empty());
  EXPECT_TRUE(finder.find(media::Image(40, 30), {20, 20, 10, 10}).empty());
}

TEST(FindText, StopsWhenToldTo) {
  std::stop_source stop;
  stop.request_stop();
  const media::Clip clip = clipOf({media::Image(40, 30)});
  EXPECT_THROW(std::ignore = TextFinder().find(clip, {}, Progress({}, stop.get_token())), Error);
}
}  // namespace
}  // namespace sonotwin::ocr
