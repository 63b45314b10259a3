// SPDX-License-Identifier: Apache-2.0
#include "likeness.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "sonotwin/media/find_sector.h"

namespace sonotwin::segment {
namespace {
constexpr int kSmallest_px = 16;       // side of a picture that can be compared
constexpr int kWorkingSide_px = 256;   // pictures are reduced to this before anything else
constexpr double kSurroundings = 3.0;  // points: sigma of what is a neighbour
constexpr float kFloor = 3.0F;         // grey levels: quieter surroundings are not amplified
constexpr float kToInteger = 64.0F;
constexpr float kSteepest = 8.0F;      // heights beyond are cut: 512² x 256 fits 32 bits
constexpr double kLeastOverlap = 0.5;  // share of the sector that both must show
/// What a pair that is nearly the same reaches on each level: the coarse ones, where unlike
/// pictures may agree, more.
constexpr std::array kLeastAt = {0.7, 0.6, 0.0, 0.0};
constexpr double kLastStep_px = 0.25;  // of the search, in points
constexpr double kMostScale = 1.2;
constexpr double kMostShift = static_cast<double>(Fingerprint::kReach) / Fingerprint::kCoarseSide;

/// Reduced by a whole factor, means of blocks.
media::Image reducedPicture(const Case& item) {
  const int longer = std::max(item.rows, item.cols);
  const int factor = std::max(1, (longer + kWorkingSide_px - 1) / kWorkingSide_px);
  media::Image reduced(item.rows / factor, item.cols / factor);
  const auto levels = reduced.samples<std::uint8_t>();
  std::size_t index = 0;
  for (int row = 0; row < reduced.rows; ++row) {
    for (int col = 0; col < reduced.cols; ++col, ++index) {
      int sum = 0;
      for (int r = row * factor; r < (row + 1) * factor; ++r) {
        for (int c = col * factor; c < (col + 1) * factor; ++c) {
          sum += item.gray[static_cast<std::size_t>(r) * static_cast<std::size_t>(item.cols) +
                           static_cast<std::size_t>(c)];
        }
      }
      levels[index] = static_cast<std::uint8_t>((sum + factor * factor / 2) / (factor * factor));
    }
  }
  return reduced;
}

/// Mean grey level of each point's cell within the sector, and whether half of it lies inside.
Relief cellMeans(const media::Image& picture, const media::ScanSector& sector, int side) {
  const media::PixelRectangle box =
      sector.rectangle.value_or(media::PixelRectangle{0, 0, picture.cols, picture.rows});
  const auto levels = picture.samples<std::uint8_t>();
  const auto points = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  Relief relief{side, std::vector<float>(points), std::vector<std::uint8_t>(points)};
  const auto edge = [side](int from, int to, int cell) { return from + (to - from) * cell / side; };
  std::size_t index = 0;
  for (int i = 0; i < side; ++i) {
    const int top = edge(box.y0, box.y1, i),
              bottom = std::max(top + 1, edge(box.y0, box.y1, i + 1));
    for (int j = 0; j < side; ++j, ++index) {
      const int left = edge(box.x0, box.x1, j);
      const int right = std::max(left + 1, edge(box.x0, box.x1, j + 1));
      int sum = 0, held = 0;
      for (int row = top; row < bottom; ++row) {
        for (int col = left; col < right; ++col) {
          if (!sector.contains(col, row)) continue;
          ++held;
          sum += levels[static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.cols) +
                        static_cast<std::size_t>(col)];
        }
      }
      relief.inside[index] = 2 * held > (bottom - top) * (right - left) ? 1 : 0;
      if (relief.inside[index] != 0) {
        relief.height[index] = static_cast<float>(sum) / static_cast<float>(held);
      }
    }
  }
  return relief;
}

/// Gaussian along rows, transposed; twice is along both axes.
std::vector<float> smoothTransposed(const std::vector<float>& plane, int side,
                                    const std::vector<float>& kernel) {
  std::vector<float> result(plane.size());
  const int reach = static_cast<int>(kernel.size()) - 1;
  for (int row = 0; row < side; ++row) {
    for (int col = 0; col < side; ++col) {
      float sum = 0.0F;
      for (int c = std::max(0, col - reach); c <= std::min(side - 1, col + reach); ++c) {
        sum += kernel[static_cast<std::size_t>(std::abs(c - col))] *
               plane[static_cast<std::size_t>(row * side + c)];
      }
      result[static_cast<std::size_t>(col * side + row)] = sum;
    }
  }
  return result;
}

void takeOffSurroundings(Relief& relief) {
  const int side = relief.side;
  const double sigma = kSurroundings;
  std::vector<float> kernel(static_cast<std::size_t>(std::ceil(3.0 * sigma)) + 1);
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    const double reach = static_cast<double>(i) / sigma;
    kernel[i] = static_cast<float>(std::exp(-0.5 * reach * reach));
  }
  const auto smooth = [&](const std::vector<float>& plane) {
    return smoothTransposed(smoothTransposed(plane, side, kernel), side, kernel);
  };
  const std::vector<float> inside(relief.inside.begin(), relief.inside.end());
  const std::vector<float> weight = smooth(inside), sum = smooth(relief.height);
  std::vector<float> squares(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (relief.inside[i] == 0) continue;
    relief.height[i] -= sum[i] / weight[i];
    squares[i] = relief.height[i] * relief.height[i];
  }
  const std::vector<float> energy = smooth(squares);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (relief.inside[i] == 0) continue;
    relief.height[i] /= std::sqrt(energy[i] / weight[i]) + kFloor;
  }
}

