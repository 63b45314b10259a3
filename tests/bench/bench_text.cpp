// SPDX-License-Identifier: Apache-2.0
// What the search for burned-in text finds, what it takes for text in clean pictures, and what a
// picture costs. Words of random fonts, sizes, levels and places are drawn over backgrounds of many
// kinds; every seed gives other pictures.
//
//   bench_text [SEED [PICTURES]]     of each row (default: 1, 50)
//   bench_text --pictures FOLDER     names the pictures there that would wait, with the boxes
#include <QFont>
#include <QFontMetrics>
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "sonotwin/media/image_io.h"
#include "sonotwin/ocr/find_text.h"
#include "sonotwin/phantom/virtual_patient.h"

namespace {
namespace fs = std::filesystem;
using namespace sonotwin;
using Random = std::mt19937;

constexpr int kRows = 480, kCols = 640;
constexpr double kFound = 0.6;  // of a word's ink, under boxes
constexpr std::array kFonts = {"Inter",        "DejaVu Sans", "DejaVu Sans Mono", "Nimbus Sans",
                               "Nimbus Roman", "URW Gothic",  "Noto Sans Mono",   "DejaVu Serif"};
constexpr std::array kNames = {"MUELLER",      "Anna Kowalski", "GARCIA^MARIA", "Nguyen Thi Hoa",
                               "O'Brien",      "Yamada Taro",   "SMITH JOHN",   "Petrova Olga",
                               "WEBER, KARL",  "Lindqvist",     "ROSSI",        "Haddad Samir",
                               "FISCHER EVA",  "da Silva",      "CHEN WEI",     "Johansson",
                               "MRN 99120456", "1957-08-23",    "Dubois",       "IVANOV"};

double uniform(Random& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}
int whole(Random& random, int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(random);
}

media::Image grey(const std::function<double(int col, int row)>& level) {
  media::Image image(kRows, kCols);
  const auto out = image.samples<std::uint8_t>();
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) {
      out[static_cast<std::size_t>(row * kCols + col)] =
          static_cast<std::uint8_t>(std::clamp(std::lround(level(col, row)), 0L, 255L));
    }
  }
  return image;
}

media::Image ramp(Random& random) {
  const double angle = uniform(random, 0.0, 6.28), steepness = uniform(random, 0.0, 0.12);
  const double base = uniform(random, 60.0, 190.0), waves = uniform(random, 0.0, 15.0);
  const double period = uniform(random, 60.0, 200.0), phase = uniform(random, 0.0, 6.28);
  return grey([&](int col, int row) {
    const double along = (col - 320) * std::cos(angle) + (row - 240) * std::sin(angle);
    return base + steepness * along + waves * std::sin(phase + 6.28 * along / period);
  });
}

/// Fully developed speckle: two fields of normal noise as smooth as the grain is wide, their
/// amplitude log-compressed.
media::Image speckle(Random& random, double grain_px) {
  std::normal_distribution<float> normal;
  const int reach = static_cast<int>(std::ceil(3.0 * grain_px));
  const double stretch = uniform(random, 1.0, 2.0);  // grains are wider than deep
  const auto blurred = [&](double sigma_x, double sigma_y) {
    std::vector<float> field(std::size_t{kRows} * kCols), other(field.size());
    for (float& value : field) value = normal(random);
    const auto blur = [&](const std::vector<float>& from, std::vector<float>& to, double sigma,
                          int step_x, int step_y) {
      std::vector<float> weights;
      for (int k = -2 * reach; k <= 2 * reach; ++k) {
        weights.push_back(static_cast<float>(std::exp(-0.5 * k * k / (sigma * sigma)) / sigma));
      }
      for (int row = 0; row < kRows; ++row) {
        for (int col = 0; col < kCols; ++col) {
          float sum = 0.0F;
          for (int k = 0; k <= 4 * reach; ++k) {
            const int x = (col + (k - 2 * reach) * step_x + kCols) % kCols;
            const int y = (row + (k - 2 * reach) * step_y + kRows) % kRows;
            sum += from[static_cast<std::size_t>(y * kCols + x)] *
                   weights[static_cast<std::size_t>(k)];
          }
          to[static_cast<std::size_t>(row * kCols + col)] = sum;
        }
      }
    };
    blur(field, other, sigma_x, 1, 0);
    blur(other, field, sigma_y, 0, 1);
    return field;
  };
  const std::vector<float> real = blurred(grain_px * stretch, grain_px);
  const std::vector<float> imaginary = blurred(grain_px * stretch, grain_px);
  const double gain = uniform(random, 70.0, 150.0), levels_per_db = uniform(random, 3.0, 5.0);
  const double tissue = uniform(random, 10.0, 40.0);
  return grey([&](int col, int row) {
    const auto at = static_cast<std::size_t>(row * kCols + col);
    const double decibel = 20.0 * std::log10(std::hypot(real[at], imaginary[at]) / 2.5 + 1e-3);
    return gain + tissue * std::sin(col / 70.0) * std::cos(row / 50.0) + levels_per_db * decibel;
  });
}

