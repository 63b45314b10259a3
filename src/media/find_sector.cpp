// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/find_sector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace sonotwin::media {
namespace {
constexpr int kAboveBackground = 3;         // grey levels
constexpr double kDense = 0.5;              // share of a neighbourhood that ultrasound fills
constexpr double kReachShare = 1.0 / 60.0;  // of the shorter side: neighbourhoods look this far
constexpr double kLeastShare = 0.02;        // of the picture, for a piece to be a sector
constexpr double kOutside = 0.01;           // share of a side's points that may lie beyond its line
constexpr double kNear_px = 2.5;            // of a line
constexpr double kLeastSupport = 0.15;      // share of a side's points that its line must touch
constexpr double kUpright = 0.05;           // |columns a row| of a side that is not a fan's
constexpr double kFanFilled = 0.6;          // share of a fan that must be ultrasound
constexpr double kFanOfBox = 0.97;          // a fan that fills its box is none
constexpr int kLookedAt = 8;                // frames of a clip
constexpr double kExtreme = 0.001;          // share of pixels ignored beyond the arcs

/// One byte a pixel.
struct Bitmap {
  int rows = 0, cols = 0;
  std::vector<std::uint8_t> set;
  Bitmap(int r, int c)
      : rows(r), cols(c), set(static_cast<std::size_t>(r) * static_cast<std::size_t>(c)) {}
  [[nodiscard]] std::uint8_t& at(int row, int col) {
    return set[static_cast<std::size_t>(row) * static_cast<std::size_t>(cols) +
               static_cast<std::size_t>(col)];
  }
  [[nodiscard]] std::uint8_t at(int row, int col) const {
    return set[static_cast<std::size_t>(row) * static_cast<std::size_t>(cols) +
               static_cast<std::size_t>(col)];
  }
  [[nodiscard]] std::int64_t count() const {
    return std::ranges::count_if(set, [](auto v) { return v != 0; });
  }
};

/// The brightest each pixel ever is.
Bitmap brightest(std::span<const Image> frames) {
  Bitmap result(frames[0].rows, frames[0].cols);
  for (const Image& frame : frames) {
    const Image gray = toGray8(frame);
    const auto levels = gray.samples<std::uint8_t>();
    std::ranges::transform(result.set, levels, result.set.begin(),
                           [](std::uint8_t a, std::uint8_t b) { return std::max(a, b); });
  }
  return result;
}

/// The commonest level along the picture's border.
int backgroundOf(const Bitmap& levels) {
  std::array<int, 256> counts{};
  for (int col = 0; col < levels.cols; ++col) {
    ++counts[levels.at(0, col)];
    ++counts[levels.at(levels.rows - 1, col)];
  }
  for (int row = 0; row < levels.rows; ++row) {
    ++counts[levels.at(row, 0)];
    ++counts[levels.at(row, levels.cols - 1)];
  }
  const int level = static_cast<int>(std::ranges::max_element(counts) - counts.begin());
  // Ultrasound up to the border has no level that prevails; what is darkest is background then.
  const int border = 2 * (levels.rows + levels.cols);
  return counts[static_cast<std::size_t>(level)] > border / 4 ? level : 0;
}

Bitmap foregroundOf(const Bitmap& levels) {
  const int background = backgroundOf(levels);
  Bitmap result(levels.rows, levels.cols);
  std::ranges::transform(levels.set, result.set.begin(), [&](std::uint8_t level) {
    return static_cast<std::uint8_t>(std::abs(level - background) >= kAboveBackground ? 1 : 0);
  });
  return result;
}

/// Set where more than half of the square around is set: thin lines and letters go.
Bitmap denseParts(const Bitmap& foreground, int reach) {
  const int rows = foreground.rows, cols = foreground.cols;
  std::vector<int> sums(static_cast<std::size_t>(rows + 1) * static_cast<std::size_t>(cols + 1));
  const auto sum = [&](int row, int col) -> int& {
    return sums[static_cast<std::size_t>(row) * static_cast<std::size_t>(cols + 1) +
                static_cast<std::size_t>(col)];
  };
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      sum(row + 1, col + 1) =
          foreground.at(row, col) + sum(row, col + 1) + sum(row + 1, col) - sum(row, col);
    }
  }
  Bitmap result(rows, cols);
  for (int row = 0; row < rows; ++row) {
    const int top = std::max(row - reach, 0), bottom = std::min(row + reach + 1, rows);
    for (int col = 0; col < cols; ++col) {
      const int left = std::max(col - reach, 0), right = std::min(col + reach + 1, cols);
      const int count = sum(bottom, right) - sum(top, right) - sum(bottom, left) + sum(top, left);
      result.at(row, col) = count > kDense * (bottom - top) * (right - left) ? 1 : 0;
    }
  }
  return result;
}

