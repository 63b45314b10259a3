// SPDX-License-Identifier: Apache-2.0
#include "lines.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>

#include "likeness.h"

namespace sonotwin::ocr {
namespace {
constexpr int kLeastHeight_px = 4, kMostHeight_px = 70;
constexpr double kWidestPiece = 12.0;     // letters that all touch; over the height
constexpr double kBoldest = 2.2;          // height over stroke
constexpr double kLeastContrast = 4.0;    // grey levels
constexpr double kLeastStrokes = 4.0;     // two letters cross that many
constexpr double kLeastLength = 1.5;      // over the height
constexpr double kWidestGap = 1.2;        // all of these over the height
constexpr double kDeepestOverlap = 0.35;  // of slanted letters
constexpr double kLeastSharedHeight = 0.55;
constexpr double kMostHeightRatio = 2.0;  // "l" to "a", and some for soft edges
constexpr double kMostStrokeRatio = 2.2;
constexpr double kMostLevelChange = 0.45;  // relative to the contrast

/// A letter as its line sees it: x along the line, y down from its top.
struct Piece {
  const Letter* letter;
  int x0, x1, y0, y1;
  double stroke;   // its mean width, pixels
  double strokes;  // crossed along the line

  Piece(const Letter& of, bool upright)
      : letter(&of),
        x0(upright ? of.box.x0 : of.box.y0),
        x1(upright ? of.box.x1 : of.box.y1),
        y0(upright ? of.box.y0 : of.box.x0),
        y1(upright ? of.box.y1 : of.box.x1),
        stroke(static_cast<double>(of.area) / (of.row_pieces + of.col_pieces)),
        strokes(static_cast<double>(upright ? of.row_pieces : of.col_pieces) / (y1 - y0)) {}

  [[nodiscard]] double width() const { return x1 - x0; }
  [[nodiscard]] double height() const { return y1 - y0; }
  [[nodiscard]] double middle() const { return 0.5 * (x0 + x1); }
  [[nodiscard]] double contrast() const { return std::abs(letter->level - letter->outside); }
};

bool mayBePrint(const Piece& piece) {
  return piece.height() >= kLeastHeight_px && piece.height() <= kMostHeight_px &&
         piece.width() <= kWidestPiece * piece.height() &&
         piece.height() >= kBoldest * piece.stroke && piece.strokes >= 0.9 &&
         piece.contrast() > kLeastContrast;
}

bool mayFollow(const Piece& a, const Piece& b) {
  const double tall = std::max(a.height(), b.height()), low = std::min(a.height(), b.height());
  const double gap = b.x0 - a.x1;
  return b.x0 > a.x0 && tall <= kMostHeightRatio * low && gap <= kWidestGap * tall &&
         gap >= -kDeepestOverlap * low &&
         std::min(a.y1, b.y1) - std::max(a.y0, b.y0) >= kLeastSharedHeight * low &&
         std::abs(a.letter->level - b.letter->level) <=
             kMostLevelChange * std::max(a.contrast(), b.contrast()) &&
         std::max(a.stroke, b.stroke) <= kMostStrokeRatio * std::min(a.stroke, b.stroke);
}

double distance(const Piece& a, const Piece& b) {
  return std::max(0, b.x0 - a.x1) + std::abs(a.y1 - b.y1) + 0.5 * std::abs(a.height() - b.height());
}

using Chain = std::vector<Piece>;

constexpr auto kNone = std::numeric_limits<std::size_t>::max();

/// Pieces that start at like heights, so that a large picture costs no more a pixel than a small
/// one. `pieces` must be sorted by x0.
class Bands {
 public:
  explicit Bands(const std::vector<Piece>& pieces) : pieces_(pieces) {
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const std::size_t band = bandOf(pieces[i]);
      if (bands_.size() < band + 2) bands_.resize(band + 2);
      bands_[band].push_back(i);
    }
  }
  [[nodiscard]] std::size_t nearestAfter(std::size_t index) const {
    const Piece& piece = pieces_[index];
    const double reach = piece.x1 + kWidestGap * kMostHeightRatio * piece.height();
    std::size_t best = kNone;
    const std::size_t band = bandOf(piece);
    for (std::size_t b = band - std::min<std::size_t>(band, 1); b <= band + 1; ++b) {
      for (auto i = std::ranges::upper_bound(bands_[b], index);
           i != bands_[b].end() && pieces_[*i].x0 <= reach; ++i) {
        if (mayFollow(piece, pieces_[*i]) &&
            (best == kNone || distance(piece, pieces_[*i]) < distance(piece, pieces_[best]))) {
          best = *i;
        }
      }
    }
    return best;
  }

 private:
  /// Pieces that overlap start in bands that touch.
  static std::size_t bandOf(const Piece& piece) {
    return static_cast<std::size_t>(piece.y0 / kMostHeight_px);
  }
  const std::vector<Piece>& pieces_;
  std::vector<std::vector<std::size_t>> bands_;
};

/// Each piece is followed by the nearest one that may follow; of two that want the same follower
/// the nearer one has it. `pieces` must be sorted by x0.
std::vector<Chain> chainsOf(const std::vector<Piece>& pieces) {
  const Bands bands(pieces);
  std::vector<std::size_t> next(pieces.size(), kNone), previous(pieces.size(), kNone);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::size_t best = bands.nearestAfter(i);
    if (best == kNone) continue;
    const std::size_t rival = previous[best];
    if (rival != kNone) {
      if (distance(pieces[rival], pieces[best]) <= distance(pieces[i], pieces[best])) continue;
      next[rival] = kNone;
    }
    next[i] = best;
    previous[best] = i;
  }
  std::vector<Chain> chains;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (previous[i] != kNone) continue;
    Chain& chain = chains.emplace_back();
    for (std::size_t j = i; j != kNone; j = next[j]) chain.push_back(pieces[j]);
  }
  return chains;
}

