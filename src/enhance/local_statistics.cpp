// SPDX-License-Identifier: Apache-2.0
#include "local_statistics.h"

#include <algorithm>
#include <cstddef>

#include "sonotwin/base/parallel.h"

namespace sonotwin::enhance {
namespace {
constexpr std::size_t kEvery = 5;  // pixel that the median looks at

/// Sums over a window that slides down one row at a time, column by column.
class ColumnSums {
 public:
  ColumnSums(const Patch& patch, int radius)
      : patch_(patch),
        radius_(radius),
        sum_(static_cast<std::size_t>(patch.cols())),
        squares_(sum_.size()) {}

  void startAt(int row) {
    std::ranges::fill(sum_, 0.0);
    std::ranges::fill(squares_, 0.0);
    for (int r = row - radius_; r <= row + radius_; ++r) add(r, 1.0);
  }
  void moveDownTo(int row) {
    add(row - radius_ - 1, -1.0);
    add(row + radius_, 1.0);
  }
  [[nodiscard]] const std::vector<double>& sum() const { return sum_; }
  [[nodiscard]] const std::vector<double>& squares() const { return squares_; }

 private:
  void add(int row, double sign) {
    if (row < 0 || row >= patch_.rows()) return;
    const float* const levels = patch_.levels.data() + static_cast<std::ptrdiff_t>(row) *
                                                           static_cast<std::ptrdiff_t>(sum_.size());
    for (std::size_t col = 0; col < sum_.size(); ++col) {
      const double level = levels[col];
      sum_[col] += sign * level;
      squares_[col] += sign * level * level;
    }
  }

  const Patch& patch_;
  int radius_;
  std::vector<double> sum_, squares_;
};

void finishRow(const ColumnSums& sums, int radius, int window_rows, float* mean, float* variation) {
  const auto cols = static_cast<int>(sums.sum().size());
  double sum = 0.0, squares = 0.0;
  const auto take = [&](int col, double sign) {
    if (col < 0 || col >= cols) return;
    sum += sign * sums.sum()[static_cast<std::size_t>(col)];
    squares += sign * sums.squares()[static_cast<std::size_t>(col)];
  };
  for (int col = 0; col < radius; ++col) take(col, 1.0);
  for (int col = 0; col < cols; ++col) {
    take(col + radius, 1.0);
    take(col - radius - 1, -1.0);
    const int window_cols = std::min(col + radius, cols - 1) - std::max(col - radius, 0) + 1;
    const double count = static_cast<double>(window_cols) * window_rows;
    const double average = sum / count;
    const double variance = std::max(squares / count - average * average, 0.0);
    mean[col] = static_cast<float>(average);
    variation[col] = static_cast<float>(variance / (average * average));
  }
}
}  // namespace

LocalStatistics localStatistics(const Patch& patch, int radius) {
  LocalStatistics result;
  result.mean.resize(patch.levels.size());
  result.squared_variation.resize(patch.levels.size());
  // Bands of a fixed height: running sums start anew at the same rows for any number of threads.
  constexpr int kBand = 32;
  const int bands = (patch.rows() + kBand - 1) / kBand;
  parallelFor(static_cast<std::size_t>(bands), 0, [&](std::size_t begin, std::size_t end) {
    ColumnSums sums(patch, radius);
    const int last = std::min(static_cast<int>(end) * kBand, patch.rows());
    for (int row = static_cast<int>(begin) * kBand; row < last; ++row) {
      row % kBand == 0 ? sums.startAt(row) : sums.moveDownTo(row);
      const int window_rows = std::min(row + radius, patch.rows() - 1) - std::max(row - radius, 0);
      const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(patch.cols());
      finishRow(sums, radius, window_rows + 1, result.mean.data() + first,
                result.squared_variation.data() + first);
    }
  });
  return result;
}

float speckleVariation(const Patch& patch, const std::vector<float>& squared_variation) {
  std::vector<float> values;
  values.reserve(squared_variation.size() / kEvery + 1);
  for (std::size_t i = 0; i < squared_variation.size(); i += kEvery) {
    if (patch.map->inside[i] != 0) values.push_back(squared_variation[i]);
  }
  if (values.empty()) return 0.0F;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace sonotwin::enhance