/// The largest 4-connected piece.
Bitmap largestPiece(const Bitmap& parts) {
  Bitmap seen(parts.rows, parts.cols), best(parts.rows, parts.cols);
  std::vector<int> piece, best_piece;
  const auto size = static_cast<int>(parts.set.size());
  for (int start = 0; start < size; ++start) {
    if (parts.set[static_cast<std::size_t>(start)] == 0 ||
        seen.set[static_cast<std::size_t>(start)] != 0) {
      continue;
    }
    piece.assign(1, start);
    seen.set[static_cast<std::size_t>(start)] = 1;
    for (std::size_t next = 0; next < piece.size(); ++next) {
      const int row = piece[next] / parts.cols, col = piece[next] % parts.cols;
      for (const auto& [r, c] : {std::array{row - 1, col}, std::array{row + 1, col},
                                 std::array{row, col - 1}, std::array{row, col + 1}}) {
        if (r < 0 || c < 0 || r >= parts.rows || c >= parts.cols) continue;
        if (parts.at(r, c) == 0 || seen.at(r, c) != 0) continue;
        seen.at(r, c) = 1;
        piece.push_back(r * parts.cols + c);
      }
    }
    if (piece.size() > best_piece.size()) best_piece.swap(piece);
  }
  for (const int index : best_piece) best.set[static_cast<std::size_t>(index)] = 1;
  return best;
}

/// Foreground in the piece and as far around it as a neighbourhood looks.
Bitmap grownInto(const Bitmap& foreground, const Bitmap& piece, int reach) {
  Bitmap wide = piece;
  for (int row = 0; row < piece.rows; ++row) {  // along the rows, then along the columns
    int last = -reach - 1;
    for (int col = 0; col < piece.cols; ++col) {
      if (piece.at(row, col) != 0) last = col;
      if (col - last <= reach) wide.at(row, col) = 1;
    }
    last = piece.cols + reach;
    for (int col = piece.cols - 1; col >= 0; --col) {
      if (piece.at(row, col) != 0) last = col;
      if (last - col <= reach) wide.at(row, col) = 1;
    }
  }
  Bitmap result(piece.rows, piece.cols);
  for (int col = 0; col < piece.cols; ++col) {
    int last = -reach - 1;
    for (int row = 0; row < piece.rows; ++row) {
      if (wide.at(row, col) != 0) last = row;
      if (row - last <= reach) result.at(row, col) = 1;
    }
    last = piece.rows + reach;
    for (int row = piece.rows - 1; row >= 0; --row) {
      if (wide.at(row, col) != 0) last = row;
      if (last - row <= reach) result.at(row, col) = 1;
    }
  }
  for (std::size_t i = 0; i < result.set.size(); ++i) {
    result.set[i] = result.set[i] != 0 && foreground.set[i] != 0 ? 1 : 0;
  }
  return result;
}

