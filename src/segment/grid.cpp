// SPDX-License-Identifier: Apache-2.0
#include "grid.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sonotwin/media/find_sector.h"

namespace sonotwin::segment {
namespace {
/// Weights of the source samples under one target sample.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Taps> triangleTaps(int source, int target) {
  const double ratio = static_cast<double>(source) / target;
  const double reach = std::max(ratio, 1.0);
  std::vector<Taps> all(static_cast<std::size_t>(target));
  for (int i = 0; i < target; ++i) {
    const double centre = (i + 0.5) * ratio - 0.5;
    const int first = std::max(0, static_cast<int>(std::ceil(centre - reach)));
    const int last = std::min(source - 1, static_cast<int>(std::floor(centre + reach)));
    Taps& taps = all[static_cast<std::size_t>(i)];
    taps.first = first;
    double sum = 0.0;
    for (int j = first; j <= last; ++j) sum += 1.0 - std::abs(j - centre) / reach;
    for (int j = first; j <= last; ++j) {
      taps.weights.push_back(static_cast<float>((1.0 - std::abs(j - centre) / reach) / sum));
    }
  }
  return all;
}

std::vector<float> shrinkRows(std::span<const std::uint8_t> source, int rows, int cols,
                              int target_rows) {
  const auto width = static_cast<std::size_t>(cols);
  std::vector<float> result(static_cast<std::size_t>(target_rows) * width, 0.0F);
  float* out = result.data();
  for (const Taps& taps : triangleTaps(rows, target_rows)) {
    const std::uint8_t* in = source.data() + static_cast<std::size_t>(taps.first) * width;
    for (const float weight : taps.weights) {
      for (std::size_t x = 0; x < width; ++x) out[x] += weight * static_cast<float>(in[x]);
      in += width;
    }
    out += width;
  }
  return result;
}

/// Calls `put(row, col, level)` for every pixel of the resized picture.
template <class Put>
void resize(std::span<const std::uint8_t> source, int rows, int cols, const Placement& p,
            const Put& put) {
  const std::vector<float> narrow = shrinkRows(source, rows, cols, p.rows);
  const std::vector<Taps> across = triangleTaps(cols, p.cols);
  for (int r = 0; r < p.rows; ++r) {
    const float* line =
        narrow.data() + static_cast<std::size_t>(r) * static_cast<std::size_t>(cols);
    for (int c = 0; c < p.cols; ++c) {
      const Taps& taps = across[static_cast<std::size_t>(c)];
      float level = 0.0F;
      for (std::size_t k = 0; k < taps.weights.size(); ++k) {
        level += taps.weights[k] * line[static_cast<std::size_t>(taps.first) + k];
      }
      put(r, c, level);
    }
  }
}

std::size_t gridIndex(const Placement& p, int r, int c) {
  return static_cast<std::size_t>(r + p.top) * static_cast<std::size_t>(p.grid_cols) +
         static_cast<std::size_t>(c + p.left);
}

std::size_t gridSize(const Placement& p) {
  return static_cast<std::size_t>(p.grid_rows) * static_cast<std::size_t>(p.grid_cols);
}
}  // namespace

Cut wholePicture(int rows, int cols) {
  return {0, 0, rows, cols};
}

Cut cutAround(const media::PixelRectangle& rectangle, int rows, int cols) {
  const int wide = (rectangle.x1 - rectangle.x0) / 10, high = (rectangle.y1 - rectangle.y0) / 10;
  const int left = std::max(0, rectangle.x0 - wide), top = std::max(0, rectangle.y0 - high);
  return {top, left, std::min(rows, rectangle.y1 + high) - top,
          std::min(cols, rectangle.x1 + wide) - left};
}

