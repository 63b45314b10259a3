// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sonotwin::segment {

/// Agreement of one predicted mask with its truth, for one label. Not applicable (both empty):
/// everything empty. One empty: Dice, IoU 0 and distances the image diagonal; precision without a
/// prediction, or recall without a truth, is not applicable.
struct Agreement {
  std::optional<double> dice, iou, precision, recall;
  std::optional<double> hd95, assd;  ///< mm where spacing is known, else pixels
};

/// @param predicted, truth  [rows x cols] label values
/// @param spacing           pixel size (x, y) in mm, or {1, 1} for pixels
/// HD95 is the larger of the two directed 95th percentiles over boundary pixels (4-connected).
[[nodiscard]] Agreement compareMasks(std::span<const std::uint8_t> predicted,
                                     std::span<const std::uint8_t> truth, int rows, int cols,
                                     int label, std::array<double, 2> spacing = {1.0, 1.0});

struct Estimate {
  double mean = 0.0;
  std::array<double, 2> ci95 = {0.0, 0.0};
};

/// Mean over cases with a bootstrap interval that resamples groups (patients), 2,000 times.
[[nodiscard]] Estimate bootstrapMean(std::span<const double> values,
                                     std::span<const std::string> groups, std::uint64_t seed = 1);

struct CaseResult {
  std::string name;
  std::string group;
  std::string label;
  Agreement agreement;
};
struct LabelSummary {
  std::string label;
  int n = 0;                  ///< cases where the label applies
  std::string distance_unit;  ///< "mm" or "px"
  Estimate dice, iou, precision, recall, hd95, assd;
};
struct Evaluation {
  std::vector<CaseResult> cases;
  std::vector<LabelSummary> summary;
};

/// Summarizes per-case results by label. @param in_mm  every case had a spacing
[[nodiscard]] Evaluation summarize(std::vector<CaseResult> cases, bool in_mm);

/// {"cases": [{"name", "label", "dice", …}], "summary": {LABEL: {"n", "dice": {"mean", "ci95"},
/// …}}}; what does not apply is null.
[[nodiscard]] std::string evaluationJson(const Evaluation& evaluation);

}  // namespace sonotwin::segment