/// Where a row or column of the fixed relief falls on the moving one.
struct Footing {
  int index = -1;      ///< of the point before it; -1: beyond the relief
  float share = 0.0F;  ///< of the point after it
};

void placeAxis(std::span<Footing> axis, double shift, double scale) {
  const auto side = static_cast<int>(axis.size());
  const double centre = (side - 1) / 2.0;
  for (int i = 0; i < side; ++i) {
    const double at = centre + scale * (i - centre) + shift;
    const int index = static_cast<int>(std::floor(at));
    const bool held = at >= 0.0 && index + 1 < side;
    axis[static_cast<std::size_t>(i)] = {held ? index : -1, static_cast<float>(at - index)};
  }
}

/// Between four points.
float sampled(const Relief& relief, const Footing& row, const Footing& col) {
  const auto side = static_cast<std::size_t>(relief.side);
  const auto at = static_cast<std::size_t>(row.index) * side + static_cast<std::size_t>(col.index);
  const float* const above = relief.height.data() + at;
  const float* const below = above + side;
  const float upper = above[0] + col.share * (above[1] - above[0]);
  const float lower = below[0] + col.share * (below[1] - below[0]);
  return upper + row.share * (lower - upper);
}

/// The coarsest relief, each axis sampled at a scale.
std::array<int, Fingerprint::kCoarseSide * Fingerprint::kCoarseSide> scaled(const Relief& relief,
                                                                            double scale_x,
                                                                            double scale_y) {
  constexpr std::size_t kSide = Fingerprint::kCoarseSide;
  std::array<Footing, kSide> columns, rows;
  placeAxis(columns, 0.0, scale_x);
  placeAxis(rows, 0.0, scale_y);
  std::array<int, kSide * kSide> result{};
  for (std::size_t row = 0; row < kSide; ++row) {
    for (std::size_t col = 0; col < kSide; ++col) {
      if (rows[row].index < 0 || columns[col].index < 0) continue;
      const float height = sampled(relief, rows[row], columns[col]);
      result[row * kSide + col] =
          static_cast<int>(std::lround(std::clamp(height, -kSteepest, kSteepest) * kToInteger));
    }
  }
  return result;
}

