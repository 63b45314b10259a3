// SPDX-License-Identifier: Apache-2.0
#include "tiling.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "json_fields.h"
#include "sonotwin/base/error.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;
constexpr double kMuchLarger = 1.5;      // than the largest training picture, in mm
constexpr double kManyMorePixels = 2.0;  // than the median training picture
constexpr double kBadFit = 0.5;          // share of the grid that a picture covers, at most
constexpr int kLongestSide = 16384;      // of the larger grid

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Grid pixels a picture pixel at which a picture is looked at in tiles; none: whole.
std::optional<double> tileScale(const Cut& cut, double pixel_mm, const Placement& whole,
                                const TrainingScale& training) {
  if (training.physical && pixel_mm > 0.0) {
    const auto& [rows_mm, cols_mm] = training.physical->largest_mm;
    const bool larger =
        cut.rows * pixel_mm > kMuchLarger * rows_mm || cut.cols * pixel_mm > kMuchLarger * cols_mm;
    if (!larger) return std::nullopt;
    return pixel_mm / training.physical->grid_pixel_mm;
  }
  const bool more = cut.rows > kManyMorePixels * training.median_px[0] ||
                    cut.cols > kManyMorePixels * training.median_px[1];
  const double covered = static_cast<double>(whole.rows) * whole.cols;
  if (!more || covered > kBadFit * whole.grid_rows * whole.grid_cols) return std::nullopt;
  return std::max(static_cast<double>(whole.grid_rows) / cut.rows,
                  static_cast<double>(whole.grid_cols) / cut.cols);
}

std::array<double, 2> pairFromJson(const json& object, const char* key, const std::string& where) {
  const json& list = requireField(object, key, where);
  const auto isSize = [](const json& item) { return item.is_number() && item > 0.0; };
  if (!list.is_array() || list.size() != 2 || !std::ranges::all_of(list, isSize)) {
    throwBadInput(where + ": the field '" + key + "' is not two numbers above 0.");
  }
  return {list[0].get<double>(), list[1].get<double>()};
}
}  // namespace

TrainingScale trainingScale(const Dataset& dataset, const NetworkPlan& plan) {
  std::vector<double> rows, cols, grid_pixel_mm;
  TrainingScale::Physical physical;
  for (const Case& item : dataset.cases) {
    if (item.split != Split::kTrain) continue;
    const Cut cut = plan.crop ? cutToSector(item.gray, item.rows, item.cols)
                              : wholePicture(item.rows, item.cols);
    rows.push_back(cut.rows);
    cols.push_back(cut.cols);
    if (!item.pixel_size_mm) continue;
    const double pixel_mm = *item.pixel_size_mm;
    const Placement placed = placeInGrid(cut.rows, cut.cols, plan.grid_rows, plan.grid_cols);
    grid_pixel_mm.push_back(pixel_mm * cut.rows / placed.rows);
    auto& [high_mm, wide_mm] = physical.largest_mm;
    high_mm = std::max(high_mm, pixel_mm * cut.rows);
    wide_mm = std::max(wide_mm, pixel_mm * cut.cols);
  }
  TrainingScale scale{{median(rows), median(cols)}, std::nullopt};
  if (grid_pixel_mm.size() == rows.size()) {
    physical.grid_pixel_mm = median(grid_pixel_mm);
    scale.physical = physical;
  }
  return scale;
}

json scaleToJson(const TrainingScale& scale) {
  json object = {{"median_px", scale.median_px}};
  if (scale.physical) {
    object["largest_mm"] = scale.physical->largest_mm;
    object["grid_pixel_mm"] = scale.physical->grid_pixel_mm;
  }
  return object;
}

TrainingScale scaleFromJson(const json& object, const std::string& where) {
  TrainingScale scale{pairFromJson(object, "median_px", where), std::nullopt};
  if (!object.contains("largest_mm")) return scale;
  const json& pixel = requireField(object, "grid_pixel_mm", where);
  if (!pixel.is_number() || !(pixel > 0.0)) {
    throwBadInput(where + ": the field 'grid_pixel_mm' is not a number above 0.");
  }
  scale.physical = {pairFromJson(object, "largest_mm", where), pixel.get<double>()};
  return scale;
}

Placement placeWhole(const Cut& cut, const NetworkPlan& plan) {
  if (plan.stretch) return {plan.grid_rows, plan.grid_cols, plan.grid_rows, plan.grid_cols};
  return placeInGrid(cut.rows, cut.cols, plan.grid_rows, plan.grid_cols);
}

Placement placeAtScale(const Cut& cut, double pixel_mm, const NetworkPlan& plan,
                       const std::optional<TrainingScale>& scale) {
  const Placement whole = placeWhole(cut, plan);
  const auto tiled = scale ? tileScale(cut, pixel_mm, whole, *scale) : std::nullopt;
  if (!tiled) return whole;
  const double fits = static_cast<double>(kLongestSide) / std::max(cut.rows, cut.cols);
  const double factor = std::min(*tiled, fits);
  const auto side = [factor](int length) {
    return std::max(1, static_cast<int>(std::lround(length * factor)));
  };
  Placement p{0, 0, side(cut.rows), side(cut.cols)};
  // What fits into the grid after all is seen whole, and larger.
  if (p.rows <= plan.grid_rows && p.cols <= plan.grid_cols) return whole;
  p.grid_rows = std::max(p.rows, plan.grid_rows);
  p.grid_cols = std::max(p.cols, plan.grid_cols);
  p.top = (p.grid_rows - p.rows) / 2;
  p.left = (p.grid_cols - p.cols) / 2;
  return p;
}

std::vector<int> tileStarts(int length, int tile) {
  if (length <= tile) return {0};
  const int steps = static_cast<int>(std::ceil(2.0 * (length - tile) / tile));
  std::vector<int> starts;
  for (int i = 0; i <= steps; ++i) {
    starts.push_back(static_cast<int>(std::lround(static_cast<double>(length - tile) * i / steps)));
  }
  return starts;
}

}  // namespace sonotwin::segment
