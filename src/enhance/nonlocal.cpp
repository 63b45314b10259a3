// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <vector>

#include "filter_arithmetic.h"
#include "sonotwin/base/parallel.h"
#include "speckle.h"

namespace sonotwin::enhance {
namespace {
constexpr int kStep = kBlockStep;

/// The picture with a replicated border wide enough for every patch that is looked at.
class Padded {
 public:
  Padded(const Patch& patch, int border)
      : border_(border),
        stride_(patch.cols() + 2 * border),
        levels_(static_cast<std::size_t>(stride_) *
                static_cast<std::size_t>(patch.rows() + 2 * border)) {
    for (int row = -border; row < patch.rows() + border; ++row) {
      const int from = std::clamp(row, 0, patch.rows() - 1);
      for (int col = -border; col < patch.cols() + border; ++col) {
        const int column = std::clamp(col, 0, patch.cols() - 1);
        levels_[index(row, col)] =
            std::max(patch.levels[static_cast<std::size_t>(from * patch.cols() + column)], 0.0F);
      }
    }
    inverse_.resize(levels_.size());
    std::ranges::transform(levels_, inverse_.begin(), inverseLevel);
  }

  [[nodiscard]] const float* levels(int row, int col) const {
    return levels_.data() + index(row, col);
  }
  [[nodiscard]] const float* inverse(int row, int col) const {
    return inverse_.data() + index(row, col);
  }
  [[nodiscard]] int stride() const { return stride_; }

 private:
  [[nodiscard]] std::size_t index(int row, int col) const {
    return static_cast<std::size_t>(row + border_) * static_cast<std::size_t>(stride_) +
           static_cast<std::size_t>(col + border_);
  }
  int border_, stride_;
  std::vector<float> levels_, inverse_;
};

/// Sums of restored blocks over a band of rows.
struct Band {
  int first_row = 0;
  std::vector<float> sum, count;  ///< [rows of the band x cols]
};

class Restoration {
 public:
  Restoration(const Patch& patch, const NonLocal& settings)
      : patch_(patch),
        reach_(settings.patch_px),
        search_(settings.search_px),
        side_(2 * reach_ + 1),
        falloff_(falloffOf(settings)),
        padded_(patch, reach_ + search_),
        means_(meansOf()) {}

  [[nodiscard]] Band band(int number) const;
  [[nodiscard]] int bandCount() const {
    constexpr int kRows = kStep * kBandBlocks;
    return (patch_.rows() + kRows - 1) / kRows;
  }

 private:
  [[nodiscard]] std::vector<float> meansOf() const;
  [[nodiscard]] float meanAt(int row, int col) const {
    return means_[static_cast<std::size_t>(std::clamp(row, 0, patch_.rows() - 1) * patch_.cols() +
                                           std::clamp(col, 0, patch_.cols() - 1))];
  }
  [[nodiscard]] float distance(int row, int col, int other_row, int other_col) const;
  /// A patch that a block is compared with.
  struct Candidate {
    int down, along;
  };
  /// Room for the work on one block.
  struct Work {
    std::vector<float> block, weights;
    std::vector<Candidate> candidates;
  };
  void restore(int row, int col, Work& work) const;
  void add(const std::vector<float>& block, int row, int col, Band& band) const;