Fingerprint::Variant variantOf(const Relief& relief, double scale_x, double scale_y) {
  constexpr int kSide = Fingerprint::kCoarseSide, kReach = Fingerprint::kReach;
  const auto heights = scaled(relief, scale_x, scale_y);
  Fingerprint::Variant variant;
  for (int i = 0; i < kSide * kSide; ++i) {
    const int row = i / kSide + kReach, col = i % kSide + kReach;
    variant.height[static_cast<std::size_t>(row * Fingerprint::kPaddedSide + col)] =
        static_cast<std::int16_t>(heights[static_cast<std::size_t>(i)]);
  }
  std::size_t shift = 0;
  for (int dy = -kReach; dy <= kReach; ++dy) {
    for (int dx = -kReach; dx <= kReach; ++dx, ++shift) {
      std::int64_t sum = 0;
      for (int row = std::max(0, -dy); row < kSide - std::max(0, dy); ++row) {
        for (int col = std::max(0, -dx); col < kSide - std::max(0, dx); ++col) {
          const std::int64_t value = heights[static_cast<std::size_t>(row * kSide + col)];
          sum += value * value;
        }
      }
      variant.energy[shift] = static_cast<float>(std::sqrt(static_cast<double>(sum)));
    }
  }
  return variant;
}

double correlation(const Relief& fixed, const Relief& moving, const Alignment& alignment) {
  constexpr std::size_t kMostPoints = 128;
  std::array<Footing, kMostPoints> columns, rows;
  const int side = fixed.side;
  const auto count = static_cast<std::size_t>(side);
  placeAxis(std::span(columns).first(count), alignment.shift_x, alignment.scale_x);
  placeAxis(std::span(rows).first(count), alignment.shift_y, alignment.scale_y);
  double both = 0.0, ours = 0.0, theirs = 0.0;
  int shared = 0;
  for (std::size_t row = 0; row < count; ++row) {
    if (rows[row].index < 0) continue;
    const std::size_t above = static_cast<std::size_t>(rows[row].index) * count;
    for (std::size_t col = 0; col < count; ++col) {
      if (columns[col].index < 0 || fixed.inside[row * count + col] == 0) continue;
      const std::size_t at = above + static_cast<std::size_t>(columns[col].index);
      if ((moving.inside[at] & moving.inside[at + 1] & moving.inside[at + count] &
           moving.inside[at + count + 1]) == 0) {
        continue;
      }
      const float a = fixed.height[row * count + col];
      const float b = sampled(moving, rows[row], columns[col]);
      both += static_cast<double>(a) * b;
      ours += static_cast<double>(a) * a;
      theirs += static_cast<double>(b) * b;
      ++shared;
    }
  }
  const auto least = kLeastOverlap * static_cast<double>(std::ranges::count(fixed.inside, 1));
  if (shared < least || !(ours * theirs > 0.0)) return -1.0;
  return both / std::sqrt(ours * theirs);
}

bool allowed(const Alignment& at, int side) {
  const double shift = (kMostShift + 0.5 / Fingerprint::kCoarseSide) * side;
  return std::max(std::abs(at.shift_x), std::abs(at.shift_y)) <= shift &&
         std::max(at.scale_x, at.scale_y) <= kMostScale &&
         std::min(at.scale_x, at.scale_y) >= 1.0 / kMostScale;
}

/// Pattern search: a step along one axis while one helps, then half the step.
Match climb(const Relief& fixed, const Relief& moving, Match best, double step_px,
            double last_step_px) {
  best.likeness = correlation(fixed, moving, best.alignment);
  while (step_px >= last_step_px) {
    const double stretch = 2.0 * step_px / fixed.side;  // moves the borders by one step
    Match next = best;
    for (const double sign : {-1.0, 1.0}) {
      Alignment steps[4] = {best.alignment, best.alignment, best.alignment, best.alignment};
      steps[0].shift_x += sign * step_px;
      steps[1].shift_y += sign * step_px;
      steps[2].scale_x += sign * stretch;
      steps[3].scale_y += sign * stretch;
      for (const Alignment& step : steps) {
        if (!allowed(step, fixed.side)) continue;
        const double likeness = correlation(fixed, moving, step);
        if (likeness > next.likeness) next = {step, likeness};
      }
    }
    if (next.likeness > best.likeness) {
      best = next;
    } else {
      step_px /= 2.0;
    }
  }
  return best;
}
}  // namespace