/// Frames of a virtual patient in a black rim, as a scanner shows them.
media::Image phantomFrame(Random& random) {
  static const auto sweep = [](const char* name, double pixel_mm) {
    phantom::ScanOptions options;
    options.frames = 12;
    options.rows = 400;
    options.cols = 480;
    options.pixel_mm = pixel_mm;
    return phantom::scan(phantom::VirtualPatient::make(name, 77), options, 78, {}).clip;
  };
  static const std::array clips = {sweep("abdomen", 0.25), sweep("neck", 0.15),
                                   sweep("abdomen", 0.35)};
  const media::Clip& clip = clips[static_cast<std::size_t>(whole(random, 0, 2))];
  const media::Image frame = clip.pixels->frame(whole(random, 0, 11));
  const auto from = frame.samples<std::uint8_t>();
  return grey([&](int col, int row) -> double {
    const int x = col - 80, y = row - 40;
    if (x < 0 || y < 0 || x >= frame.cols || y >= frame.rows) return 0.0;
    const int level = from[static_cast<std::size_t>(y * frame.cols + x)];
    return level == 0 ? 0 : level + whole(random, -3, 3);
  });
}

struct Word {
  std::vector<std::uint8_t> ink;  // of each pixel of the picture, 0 to 255
  media::PixelRectangle box;
};

struct Drawing {
  double least_height = 10.0, most_height = 28.0;  // of a capital letter, pixels
  int quarters = 0;                                // turned by so many right angles
  double tilt_deg = 0.0;
};

QImage printed(Random& random, const Drawing& drawing) {
  QFont font(kFonts[static_cast<std::size_t>(whole(random, 0, kFonts.size() - 1))]);
  const double height = uniform(random, drawing.least_height, drawing.most_height);
  font.setPixelSize(100);
  font.setPixelSize(std::max(
      4, static_cast<int>(std::ceil(100.0 * height / QFontMetrics(font).capHeight() - 0.3))));
  if (whole(random, 0, 3) == 0) font.setBold(true);
  if (whole(random, 0, 1) == 0) font.setStyleStrategy(QFont::NoAntialias);
  const QString words = kNames[static_cast<std::size_t>(whole(random, 0, kNames.size() - 1))];
  const QRect bounds = QFontMetrics(font).boundingRect(words).adjusted(-3, -3, 3, 3);
  QImage image(bounds.size(), QImage::Format_Grayscale8);
  image.fill(Qt::black);
  QPainter painter(&image);
  painter.setFont(font);
  painter.setPen(Qt::white);
  painter.drawText(-bounds.topLeft(), words);
  painter.end();
  QTransform turn;
  turn.rotate(90.0 * drawing.quarters + drawing.tilt_deg);
  return image
      .transformed(turn,
                   drawing.tilt_deg == 0.0 ? Qt::FastTransformation : Qt::SmoothTransformation)
      .convertToFormat(QImage::Format_Grayscale8);
}

Word draw(Random& random, const Drawing& drawing) {
  QImage image;
  do {
    image = printed(random, drawing);
  } while (image.width() > 470 || image.height() > 390);
  const int x = whole(random, 82, kCols - 82 - image.width());
  const int y = whole(random, 42, kRows - 42 - image.height());
  Word word{std::vector<std::uint8_t>(std::size_t{kRows} * kCols),
            {x, y, x + image.width(), y + image.height()}};
  for (int row = 0; row < image.height(); ++row) {
    for (int col = 0; col < image.width(); ++col) {
      word.ink[static_cast<std::size_t>((y + row) * kCols + x + col)] =
          image.constScanLine(row)[col];
    }
  }
  return word;
}

