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
  std::optional<double> nsd;         ///< share of both boundaries within kSurfaceTolerance
};

/// Normalized surface distance counts boundary pixels at most this far from the other boundary; in
/// the unit of the distances. Source: Nikolov et al., arXiv 1809.04430.
inline constexpr double kSurfaceTolerance = 1.0;

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

/// The ellipse with a mask's area, centre and second moments, in pixels; for a mask that is an
/// ellipse, that ellipse.
struct Ellipse {
  double x = 0.0, y = 0.0;
  double long_semi_axis = 0.0, short_semi_axis = 0.0;
  double angle_rad = 0.0;  ///< of the long axis, from x towards y
};
/// @returns none where the mask has no pixel of the label or no width.
[[nodiscard]] std::optional<Ellipse> fitEllipse(std::span<const std::uint8_t> mask, int rows,
                                                int cols, int label);
/// Of an ellipse with these semi-axes, to 1e-7 where one is at most five times the other.
/// Source: Ramanujan, Quart. J. Math. 45 (1914).
[[nodiscard]] double ellipsePerimeter(double semi_axis, double other_semi_axis);

struct CaseResult {
  std::string name;
  std::string group;
  std::string label;
  Agreement agreement;
  std::optional<double> circumference_error_mm = {};  ///< measured less true; of heads
};
struct LabelSummary {
  std::string label;
  int n = 0;                  ///< cases where the label applies
  std::string distance_unit;  ///< "mm" or "px"
  Estimate dice, iou, precision, recall, hd95, assd, nsd;
  /// Where cases know their circumference: the error's size, and the error with its sign.
  std::optional<Estimate> circumference_error_mm, circumference_bias_mm;
};
struct Evaluation {
  std::vector<CaseResult> cases;
  std::vector<LabelSummary> summary;
};

/// Two models on the same cases, in one metric.
struct PairedDifference {
  std::string label;
  std::string metric;   ///< "dice" or "hd95"
  int groups = 0;       ///< patients that both apply to
  Estimate difference;  ///< of one less the other: mean over cases, interval by group
  double p = 1.0;       ///< Wilcoxon's signed-rank test of the groups' means, two-sided
  double p_holm = 1.0;  ///< corrected for all differences of the answer (Holm)
};
/// Pairs cases by name and label. @throws Error(kBadInput) where the cases are not the same
[[nodiscard]] std::vector<PairedDifference> comparePaired(const Evaluation& one,
                                                          const Evaluation& other);
/// Two-sided p of the hypothesis that differences lie symmetrically around 0: exact up to 50
/// without ties, else by the normal approximation; zeros are left out. Source: Wilcoxon, Biometrics
/// Bulletin 1 (1945).
[[nodiscard]] double wilcoxonSignedRank(std::span<const double> differences);

/// Summarizes per-case results by label. @param in_mm  every case had a spacing
[[nodiscard]] Evaluation summarize(std::vector<CaseResult> cases, bool in_mm);

/// {"cases": [{"name", "label", "dice", …}], "summary": {LABEL: {"n", "dice": {"mean", "ci95"},
/// …}}}; what does not apply is null.
[[nodiscard]] std::string evaluationJson(const Evaluation& evaluation);
/// [{"label", "metric", "patients", "difference": {"mean", "ci95"}, "p", "p_holm"}]
[[nodiscard]] std::string pairedJson(const std::vector<PairedDifference>& differences);

}  // namespace sonotwin::segment