std::optional<Fingerprint> fingerprintOf(const Case& item) {
  if (std::min(item.rows, item.cols) < kSmallest_px) return std::nullopt;
  const media::Image picture = reducedPicture(item);
  const media::ScanSector sector = media::findSector(std::span(&picture, 1));
  Fingerprint print;
  for (int level = 0; level < Fingerprint::kLevels; ++level) {
    Relief& relief = print.levels[static_cast<std::size_t>(level)];
    relief = cellMeans(picture, sector, Fingerprint::kCoarseSide << level);
    takeOffSurroundings(relief);
  }
  for (std::size_t i = 0; i < Fingerprint::kVariants; ++i) {
    constexpr std::size_t kCount = Fingerprint::kScales.size();
    print.variants[i] = variantOf(print.levels[0], Fingerprint::kScales[i % kCount],
                                  Fingerprint::kScales[i / kCount]);
  }
  if (!(print.variants[0].energy[Fingerprint::kShifts / 2] > 0.0F)) return std::nullopt;
  return print;
}

Match coarseMatch(const Fingerprint& fixed, const Fingerprint& moving) {
  constexpr int kSide = Fingerprint::kCoarseSide, kPadded = Fingerprint::kPaddedSide,
                kReach = Fingerprint::kReach;
  constexpr std::size_t kCount = Fingerprint::kScales.size();
  const Fingerprint::Variant& ours = fixed.variants[0];
  Match best;
  for (std::size_t i = 0; i < Fingerprint::kVariants; ++i) {
    const Fingerprint::Variant& theirs = moving.variants[i];
    for (int shift = 0; shift < Fingerprint::kShifts; ++shift) {
      const int dx = shift % (2 * kReach + 1) - kReach, dy = shift / (2 * kReach + 1) - kReach;
      std::int32_t sum = 0;
      for (int row = 0; row < kSide; ++row) {
        const std::int16_t* const a = ours.height.data() + (row + kReach) * kPadded + kReach;
        const std::int16_t* const b =
            theirs.height.data() + (row + kReach + dy) * kPadded + kReach + dx;
        for (int col = 0; col < kSide; ++col) sum += a[col] * b[col];
      }
      const float energy =
          ours.energy[static_cast<std::size_t>(shift)] *
          theirs.energy[static_cast<std::size_t>(Fingerprint::kShifts - 1 - shift)];
      const double likeness = energy > 0.0F ? static_cast<double>(sum) / energy : -1.0;
      if (likeness > best.likeness) {
        const double scale_x = Fingerprint::kScales[i % kCount];
        const double scale_y = Fingerprint::kScales[i / kCount];
        best = {{dx * scale_x, dy * scale_y, scale_x, scale_y}, likeness};
      }
    }
  }
  return best;
}

Match fineMatch(const Fingerprint& fixed, const Fingerprint& moving, const Match& start,
                double least) {
  Match best = start;
  double step_px = 0.5;
  for (std::size_t level = 0; level < Fingerprint::kLevels; ++level) {
    if (level > 0) {
      best.alignment.shift_x *= 2.0;
      best.alignment.shift_y *= 2.0;
      step_px = 1.0;
    }
    best = climb(fixed.levels[level], moving.levels[level], best, step_px, kLastStep_px);
    if (best.likeness < std::max(least, kLeastAt[level])) return {best.alignment, -1.0};
  }
  return best;
}

}  // namespace sonotwin::segment