/// Contrast is measured from all but the brightest (darkest) twentieth of what lies under the
/// word, so that over speckle, too, its letters stand out.
void blend(media::Image& image, const Word& word, double contrast) {
  const auto pixels = image.samples<std::uint8_t>();
  std::vector<int> under;
  for (int row = word.box.y0; row < word.box.y1; ++row) {
    for (int col = word.box.x0; col < word.box.x1; ++col) {
      under.push_back(pixels[static_cast<std::size_t>(row * kCols + col)]);
    }
  }
  std::ranges::sort(under);
  const int low = under[under.size() / 20], high = under[under.size() - 1 - under.size() / 20];
  const bool brighter = contrast > 0.0 ? high + contrast <= 255.0 : low + contrast < 0.0;
  const double level =
      std::clamp(brighter ? high + std::abs(contrast) : low - std::abs(contrast), 0.0, 255.0);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const double ink = word.ink[i] / 255.0;
    pixels[i] = static_cast<std::uint8_t>(std::lround((1.0 - ink) * pixels[i] + ink * level));
  }
}

double coveredInk(const Word& word, const std::vector<ocr::FoundText>& found) {
  double all = 0.0, covered = 0.0;
  for (int row = word.box.y0; row < word.box.y1; ++row) {
    for (int col = word.box.x0; col < word.box.x1; ++col) {
      const double ink = word.ink[static_cast<std::size_t>(row * kCols + col)];
      all += ink;
      if (std::ranges::any_of(found, [&](const ocr::FoundText& text) {
            return col >= text.box.x0 && col < text.box.x1 && row >= text.box.y0 &&
                   row < text.box.y1;
          })) {
        covered += ink;
      }
    }
  }
  return covered / all;
}

double cpu_ms() {
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

const media::PixelRectangle kAll{0, 0, kCols, kRows};

using Background = std::function<media::Image(Random&)>;

void clean(const char* name, const ocr::TextFinder& finder, std::uint32_t seed, int pictures,
           const Background& background) {
  Random random(seed);
  int waiting = 0;
  double spent_ms = 0.0;
  for (int i = 0; i < pictures; ++i) {
    const media::Image image = background(random);
    const double before_ms = cpu_ms();
    waiting += finder.find(image, kAll).empty() ? 0 : 1;
    spent_ms += cpu_ms() - before_ms;
  }
  std::printf("| clean: %s | | %.1f %% wait | %.0f ms |\n", name, 100.0 * waiting / pictures,
              spent_ms / pictures);
  std::fflush(stdout);
}

struct Row {
  const char* name;
  Background background;
  double contrast;
  Drawing drawing;
  bool turned = true;  // by any right angle
  bool darker = true;  // than the background, every other word
};

void words(const Row& row, const ocr::TextFinder& finder, std::uint32_t seed, int pictures) {
  Random random(seed);
  int waiting = 0, found = 0;
  double spent_ms = 0.0;
  for (int i = 0; i < pictures; ++i) {
    media::Image image = row.background(random);
    Drawing drawing = row.drawing;
    if (row.turned) drawing.quarters = whole(random, 0, 3);
    if (drawing.tilt_deg != 0.0) drawing.tilt_deg *= uniform(random, -1.0, 1.0);
    const Word word = draw(random, drawing);
    blend(image, word, row.darker && whole(random, 0, 1) == 0 ? -row.contrast : row.contrast);
    const double before_ms = cpu_ms();
    const std::vector<ocr::FoundText> texts = finder.find(image, kAll);
    spent_ms += cpu_ms() - before_ms;
    const bool covered = coveredInk(word, texts) >= kFound;
    waiting += texts.empty() ? 0 : 1;
    found += covered ? 1 : 0;
    if (const char* folder = std::getenv("BENCH_TEXT_MISSED"); folder != nullptr && !covered) {
      media::writePng(fs::path(folder) / (std::string(row.name) + std::to_string(i) + ".png"),
                      image);
    }
  }
  std::printf("| %s | %.1f %% | %.1f %% wait | %.0f ms |\n", row.name, 100.0 * found / pictures,
              100.0 * waiting / pictures, spent_ms / pictures);
  std::fflush(stdout);
}

media::Image coloured(const media::Image& image, Random& random) {
  media::Image colour(image.rows, image.cols, 3);
  const std::array tint = {uniform(random, 0.6, 1.0), uniform(random, 0.6, 1.0), 1.0};
  const auto from = image.samples<std::uint8_t>();
  const auto to = colour.samples<std::uint8_t>();
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i] = static_cast<std::uint8_t>(from[i / 3] * tint[i % 3]);
  }
  return colour;
}

