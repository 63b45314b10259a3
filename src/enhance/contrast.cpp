// SPDX-License-Identifier: Apache-2.0
#include "contrast.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "rows.h"

namespace sonotwin::enhance {
namespace {
constexpr int kBins = 256;
constexpr float kWhite = 255.0F;
constexpr double kLean = 0.25;  // weight of the whole sector's histogram, in full tiles

using Histogram = std::array<double, kBins>;
using Curve = std::array<float, kBins + 1>;  ///< output level at the edges of the bins

/// Position of a level along the bins, in [0, kBins].
float binPosition(float level) {
  return std::clamp(level, 0.0F, kWhite) / kWhite * static_cast<float>(kBins);
}

int binOf(float level) {
  return std::min(static_cast<int>(binPosition(level)), kBins - 1);
}

Curve equalizingCurve(Histogram histogram, double clip_limit) {
  double total = 0.0;
  for (const double count : histogram) total += count;
  const double limit = clip_limit * total / kBins;
  double excess = 0.0;
  for (double& count : histogram) {
    excess += std::max(count - limit, 0.0);
    count = std::min(count, limit);
  }
  Curve curve{};
  double sum = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    sum += histogram[bin] + excess / kBins;
    curve[bin + 1] = static_cast<float>(kWhite * sum / total);
  }
  return curve;
}

float through(const Curve& curve, float position) {
  const auto bin =
      std::min(static_cast<std::size_t>(position), static_cast<std::size_t>(kBins - 1));
  return std::lerp(curve[bin], curve[bin + 1], position - static_cast<float>(bin));
}

/// A grid of tiles over the patch and the curve of each.
class Tiles {
 public:
  Tiles(const Patch& patch, int count, double clip_limit)
      : count_(count),
        height_(static_cast<float>(patch.rows()) / static_cast<float>(count)),
        width_(static_cast<float>(patch.cols()) / static_cast<float>(count)) {
    std::vector<Histogram> histograms(static_cast<std::size_t>(count * count));
    Histogram whole{};
    std::size_t index = 0;
    for (int row = 0; row < patch.rows(); ++row) {
      for (int col = 0; col < patch.cols(); ++col, ++index) {
        if (patch.map->inside[index] == 0) continue;
        const auto bin = static_cast<std::size_t>(binOf(patch.levels[index]));
        histograms[tileAt(row, col)][bin] += 1.0;
        whole[bin] += 1.0;
      }
    }
    lean(histograms, whole);
    for (const Histogram& histogram : histograms) {
      curves_.push_back(equalizingCurve(histogram, clip_limit));
    }
  }

  /// Curves of the four tiles around a pixel, blended.
  [[nodiscard]] float equalized(int row, int col, float level) const {
    const float position = binPosition(level);
    const auto [top, down] = between((static_cast<float>(row) + 0.5F) / height_ - 0.5F);
    const auto [left, right] = between((static_cast<float>(col) + 0.5F) / width_ - 0.5F);
    const int bottom = std::min(top + 1, count_ - 1), far = std::min(left + 1, count_ - 1);
    const float upper =
        std::lerp(through(curve(top, left), position), through(curve(top, far), position), right);
    const float lower = std::lerp(through(curve(bottom, left), position),
                                  through(curve(bottom, far), position), right);
    return std::lerp(upper, lower, down);
  }

 private:
  void lean(std::vector<Histogram>& histograms, const Histogram& whole) const {
    double total = 0.0;
    for (const double count : whole) total += count;
    const double share = kLean * static_cast<double>(height_ * width_) / total;
    for (Histogram& histogram : histograms) {
      for (std::size_t bin = 0; bin < kBins; ++bin) histogram[bin] += share * whole[bin];
    }
  }

  [[nodiscard]] std::size_t tileAt(int row, int col) const {
    const int tile_row = std::min(static_cast<int>(static_cast<float>(row) / height_), count_ - 1);
    const int tile_col = std::min(static_cast<int>(static_cast<float>(col) / width_), count_ - 1);
    return static_cast<std::size_t>(tile_row * count_ + tile_col);
  }

  /// Lower of two tile centres and the weight of the upper one.
  [[nodiscard]] std::pair<int, float> between(float position) const {
    const float inside = std::clamp(position, 0.0F, static_cast<float>(count_ - 1));
    const int lower = static_cast<int>(inside);
    return {lower, inside - static_cast<float>(lower)};
  }

  [[nodiscard]] const Curve& curve(int row, int col) const {
    return curves_[static_cast<std::size_t>(row * count_ + col)];
  }

  int count_;
  float height_, width_;  ///< of a tile, pixels
  std::vector<Curve> curves_;
};

/// Level below which `percent` of the values lie; reorders them.
float percentile(std::vector<float>& values, double percent) {
  const auto rank = static_cast<std::ptrdiff_t>(
      std::lround(percent / 100.0 * static_cast<double>(values.size() - 1)));
  std::ranges::nth_element(values, values.begin() + rank);
  return values[static_cast<std::size_t>(rank)];
}
}  // namespace

void clahe(Patch& patch, int tiles, double clip_limit, double strength) {
  const Tiles grid(patch, std::min({tiles, patch.rows(), patch.cols()}), clip_limit);
  const auto weight = static_cast<float>(strength);
  forEachRow(patch, [&](int row, float* levels) {
    const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(patch.cols());
    for (int col = 0; col < patch.cols(); ++col) {
      if (patch.map->inside[first + static_cast<std::size_t>(col)] == 0) continue;
      levels[col] = std::lerp(levels[col], grid.equalized(row, col, levels[col]), weight);
    }
  });
}

void applyGamma(Patch& patch, double gamma) {
  const auto exponent = static_cast<float>(gamma);
  for (float& level : patch.levels) {
    level = kWhite * std::pow(std::clamp(level, 0.0F, kWhite) / kWhite, exponent);
  }
}

void percentileStretch(Patch& patch, double low_percent, double high_percent) {
  std::vector<float> values = insideLevels(patch);
  const float low = percentile(values, low_percent);
  const float high = percentile(values, high_percent);
  if (!(high > low)) return;
  for (float& level : patch.levels) {
    level = std::clamp((level - low) / (high - low) * kWhite, 0.0F, kWhite);
  }
}

}  // namespace sonotwin::enhance