  const Patch& patch_;
  int reach_, search_, side_;
  float falloff_;
  Padded padded_;
  std::vector<float> means_;
};

std::vector<float> Restoration::meansOf() const {
  std::vector<float> means(patch_.levels.size());
  parallelFor(static_cast<std::size_t>(patch_.rows()), 0, [&](std::size_t begin, std::size_t end) {
    for (int row = static_cast<int>(begin); row < static_cast<int>(end); ++row) {
      for (int col = 0; col < patch_.cols(); ++col) {
        float sum = 0.0F;
        for (int r = -reach_; r <= reach_; ++r) {
          const float* const line = padded_.levels(row + r, col - reach_);
          for (int c = 0; c < side_; ++c) sum += line[c];
        }
        means[static_cast<std::size_t>(row * patch_.cols() + col)] =
            sum / static_cast<float>(side_ * side_);
      }
    }
  });
  return means;
}

float Restoration::distance(int row, int col, int other_row, int other_col) const {
  const float* one = padded_.levels(row - reach_, col - reach_);
  const float* other = padded_.levels(other_row - reach_, other_col - reach_);
  const float* inverse = padded_.inverse(other_row - reach_, other_col - reach_);
  float sum = 0.0F;
  for (int r = 0; r < side_; ++r) {
    for (int c = 0; c < side_; ++c) {
      const float difference = one[c] - other[c];
      sum += difference * difference * inverse[c];
    }
    one += padded_.stride();
    other += padded_.stride();
    inverse += padded_.stride();
  }
  return sum;
}

void Restoration::restore(int row, int col, Work& work) const {
  work.candidates.clear();
  work.weights.clear();
  const float mean = meanAt(row, col);
  for (int dr = -search_; dr <= search_; ++dr) {
    for (int dc = -search_; dc <= search_; ++dc) {
      if (!comparable(mean, meanAt(row + dr, col + dc))) continue;
      work.candidates.push_back({dr, dc});
      work.weights.push_back(distance(row, col, row + dr, col + dc));
    }
  }
  // In a loop of their own, exponentials are computed several at a time.
  for (float& weight : work.weights) weight = likeness(weight, falloff_);
  std::ranges::fill(work.block, 0.0F);
  float weights = 0.0F;
  for (std::size_t i = 0; i < work.weights.size(); ++i) {
    const float weight = work.weights[i];
    const auto [down, along] = work.candidates[i];
    weights += weight;
    for (int r = 0; r < side_; ++r) {
      const float* const line = padded_.levels(row + down - reach_ + r, col + along - reach_);
      float* const out = work.block.data() + static_cast<std::ptrdiff_t>(r) * side_;
      for (int c = 0; c < side_; ++c) out[c] += weight * line[c];
    }
  }
  for (float& level : work.block) level /= weights;  // the block itself weighs 1
}

void Restoration::add(const std::vector<float>& block, int row, int col, Band& band) const {
  const auto rows = static_cast<int>(band.sum.size()) / patch_.cols();
  for (int r = 0; r < side_; ++r) {
    const int band_row = row + r - reach_ - band.first_row;
    const int picture_row = row + r - reach_;
    if (picture_row < 0 || picture_row >= patch_.rows() || band_row >= rows) continue;
    for (int c = 0; c < side_; ++c) {
      const int column = col + c - reach_;
      if (column < 0 || column >= patch_.cols()) continue;
      const auto index = static_cast<std::size_t>(band_row * patch_.cols() + column);
      band.sum[index] += block[static_cast<std::size_t>(r * side_ + c)];
      band.count[index] += 1.0F;
    }
  }
}

Band Restoration::band(int number) const {
  const int first = number * kStep * kBandBlocks;
  const int end = std::min(first + kStep * kBandBlocks, patch_.rows());
  Band band;
  band.first_row = first - reach_;
  band.sum.resize(static_cast<std::size_t>((end - first + 2 * reach_) * patch_.cols()));
  band.count.resize(band.sum.size());
  Work work;
  work.block.resize(static_cast<std::size_t>(side_ * side_));
  for (int row = first; row < end; row += kStep) {
    for (int col = 0; col < patch_.cols(); col += kStep) {
      restore(row, col, work);
      add(work.block, row, col, band);
    }
  }
  return band;
}
}  // namespace

float falloffOf(const NonLocal& settings) {
  const int side = 2 * settings.patch_px + 1;
  return static_cast<float>(1.0 / (settings.strength * settings.strength * side * side));
}

void obnlm(Patch& patch, const NonLocal& settings) {
  fillOutside(patch);
  const Restoration restoration(patch, settings);
  // The cut into bands, and so the order of every sum, is the same for any number of threads.
  std::vector<Band> bands(static_cast<std::size_t>(restoration.bandCount()));
  parallelFor(bands.size(), 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) bands[i] = restoration.band(static_cast<int>(i));
  });
  std::vector<float> count(patch.levels.size());
  std::ranges::fill(patch.levels, 0.0F);
  for (const Band& band : bands) {
    for (std::size_t i = 0; i < band.sum.size(); ++i) {
      const auto at = static_cast<std::ptrdiff_t>(i) +
                      static_cast<std::ptrdiff_t>(band.first_row) * patch.cols();
      if (at < 0 || at >= static_cast<std::ptrdiff_t>(count.size())) continue;
      patch.levels[static_cast<std::size_t>(at)] += band.sum[i];
      count[static_cast<std::size_t>(at)] += band.count[i];
    }
  }
  for (std::size_t i = 0; i < count.size(); ++i) patch.levels[i] /= count[i];
}

}  // namespace sonotwin::enhance
