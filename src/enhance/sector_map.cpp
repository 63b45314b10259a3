// SPDX-License-Identifier: Apache-2.0
#include "sector_map.h"

#include <algorithm>
#include <optional>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::enhance {
namespace {
struct Key {
  media::ScanSector sector;
  int rows = 0;
  int cols = 0;
  bool operator==(const Key&) const = default;
};

std::vector<std::uint8_t> wholeMask(const Key& key) {
  const bool everything = !key.sector.rectangle && !key.sector.fan;
  std::vector<std::uint8_t> mask(
      static_cast<std::size_t>(key.rows) * static_cast<std::size_t>(key.cols), 1);
  if (everything) return mask;
  std::size_t index = 0;
  for (int row = 0; row < key.rows; ++row) {
    for (int col = 0; col < key.cols; ++col) {
      mask[index++] = key.sector.contains(col, row) ? 1 : 0;
    }
  }
  return mask;
}

media::PixelRectangle boxOf(const std::vector<std::uint8_t>& mask, const Key& key) {
  media::PixelRectangle box{key.cols, key.rows, 0, 0};
  std::size_t index = 0;
  for (int row = 0; row < key.rows; ++row) {
    for (int col = 0; col < key.cols; ++col) {
      if (mask[index++] == 0) continue;
      box = {std::min(box.x0, col), std::min(box.y0, row), std::max(box.x1, col + 1),
             std::max(box.y1, row + 1)};
    }
  }
  if (box.x0 >= box.x1) {
    throwBadInput("The scan sector has no pixel in a picture of " + std::to_string(key.cols) +
                  " x " + std::to_string(key.rows) +
                  ": check the calibration's rectangle and fan.");
  }
  return box;
}

/// Takes over a neighbour's nearest pixel where that is nearer.
class NearestSpread {
 public:
  NearestSpread(std::vector<std::int32_t>& nearest, int cols) : nearest_(nearest), cols_(cols) {}

  void offer(int row, int col, int from_row, int from_col) {
    const std::int32_t candidate = nearest_[at(from_row, from_col)];
    std::int32_t& held = nearest_[at(row, col)];
    if (candidate >= 0 && (held < 0 || squared(row, col, candidate) < squared(row, col, held))) {
      held = candidate;
    }
  }

 private:
  [[nodiscard]] std::size_t at(int row, int col) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(cols_) +
           static_cast<std::size_t>(col);
  }
  [[nodiscard]] int squared(int row, int col, std::int32_t index) const {
    const int dr = row - index / cols_, dc = col - index % cols_;
    return dr * dr + dc * dc;
  }

  std::vector<std::int32_t>& nearest_;
  int cols_;
};

/// Two sweeps of a distance transform (Danielsson 1980): off by a fraction of a pixel at worst.
std::vector<std::int32_t> nearestInside(const std::vector<std::uint8_t>& inside, int rows,
                                        int cols) {
  std::vector<std::int32_t> nearest(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    nearest[i] = inside[i] != 0 ? static_cast<std::int32_t>(i) : -1;
  }
  NearestSpread spread(nearest, cols);
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; row > 0 && col < cols; ++col) spread.offer(row, col, row - 1, col);
    for (int col = 1; col < cols; ++col) spread.offer(row, col, row, col - 1);
    for (int col = cols - 2; col >= 0; --col) spread.offer(row, col, row, col + 1);
  }
  for (int row = rows - 2; row >= 0; --row) {
    for (int col = 0; col < cols; ++col) spread.offer(row, col, row + 1, col);
    for (int col = 1; col < cols; ++col) spread.offer(row, col, row, col - 1);
    for (int col = cols - 2; col >= 0; --col) spread.offer(row, col, row, col + 1);
  }
  return nearest;
}

std::shared_ptr<const SectorMap> makeMap(const Key& key) {
  const std::vector<std::uint8_t> mask = wholeMask(key);
  auto map = std::make_shared<SectorMap>();
  map->sector = key.sector;
  map->box = boxOf(mask, key);
  for (int row = map->box.y0; row < map->box.y1; ++row) {
    const auto line = mask.begin() + static_cast<std::ptrdiff_t>(row) * key.cols;
    map->inside.insert(map->inside.end(), line + map->box.x0, line + map->box.x1);
  }
  map->nearest = nearestInside(map->inside, map->rows(), map->cols());
  return map;
}
}  // namespace

std::shared_ptr<const SectorMap> sectorMap(const media::ScanSector& sector, int rows, int cols) {
  thread_local std::optional<Key> last_key;
  thread_local std::shared_ptr<const SectorMap> last_map;
  const Key key{sector, rows, cols};
  if (last_key != key) {
    last_key.reset();
    last_map = makeMap(key);
    last_key = key;
  }
  return last_map;
}

std::vector<float> insideLevels(const Patch& patch) {
  std::vector<float> levels;
  levels.reserve(patch.levels.size());
  for (std::size_t i = 0; i < patch.levels.size(); ++i) {
    if (patch.map->inside[i] != 0) levels.push_back(patch.levels[i]);
  }
  return levels;
}

void fillOutside(Patch& patch) {
  for (std::size_t i = 0; i < patch.levels.size(); ++i) {
    patch.levels[i] = patch.levels[static_cast<std::size_t>(patch.map->nearest[i])];
  }
}

}  // namespace sonotwin::enhance