/// Rows or columns in which at least a twentieth of the fullest one's pixels are set.
std::array<int, 2> extentOf(const std::vector<int>& counts) {
  const int least = std::max(1, *std::ranges::max_element(counts) / 20);
  const auto enough = [least](int count) { return count >= least; };
  const auto first = std::ranges::find_if(counts, enough) - counts.begin();
  const auto last = std::find_if(counts.rbegin(), counts.rend(), enough) - counts.rbegin();
  return {static_cast<int>(first), static_cast<int>(counts.size()) - static_cast<int>(last)};
}

PixelRectangle boxOf(const Bitmap& sector) {
  std::vector<int> by_row(static_cast<std::size_t>(sector.rows)),
      by_col(static_cast<std::size_t>(sector.cols));
  for (int row = 0; row < sector.rows; ++row) {
    for (int col = 0; col < sector.cols; ++col) {
      by_row[static_cast<std::size_t>(row)] += sector.at(row, col);
      by_col[static_cast<std::size_t>(col)] += sector.at(row, col);
    }
  }
  const auto [y0, y1] = extentOf(by_row);
  const auto [x0, x1] = extentOf(by_col);
  return {x0, y0, x1, y1};
}

/// col = start + slope row.
struct Side {
  double start = 0.0, slope = 0.0;
  bool found = false;
  [[nodiscard]] double at(double row) const { return start + slope * row; }
};

/// The line that touches most points of a side and has hardly any beyond it.
/// @param outward  -1: the left side, +1: the right one
Side sideOf(const std::vector<std::array<double, 2>>& points, int outward) {
  Side best;
  std::size_t most = 0;
  const auto count = points.size();
  const std::size_t step = std::max<std::size_t>(1, count / 120);
  for (std::size_t i = 0; i < count; i += step) {
    for (std::size_t j = i + count / 8 + 1; j < count; j += step) {
      const double slope = (points[j][1] - points[i][1]) / (points[j][0] - points[i][0]);
      const Side line{points[i][1] - slope * points[i][0], slope, true};
      std::size_t near = 0, beyond = 0;
      for (const auto& [row, col] : points) {
        const double out = outward * (col - line.at(row));
        near += std::abs(out) <= kNear_px ? 1 : 0;
        beyond += out > kNear_px ? 1 : 0;
      }
      if (static_cast<double>(beyond) > kOutside * static_cast<double>(count)) continue;
      if (near > most) {
        most = near;
        best = line;
      }
    }
  }
  best.found = static_cast<double>(most) >= kLeastSupport * static_cast<double>(count);
  return best;
}

/// First and last set pixel of each row of the box, where they are not the picture's own border.
std::array<std::vector<std::array<double, 2>>, 2> sidePoints(const Bitmap& sector,
                                                             const PixelRectangle& box) {
  std::array<std::vector<std::array<double, 2>>, 2> points;
  for (int row = box.y0; row < box.y1; ++row) {
    int first = box.x1, last = -1;
    for (int col = box.x0; col < box.x1; ++col) {
      if (sector.at(row, col) == 0) continue;
      first = std::min(first, col);
      last = col;
    }
    if (last < 0) continue;
    if (first > box.x0 + 1) points[0].push_back({static_cast<double>(row), first - 0.5});
    if (last < box.x1 - 2) points[1].push_back({static_cast<double>(row), last + 0.5});
  }
  return points;
}

double quantile(std::vector<double>& values, double share) {
  const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + rank);
  return values[static_cast<std::size_t>(rank)];
}

