// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "grid.h"
#include "recipe.h"
#include "sonotwin/base/error.h"

namespace sonotwin::segment {
namespace {
constexpr double kWorthCropping = 0.9;  // of the picture's area, the median sector at most
constexpr double kLabelsKept = 0.995;   // of the labelled pixels, at least
// Maps of a stage that backward needs: of two convolutions and their norms, and of going up.
constexpr double kMapsOfBlock = 4.0, kMapsOfShortcut = 2.0, kMapsOfDecoder = 7.0;
// Of a map's value, with its gradient and what is taken in passing: 8.2 to 9.3 were measured for
// three presets with LibTorch 1.13 on a CPU.
constexpr double kBytesOfValue = 9.5;
constexpr double kShareForMaps = 0.6;  // of the memory; others have the rest

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

int roundToMultiple(double length, int step) {
  return std::max(1, static_cast<int>(std::lround(length / step))) * step;
}

/// What the training images, or their sectors, measure.
struct Shapes {
  std::vector<double> rows, cols, share;
  double labelled = 0.0, kept = 0.0;  ///< pixels, and those within the sectors

  void add(const Case& item, const Cut& cut) {
    rows.push_back(cut.rows);
    cols.push_back(cut.cols);
    share.push_back(static_cast<double>(cut.rows) * cut.cols /
                    (static_cast<double>(item.rows) * item.cols));
    std::size_t index = 0;
    for (int r = 0; r < item.rows; ++r) {
      for (int c = 0; c < item.cols; ++c) {
        if (item.truth[index++] == 0) continue;
        labelled += 1.0;
        kept += cut.contains(r, c) ? 1.0 : 0.0;
      }
    }
  }
};

Shapes measure(const Dataset& dataset, bool crop) {
  Shapes shapes;
  for (const Case& item : dataset.cases) {
    if (item.split != Split::kTrain) continue;
    shapes.add(item, crop ? cutToSector(item.gray, item.rows, item.cols)
                          : wholePicture(item.rows, item.cols));
  }
  if (shapes.rows.empty()) throwBadInput("The dataset has no case to train on.");
  return shapes;
}
}  // namespace

NetworkPlan planNetwork(const NetworkSize& size, const Dataset& dataset) {
  NetworkPlan plan;
  Shapes shapes = measure(dataset, true);
  plan.crop =
      median(shapes.share) <= kWorthCropping && shapes.kept >= kLabelsKept * shapes.labelled;
  if (!plan.crop) shapes = measure(dataset, false);
  const double high = median(shapes.rows), wide = median(shapes.cols);
  // Small images are not enlarged: that would cost time and add nothing.
  const double scale = std::min(1.0, std::sqrt(size.grid_pixels / (high * wide)));
  plan.widths = size.widths;
  plan.encoder_blocks = size.encoder_blocks;
  plan.block = size.block;
  // The coarsest stage keeps an edge of at least 4.
  while (plan.widths.size() > 2 &&
         std::min(high, wide) * scale < 4.0 * (plan.block << (plan.widths.size() - 1))) {
    plan.widths.pop_back();
    if (!plan.encoder_blocks.empty()) plan.encoder_blocks.pop_back();
  }
  const int step = plan.block << (plan.widths.size() - 1);
  plan.grid_rows = std::max(roundToMultiple(high * scale, step), 2 * step);
  plan.grid_cols = std::max(roundToMultiple(wide * scale, step), 2 * step);
  plan.classes = static_cast<int>(dataset.labels.size()) + 1;
  return plan;
}

int picturesWithin(const NetworkPlan& plan, double bytes) {
  double pixels = static_cast<double>(plan.grid_rows) * plan.grid_cols / (plan.block * plan.block);
  double values = 0.0;
  for (std::size_t s = 0; s < plan.widths.size(); ++s) {
    const bool residual = !plan.encoder_blocks.empty();
    double maps = kMapsOfBlock * (residual ? plan.encoder_blocks[s] : 1);
    if (residual) maps += kMapsOfShortcut;
    if (s + 1 < plan.widths.size()) maps += kMapsOfDecoder;
    values += maps * plan.widths[s] * pixels;
    pixels /= 4.0;
  }
  const double fitting = kShareForMaps * bytes / (kBytesOfValue * values);
  return static_cast<int>(std::clamp(fitting, 1.0, 1e6));
}

}  // namespace sonotwin::segment
