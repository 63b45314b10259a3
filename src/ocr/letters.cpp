// SPDX-License-Identifier: Apache-2.0
#include "letters.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace sonotwin::ocr {
namespace {
using Bytes = std::vector<std::uint8_t>;
enum Class : std::uint8_t { kNeither, kBright, kDark };

/// Each entry becomes the extremum of itself and the `window` - 1 that follow at a distance of
/// `stride`; the last ones see fewer. Windows double, so that a wide one costs little more.
template <class Pick>
void slide(Bytes& values, std::size_t stride, std::size_t window, Pick pick) {
  for (std::size_t covered = 1; covered < window;) {
    const std::size_t step = std::min(covered, window - covered);
    const std::size_t count = values.size() - step * stride;
    for (std::size_t i = 0; i < count; ++i) values[i] = pick(values[i], values[i + step * stride]);
    covered += step;
  }
}

/// Extremum over squares with sides of 2 `reach` + 1 pixels; beyond the picture its edge goes on.
template <class Pick>
Bytes extremum(const media::Image& gray, int reach, Pick pick) {
  const auto rows = static_cast<std::size_t>(gray.rows), cols = static_cast<std::size_t>(gray.cols);
  const auto margin = static_cast<std::size_t>(reach), window = 2 * margin + 1;
  const auto from = gray.samples<std::uint8_t>();
  Bytes tall((rows + 2 * margin) * cols), line(cols + 2 * margin);
  for (std::size_t row = 0; row < rows + 2 * margin; ++row) {
    const std::size_t source = std::clamp(row, margin, rows + margin - 1) - margin;
    const auto pixels = from.subspan(source * cols, cols);
    std::fill_n(line.begin(), margin, pixels.front());
    std::ranges::copy(pixels, line.begin() + reach);
    std::fill_n(line.end() - reach, margin, pixels.back());
    slide(line, 1, window, pick);
    std::copy_n(line.begin(), cols, tall.begin() + static_cast<std::ptrdiff_t>(row * cols));
  }
  slide(tall, cols, window, pick);
  tall.resize(rows * cols);
  return tall;
}

struct Run {
  int row, x0, x1;  // columns [x0, x1)
  std::uint8_t of;
  int piece;
  int shared;  // of its pixels, those with one of the same class above
};

/// Which pieces are one, found while the rows are read.
class Pieces {
 public:
  int make() {
    parents_.push_back(static_cast<int>(parents_.size()));
    return parents_.back();
  }
  int find(int piece) {
    while (parentOf(piece) != piece) piece = parentOf(piece) = parentOf(parentOf(piece));
    return piece;
  }
  int join(int a, int b) {
    a = find(a);
    b = find(b);
    return parentOf(std::max(a, b)) = std::min(a, b);
  }
  [[nodiscard]] std::size_t size() const { return parents_.size(); }

