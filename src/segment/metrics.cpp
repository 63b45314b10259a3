// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/segment/metrics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "distance.h"
#include "random.h"
#include "sonotwin/base/error.h"

namespace sonotwin::segment {
namespace {
constexpr int kResamples = 2000;

/// Rectangle of a picture that holds both masks; distances within it are those of the whole.
struct Window {
  int top = 0, left = 0, rows = 0, cols = 0;
};

struct Pair {
  std::span<const std::uint8_t> predicted, truth;
  int rows, cols, label;

  [[nodiscard]] bool has(std::span<const std::uint8_t> mask, int r, int c) const {
    if (r < 0 || c < 0 || r >= rows || c >= cols) return false;
    return mask[static_cast<std::size_t>(r) * static_cast<std::size_t>(cols) +
                static_cast<std::size_t>(c)] == label;
  }
};

Window windowOf(const Pair& pair) {
  int top = pair.rows, bottom = -1, left = pair.cols, right = -1;
  for (int r = 0; r < pair.rows; ++r) {
    for (int c = 0; c < pair.cols; ++c) {
      if (!pair.has(pair.predicted, r, c) && !pair.has(pair.truth, r, c)) continue;
      top = std::min(top, r);
      bottom = std::max(bottom, r);
      left = std::min(left, c);
      right = std::max(right, c);
    }
  }
  return {top, left, bottom - top + 1, right - left + 1};
}

/// Pixels of the mask with a 4-neighbour outside it; the picture's border counts as outside.
std::vector<std::uint8_t> boundary(const Pair& pair, std::span<const std::uint8_t> mask,
                                   const Window& w) {
  std::vector<std::uint8_t> edge;
  edge.reserve(static_cast<std::size_t>(w.rows) * static_cast<std::size_t>(w.cols));
  for (int r = w.top; r < w.top + w.rows; ++r) {
    for (int c = w.left; c < w.left + w.cols; ++c) {
      const bool surrounded = pair.has(mask, r - 1, c) && pair.has(mask, r + 1, c) &&
                              pair.has(mask, r, c - 1) && pair.has(mask, r, c + 1);
      edge.push_back(pair.has(mask, r, c) && !surrounded ? 1 : 0);
    }
  }
  return edge;
}

std::vector<double> distancesFrom(const std::vector<std::uint8_t>& edge,
                                  const std::vector<double>& distance) {
  std::vector<double> found;
  for (std::size_t i = 0; i < edge.size(); ++i) {
    if (edge[i] != 0) found.push_back(distance[i]);
  }
  std::ranges::sort(found);
  return found;
}

/// Of sorted values, linear between neighbours.
double quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

void addDistances(Agreement& agreement, const Pair& pair, std::array<double, 2> spacing) {
  const Window w = windowOf(pair);
  const auto predicted = boundary(pair, pair.predicted, w);
  const auto truth = boundary(pair, pair.truth, w);
  const auto there = distancesFrom(predicted, distanceTransform(truth, w.rows, w.cols, spacing));
  const auto back = distancesFrom(truth, distanceTransform(predicted, w.rows, w.cols, spacing));
  agreement.hd95 = std::max(quantile(there, 0.95), quantile(back, 0.95));
  const double sum = std::accumulate(there.begin(), there.end(), 0.0) +
                     std::accumulate(back.begin(), back.end(), 0.0);
  const auto both = static_cast<double>(there.size() + back.size());
  agreement.assd = sum / both;
  const auto near = [](const std::vector<double>& sorted) {
    constexpr double kRounding = 1e-9;
    return std::ranges::upper_bound(sorted, kSurfaceTolerance + kRounding) - sorted.begin();
  };
  agreement.nsd = static_cast<double>(near(there) + near(back)) / both;
}

using Field = std::optional<double> Agreement::*;

Estimate estimate(const std::vector<const CaseResult*>& results, Field field) {
  std::vector<double> values;
  std::vector<std::string> groups;
  for (const CaseResult* result : results) {
    const std::optional<double>& value = result->agreement.*field;
    if (!value) continue;
    values.push_back(*value);
    groups.push_back(result->group);
  }
  return values.empty() ? Estimate{} : bootstrapMean(values, groups);
}

void addCircumference(LabelSummary& summary, const std::vector<const CaseResult*>& results) {
  std::vector<double> errors, sizes;
  std::vector<std::string> groups;
  for (const CaseResult* result : results) {
    if (!result->circumference_error_mm) continue;
    errors.push_back(*result->circumference_error_mm);
    sizes.push_back(std::abs(errors.back()));
    groups.push_back(result->group);
  }
  if (errors.empty()) return;
  summary.circumference_error_mm = bootstrapMean(sizes, groups);
  summary.circumference_bias_mm = bootstrapMean(errors, groups);
}
}  // namespace

Agreement compareMasks(std::span<const std::uint8_t> predicted, std::span<const std::uint8_t> truth,
                       int rows, int cols, int label, std::array<double, 2> spacing) {
  const auto pixels = static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  if (predicted.size() != pixels || truth.size() != pixels) {
    throwBadInput("Two masks of different sizes cannot be compared.");
  }
  double both = 0.0, in_predicted = 0.0, in_truth = 0.0;
  for (std::size_t i = 0; i < pixels; ++i) {
    const bool p = predicted[i] == label, t = truth[i] == label;
    both += p && t ? 1.0 : 0.0;
    in_predicted += p ? 1.0 : 0.0;
    in_truth += t ? 1.0 : 0.0;
  }
  Agreement agreement;
  if (in_predicted + in_truth == 0.0) return agreement;
  agreement.dice = 2.0 * both / (in_predicted + in_truth);
  agreement.iou = both / (in_predicted + in_truth - both);
  if (in_predicted > 0.0) agreement.precision = both / in_predicted;
  if (in_truth > 0.0) agreement.recall = both / in_truth;
  if (in_predicted > 0.0 && in_truth > 0.0) {
    addDistances(agreement, {predicted, truth, rows, cols, label}, spacing);
  } else {
    agreement.hd95 = agreement.assd = std::hypot(cols * spacing[0], rows * spacing[1]);
    agreement.nsd = 0.0;
  }
  return agreement;
}

Estimate bootstrapMean(std::span<const double> values, std::span<const std::string> groups,
                       std::uint64_t seed) {
  if (values.empty() || values.size() != groups.size()) {
    throwBadInput("A mean needs values, each with its group.");
  }
  std::map<std::string, std::pair<double, double>> by_group;  // sum and count
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto& [sum, count] = by_group[groups[i]];
    sum += values[i];
    count += 1.0;
  }
  std::vector<std::pair<double, double>> totals;
  for (const auto& [group, total] : by_group) totals.push_back(total);
  Random random(seed);
  std::vector<double> means;
  for (int resample = 0; resample < kResamples; ++resample) {
    double sum = 0.0, count = 0.0;
    for (std::size_t i = 0; i < totals.size(); ++i) {
      const auto& drawn = totals[random.below(totals.size())];
      sum += drawn.first;
      count += drawn.second;
    }
    means.push_back(sum / count);
  }
  std::ranges::sort(means);
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  return {mean, {quantile(means, 0.025), quantile(means, 0.975)}};
}