Cut cutCloser(const media::PixelRectangle& rectangle, double margin, const Placement& grid,
              const Cut& whole) {
  const double shape = static_cast<double>(grid.grid_cols) / grid.grid_rows;
  double wide = (rectangle.x1 - rectangle.x0) * (1.0 + 2.0 * margin);
  double high = (rectangle.y1 - rectangle.y0) * (1.0 + 2.0 * margin);
  wide = std::max(wide, high * shape);
  high = std::max(high, wide / shape);
  const auto within = [](int from, int to, double size, int low, int length) {
    const double middle = (from + to) / 2.0;
    const int begin = std::max(low, static_cast<int>(std::floor(middle - size / 2.0)));
    const int end = std::min(low + length, static_cast<int>(std::ceil(middle + size / 2.0)));
    return std::pair(begin, end - begin);
  };
  const auto [left, cols] = within(rectangle.x0, rectangle.x1, wide, whole.left, whole.cols);
  const auto [top, rows] = within(rectangle.y0, rectangle.y1, high, whole.top, whole.rows);
  return {top, left, rows, cols};
}

Cut cutToSector(std::span<const media::Image> gray) {
  const auto rectangle = media::findSector(gray).rectangle;
  const media::Image& first = gray.front();
  return rectangle ? cutAround(*rectangle, first.rows, first.cols)
                   : wholePicture(first.rows, first.cols);
}

Cut cutToSector(std::span<const std::uint8_t> gray, int rows, int cols) {
  media::Image image(rows, cols);
  std::ranges::copy(gray, image.samples<std::uint8_t>().begin());
  return cutToSector(std::span(&image, 1));
}

std::vector<std::uint8_t> cutOut(std::span<const std::uint8_t> pixels, int picture_cols,
                                 const Cut& cut) {
  std::vector<std::uint8_t> part(static_cast<std::size_t>(cut.rows) *
                                 static_cast<std::size_t>(cut.cols));
  for (int r = 0; r < cut.rows; ++r) {
    const auto from =
        static_cast<std::size_t>(cut.top + r) * static_cast<std::size_t>(picture_cols) +
        static_cast<std::size_t>(cut.left);
    std::ranges::copy(pixels.subspan(from, static_cast<std::size_t>(cut.cols)),
                      part.begin() + static_cast<std::ptrdiff_t>(r) * cut.cols);
  }
  return part;
}

Placement placeInGrid(int picture_rows, int picture_cols, int grid_rows, int grid_cols) {
  const double scale = std::min(static_cast<double>(grid_rows) / picture_rows,
                                static_cast<double>(grid_cols) / picture_cols);
  const auto side = [scale](int length, int limit) {
    return std::clamp(static_cast<int>(std::lround(length * scale)), 1, limit);
  };
  Placement p{grid_rows, grid_cols, side(picture_rows, grid_rows), side(picture_cols, grid_cols)};
  p.top = (grid_rows - p.rows) / 2;
  p.left = (grid_cols - p.cols) / 2;
  return p;
}

std::vector<std::uint8_t> toGrid(std::span<const std::uint8_t> gray, int picture_rows,
                                 int picture_cols, const Placement& placement) {
  std::vector<std::uint8_t> result(gridSize(placement), 0);
  resize(gray, picture_rows, picture_cols, placement, [&](int r, int c, float level) {
    result[gridIndex(placement, r, c)] =
        static_cast<std::uint8_t>(std::clamp(std::lround(level), 0L, 255L));
  });
  return result;
}

std::vector<std::uint8_t> truthToGrid(std::span<const std::uint8_t> truth, int picture_rows,
                                      int picture_cols, const std::vector<media::Label>& labels,
                                      const Placement& placement) {
  std::vector<std::uint8_t> classes(gridSize(placement), 0);
  std::vector<float> most(gridSize(placement), 0.0F);
  std::vector<float> covered(gridSize(placement), 0.0F);
  std::vector<std::uint8_t> member(truth.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::ranges::transform(truth, member.begin(), [value = labels[i].value](std::uint8_t label) {
      return static_cast<std::uint8_t>(label == value ? 1 : 0);
    });
    resize(member, picture_rows, picture_cols, placement, [&](int r, int c, float share) {
      const std::size_t k = gridIndex(placement, r, c);
      covered[k] += share;
      if (share > most[k]) {
        most[k] = share;
        classes[k] = static_cast<std::uint8_t>(i + 1);
      }
    });
  }
  for (std::size_t k = 0; k < classes.size(); ++k) {
    if (1.0F - covered[k] >= most[k]) classes[k] = 0;
  }
  return classes;
}

}  // namespace sonotwin::segment