template <class Of>
double mean(const Chain& chain, Of of) {
  return std::accumulate(
             chain.begin(), chain.end(), 0.0,
             [&](double sum, const Piece& piece) { return sum + std::invoke(of, piece); }) /
         static_cast<double>(chain.size());
}

double deviation(double mean_square, double mean) {
  return std::sqrt(std::max(0.0, mean_square - mean * mean));
}

/// Of the straight line through the feet.
double slopeOf(const Chain& chain) {
  const double x = mean(chain, &Piece::middle);
  const double y = mean(chain, [](const Piece& p) { return p.y1; });
  const double xx =
      mean(chain, [&](const Piece& p) { return (p.middle() - x) * (p.middle() - x); });
  const double xy = mean(chain, [&](const Piece& p) { return (p.middle() - x) * (p.y1 - y); });
  return xx > 0.0 ? xy / xx : 0.0;
}

template <class Of>
double unsteadiness(const Chain& chain, double slope, Of edge) {
  const auto level = [&](const Piece& p) { return edge(p) - slope * p.middle(); };
  const double middle = mean(chain, level);
  return mean(chain, [&](const Piece& p) { return std::abs(level(p) - middle); });
}

template <auto Member>
double meanOf(const Chain& chain) {
  return mean(chain, [](const Piece& piece) { return piece.letter->*Member; });
}

LineMeasures measure(const Chain& chain, double slope, double length) {
  const double height = mean(chain, &Piece::height);
  const double stroke = mean(chain, [](const Piece& p) { return p.stroke; });
  const double contrast = mean(chain, &Piece::contrast);
  const double top = unsteadiness(chain, slope, [](const Piece& p) { return p.y0; }) / height;
  const double foot = unsteadiness(chain, slope, [](const Piece& p) { return p.y1; }) / height;
  const auto count = static_cast<double>(chain.size());
  LineMeasures line;
  line.pieces = count;
  line.strokes = count * mean(chain, [](const Piece& p) { return p.strokes; });
  line.height = height;
  line.length = length / height;
  line.steadier_edge = std::min(top, foot);
  line.unsteadier_edge = std::max(top, foot);
  line.height_per_stroke = height / stroke;
  line.stroke_deviation =
      deviation(mean(chain, [](const Piece& p) { return p.stroke * p.stroke; }), stroke) / stroke;
  line.level_deviation =
      deviation(mean(chain, [](const Piece& p) { return p.letter->level * p.letter->level; }),
                meanOf<&Letter::level>(chain)) /
      contrast;
  line.grain = meanOf<&Letter::level_deviation>(chain) / contrast;
  line.step = meanOf<&Letter::step>(chain) / contrast;
  line.contrast = contrast;
  line.fill = mean(chain, [](const Piece& p) { return p.letter->area / (p.width() * p.height()); });
  line.cover = count * mean(chain, &Piece::width) / length;
  line.outside_deviation =
      deviation(meanOf<&Letter::outside_square>(chain), meanOf<&Letter::outside>(chain)) / contrast;
  line.peak_deviation =
      deviation(meanOf<&Letter::peak_square>(chain), meanOf<&Letter::peak>(chain)) / contrast;
  return line;
}

std::optional<Line> lineOf(const Chain& chain, bool upright) {
  int x0 = chain.front().x0, y0 = chain.front().y0, x1 = chain.front().x1, y1 = chain.front().y1;
  double strokes = 0.0;
  for (const Piece& piece : chain) {
    x1 = std::max(x1, piece.x1);
    y0 = std::min(y0, piece.y0);
    y1 = std::max(y1, piece.y1);
    strokes += piece.strokes;
  }
  const double height = mean(chain, &Piece::height);
  if (strokes < kLeastStrokes || x1 - x0 < kLeastLength * height) return std::nullopt;
  Line line;
  line.upright = upright;
  line.box =
      upright ? media::PixelRectangle{x0, y0, x1, y1} : media::PixelRectangle{y0, x0, y1, x1};
  line.slope = slopeOf(chain);
  line.height = height;
  line.letters = std::max(static_cast<int>(chain.size()), static_cast<int>(strokes / 2.0));
  line.level = meanOf<&Letter::peak>(chain);
  line.outside = meanOf<&Letter::outside>(chain);
  line.likeness = likenessToPrint(measure(chain, line.slope, x1 - x0));
  return line;
}
}  // namespace

std::vector<Line> linesOf(const std::vector<Letter>& letters) {
  std::vector<Line> lines;
  for (const bool upright : {true, false}) {
    for (const bool bright : {true, false}) {
      std::vector<Piece> pieces;
      for (const Letter& letter : letters) {
        if (letter.bright != bright) continue;
        const Piece piece(letter, upright);
        if (mayBePrint(piece)) pieces.push_back(piece);
      }
      std::ranges::sort(pieces, {}, &Piece::x0);
      for (const Chain& chain : chainsOf(pieces)) {
        if (const auto line = lineOf(chain, upright)) lines.push_back(*line);
      }
    }
  }
  return lines;
}

}  // namespace sonotwin::ocr