std::optional<Fan> fanOf(const Bitmap& sector, const PixelRectangle& box) {
  const auto points = sidePoints(sector, box);
  if (points[0].size() < 16 || points[1].size() < 16) return std::nullopt;
  const Side left = sideOf(points[0], -1), right = sideOf(points[1], +1);
  if (!left.found || !right.found || left.slope > -kUpright || right.slope < kUpright) {
    return std::nullopt;
  }
  Fan fan;
  fan.apex_y_px = (left.start - right.start) / (right.slope - left.slope);
  fan.apex_x_px = left.at(fan.apex_y_px);
  fan.left_rad = std::atan(left.slope);
  fan.right_rad = std::atan(right.slope);
  std::vector<double> radii;
  for (int row = box.y0; row < box.y1; ++row) {
    for (int col = box.x0; col < box.x1; ++col) {
      if (sector.at(row, col) == 0) continue;
      radii.push_back(std::hypot(col - fan.apex_x_px, row - fan.apex_y_px));
    }
  }
  fan.start_radius_px = std::max(0.0, quantile(radii, kExtreme) - 0.5);
  fan.end_radius_px = quantile(radii, 1.0 - kExtreme) + 0.5;
  return fan;
}

/// Whether a fan says more than its box and what it holds is ultrasound.
bool fits(const ScanSector& sector, const Bitmap& pixels) {
  const PixelRectangle& box = *sector.rectangle;
  std::int64_t inside = 0, filled = 0;
  for (int row = box.y0; row < box.y1; ++row) {
    for (int col = box.x0; col < box.x1; ++col) {
      if (!sector.contains(col, row)) continue;
      ++inside;
      filled += pixels.at(row, col);
    }
  }
  const double area = static_cast<double>(box.x1 - box.x0) * (box.y1 - box.y0);
  const auto share = static_cast<double>(inside) / area;
  const auto held = static_cast<double>(filled) / static_cast<double>(pixels.count());
  return share < kFanOfBox && filled > kFanFilled * static_cast<double>(inside) && held > 0.97;
}
/// The header's region of 2D tissue, where there is just one.
ScanSector tissueRegion(const ClipInfo& info) {
  constexpr int kTwoDimensional = 1, kTissue = 1;
  ScanSector region;
  for (const UltrasoundRegion& item : info.regions) {
    if (item.spatial_format != kTwoDimensional || item.data_type != kTissue) continue;
    if (region.rectangle) return {};
    region.rectangle = item.rectangle;
  }
  return region;
}

void blankOutside(const ScanSector& region, Image& gray) {
  if (!region.rectangle) return;
  const auto levels = gray.samples<std::uint8_t>();
  std::size_t index = 0;
  for (int row = 0; row < gray.rows; ++row) {
    for (int col = 0; col < gray.cols; ++col, ++index) {
      if (!region.contains(col, row)) levels[index] = 0;
    }
  }
}
}  // namespace

ScanSector findSector(std::span<const Image> frames) {
  if (frames.empty()) return {};
  const Bitmap foreground = foregroundOf(brightest(frames));
  const int shorter = std::min(foreground.rows, foreground.cols);
  const int reach = std::max(2, static_cast<int>(std::lround(kReachShare * shorter)));
  const Bitmap piece = largestPiece(denseParts(foreground, reach));
  if (static_cast<double>(piece.count()) <
      kLeastShare * static_cast<double>(foreground.set.size())) {
    return {};
  }
  const Bitmap pixels = grownInto(foreground, piece, reach);
  ScanSector sector;
  sector.rectangle = boxOf(pixels);
  sector.fan = fanOf(pixels, *sector.rectangle);
  if (sector.fan && !fits(sector, pixels)) sector.fan.reset();
  return sector;
}

ScanSector sectorOf(const Clip& clip) {
  if (clip.info.sector != ScanSector{}) return clip.info.sector;
  const ScanSector region = tissueRegion(clip.info);
  std::vector<Image> frames;
  const int count = std::min(clip.info.frame_count, kLookedAt);
  for (int i = 0; i < count; ++i) {
    frames.push_back(toGray8(clip.pixels->frame(i * clip.info.frame_count / count)));
    blankOutside(region, frames.back());
  }
  ScanSector sector = findSector(frames);
  if (sector == ScanSector{}) sector = region;
  return sector;
}

}  // namespace sonotwin::media