Evaluation summarize(std::vector<CaseResult> cases, bool in_mm) {
  std::vector<std::string> labels;
  std::map<std::string, std::vector<const CaseResult*>> by_label;
  for (const CaseResult& result : cases) {
    auto& of_label = by_label[result.label];
    if (of_label.empty()) labels.push_back(result.label);
    of_label.push_back(&result);
  }
  Evaluation evaluation;
  for (const std::string& label : labels) {
    const auto& results = by_label[label];
    LabelSummary summary;
    summary.label = label;
    summary.distance_unit = in_mm ? "mm" : "px";
    summary.n = static_cast<int>(std::ranges::count_if(
        results, [](const CaseResult* result) { return result->agreement.dice.has_value(); }));
    summary.dice = estimate(results, &Agreement::dice);
    summary.iou = estimate(results, &Agreement::iou);
    summary.precision = estimate(results, &Agreement::precision);
    summary.recall = estimate(results, &Agreement::recall);
    summary.hd95 = estimate(results, &Agreement::hd95);
    summary.assd = estimate(results, &Agreement::assd);
    summary.nsd = estimate(results, &Agreement::nsd);
    addCircumference(summary, results);
    evaluation.summary.push_back(summary);
  }
  evaluation.cases = std::move(cases);
  return evaluation;
}

}  // namespace sonotwin::segment