 private:
  int& parentOf(int piece) { return parents_[static_cast<std::size_t>(piece)]; }
  std::vector<int> parents_;
};

/// Runs of equal class, row by row; those that touch, if only at a corner, are one piece.
std::vector<Run> runsOf(const media::Image& gray, const Bytes& classes, Pieces& pieces) {
  std::vector<Run> runs;
  std::size_t above = 0, above_end = 0;
  for (int row = 0; row < gray.rows; ++row) {
    const std::size_t begin = runs.size();
    const std::uint8_t* line =
        &classes[static_cast<std::size_t>(row) * static_cast<std::size_t>(gray.cols)];
    for (int x0 = 0, x1 = 0; x0 < gray.cols; x0 = x1) {
      while (x1 < gray.cols && line[x1] == line[x0]) ++x1;
      if (line[x0] == kNeither) continue;
      Run run{row, x0, x1, line[x0], -1, 0};
      while (above < above_end && runs[above].x1 < x0) ++above;
      for (std::size_t i = above; i < above_end && runs[i].x0 <= x1; ++i) {
        if (runs[i].of != run.of) continue;
        run.shared += std::max(0, std::min(x1, runs[i].x1) - std::max(x0, runs[i].x0));
        run.piece = run.piece < 0 ? runs[i].piece : pieces.join(run.piece, runs[i].piece);
      }
      if (run.piece < 0) run.piece = pieces.make();
      runs.push_back(run);
    }
    above = begin;
    above_end = runs.size();
  }
  return runs;
}

/// Sums over runs; `finish` makes means of them.
void add(Letter& letter, const Run& run, std::span<const std::uint8_t> line) {
  if (letter.area == 0) {
    letter.box = {run.x0, run.row, run.x1, run.row + 1};
    letter.bright = run.of == kBright;
  }
  letter.box = {std::min(letter.box.x0, run.x0), letter.box.y0, std::max(letter.box.x1, run.x1),
                run.row + 1};
  letter.area += run.x1 - run.x0;
  ++letter.row_pieces;
  letter.col_pieces += run.x1 - run.x0 - run.shared;
  int least = 255, most = 0;
  for (int col = run.x0; col < run.x1; ++col) {
    const int level = line[static_cast<std::size_t>(col)];
    letter.level += level;
    letter.level_deviation += level * level;
    least = std::min(least, level);
    most = std::max(most, level);
  }
  const auto at = [&](int col) { return int{line[static_cast<std::size_t>(col)]}; };
  const int left = at(std::max(run.x0 - 2, 0));
  const int right = at(std::min(run.x1 + 1, static_cast<int>(line.size()) - 1));
  letter.outside += 0.5 * (left + right);
  letter.outside_square += 0.5 * (left * left + right * right);
  letter.step += 0.5 * (std::abs(at(std::min(run.x0 + 1, run.x1 - 1)) - left) +
                        std::abs(at(std::max(run.x1 - 2, run.x0)) - right));
  const int peak = letter.bright ? most : least;
  letter.peak += peak;
  letter.peak_square += peak * peak;
}

void finish(Letter& letter) {
  letter.level /= letter.area;
  letter.level_deviation =
      std::sqrt(std::max(0.0, letter.level_deviation / letter.area - letter.level * letter.level));
  for (double* sum :
       {&letter.step, &letter.outside, &letter.outside_square, &letter.peak, &letter.peak_square}) {
    *sum /= letter.row_pieces;
  }
}

std::vector<Letter> lettersOf(const media::Image& gray, const Bytes& classes) {
  Pieces pieces;
  const std::vector<Run> runs = runsOf(gray, classes, pieces);
  std::vector<Letter> letters(pieces.size());
  const auto cols = static_cast<std::size_t>(gray.cols);
  for (const Run& run : runs) {
    add(letters[static_cast<std::size_t>(pieces.find(run.piece))], run,
        gray.samples<std::uint8_t>().subspan(static_cast<std::size_t>(run.row) * cols, cols));
  }
  std::erase_if(letters, [](const Letter& letter) { return letter.area == 0; });
  std::ranges::for_each(letters, finish);
  return letters;
}
}  // namespace

std::vector<Letter> standingOut(const media::Image& gray, int reach, int least_contrast) {
  // Values, not the references of std::min and std::max: those keep the compiler from vectors.
  const Bytes low =
      extremum(gray, reach, [](std::uint8_t a, std::uint8_t b) { return a < b ? a : b; });
  const Bytes high =
      extremum(gray, reach, [](std::uint8_t a, std::uint8_t b) { return a > b ? a : b; });
  const auto levels = gray.samples<std::uint8_t>();
  Bytes classes(levels.size());
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const bool stands_out = high[i] - low[i] >= least_contrast;
    const bool bright = 2 * levels[i] > high[i] + low[i];
    classes[i] = static_cast<std::uint8_t>(stands_out ? (bright ? kBright : kDark) : kNeither);
  }
  return lettersOf(gray, classes);
}

std::vector<Letter> dividedAt(const media::Image& gray, int level) {
  const auto levels = gray.samples<std::uint8_t>();
  Bytes classes(levels.size());
  for (std::size_t i = 0; i < classes.size(); ++i) {
    classes[i] = static_cast<std::uint8_t>(levels[i] >= level ? kBright : kDark);
  }
  return lettersOf(gray, classes);
}

}  // namespace sonotwin::ocr