void bench(std::uint32_t seed, int pictures) {
  const ocr::TextFinder finder;
  std::printf("| picture | word boxed | | CPU |\n| --- | --- | --- | --- |\n");
  const auto grain = [](double px) { return [px](Random& random) { return speckle(random, px); }; };
  const Background any_grain = [](Random& random) {
    return speckle(random, uniform(random, 0.8, 3.0));
  };
  clean("phantom frames", finder, seed, 2 * pictures, phantomFrame);
  clean("phantom frames, tinted", finder, seed, pictures,
        [](Random& random) { return coloured(phantomFrame(random), random); });
  for (const double px : {0.8, 1.5, 2.5, 4.0}) {
    clean(("speckle, grain " + std::to_string(px).substr(0, 3) + " px").c_str(), finder, seed,
          pictures, grain(px));
  }
  clean("smooth", finder, seed, pictures, ramp);
  const Background black = [](Random&) { return media::Image(kRows, kCols); };
  const std::vector<Row> rows = {
      {"white on black, 6 to 10 px", black, 255.0, {6.0, 10.0}, true, false},
      {"white on black, 10 to 28 px", black, 255.0, {}, true, false},
      {"dim (25) on black, 10 to 28 px", black, 25.0, {}, true, false},
      {"smooth, contrast 25, 10 to 28 px, upright", ramp, 25.0, {}, false},
      {"smooth, contrast 25, 10 to 28 px", ramp, 25.0, {}},
      {"smooth, contrast 25, 28 to 40 px", ramp, 25.0, {28.0, 40.0}},
      {"smooth, contrast 25, 6 to 10 px", ramp, 25.0, {6.0, 10.0}},
      {"smooth, contrast 12, 10 to 28 px", ramp, 12.0, {}},
      {"smooth, contrast 40, 10 to 28 px, tilted up to 8 deg", ramp, 40.0, {10, 28, 0, 8.0}},
      {"smooth, contrast 40, 10 to 28 px, tilted up to 45 deg", ramp, 40.0, {10, 28, 0, 45.0}},
      {"phantom, contrast 25, 10 to 28 px", phantomFrame, 25.0, {}},
      {"phantom, contrast 60, 10 to 28 px", phantomFrame, 60.0, {}},
      {"phantom, contrast 60, 6 to 10 px", phantomFrame, 60.0, {6.0, 10.0}},
      {"speckle, contrast 25, 10 to 28 px", any_grain, 25.0, {}},
      {"speckle, contrast 60, 10 to 28 px", any_grain, 60.0, {}},
  };
  for (const Row& row : rows) words(row, finder, seed, pictures);
}

void lookAt(const fs::path& folder) {
  const ocr::TextFinder finder;
  int pictures = 0, waiting = 0;
  double spent_ms = 0.0;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    const media::Image image = media::readImage(file);
    const double before_ms = cpu_ms();
    const auto found = finder.find(image, {0, 0, image.cols, image.rows});
    spent_ms += cpu_ms() - before_ms;
    ++pictures;
    if (found.empty()) continue;
    ++waiting;
    std::printf("%s", file.filename().c_str());
    for (const ocr::FoundText& text : found) {
      std::printf("  %d,%d,%d,%d (%.2f, %d)", text.box.x0, text.box.y0, text.box.x1, text.box.y1,
                  text.confidence, text.letters);
    }
    std::printf("\n");
  }
  std::printf("%d of %d would wait, %.0f ms of CPU each\n", waiting, pictures,
              spent_ms / std::max(pictures, 1));
}
}  // namespace

int main(int argc, char** argv) {
  setenv("QT_QPA_PLATFORM", "offscreen", 0);
  const QGuiApplication fonts(argc, argv);
  if (argc == 3 && std::string(argv[1]) == "--pictures") {
    lookAt(argv[2]);
  } else {
    bench(argc > 1 ? static_cast<std::uint32_t>(std::stoul(argv[1])) : 1U,
          argc > 2 ? std::stoi(argv[2]) : 50);
  }
  return 0;
}
