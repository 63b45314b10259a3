// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/segment/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <tuple>

#include "distance.h"
#include "inference_settings.h"
#include "sonotwin/base/error.h"

namespace sonotwin::segment {
namespace {
using Mask = std::vector<std::uint8_t>;

Mask rectangle(int rows, int cols, int top, int left, int high, int wide) {
  Mask mask(static_cast<std::size_t>(rows * cols), 0);
  for (int r = top; r < top + high; ++r) {
    for (int c = left; c < left + wide; ++c) mask[static_cast<std::size_t>(r * cols + c)] = 1;
  }
  return mask;
}

// Two 4x4 squares, one moved by 2 columns: 8 of 16 pixels shared.
TEST(Metrics, MovedSquareByHand) {
  const Mask truth = rectangle(10, 12, 3, 2, 4, 4), predicted = rectangle(10, 12, 3, 4, 4, 4);
  const Agreement a = compareMasks(predicted, truth, 10, 12, 1, {0.5, 3.0});
  EXPECT_DOUBLE_EQ(*a.dice, 0.5);
  EXPECT_DOUBLE_EQ(*a.iou, 8.0 / 24.0);
  EXPECT_DOUBLE_EQ(*a.precision, 0.5);
  EXPECT_DOUBLE_EQ(*a.recall, 0.5);
  // 12 boundary pixels each. Columns 4..7 of the prediction to the frame 2..5 of the truth: the
  // rows 3 and 6 have distances 0 0 .5 1, the two between .5 (column 4 to 5), and 1 (7 to 5).
  const double sum = 2.0 * (0.0 + 0.0 + 0.5 + 1.0) + 2.0 * (0.5 + 1.0);
  EXPECT_DOUBLE_EQ(*a.assd, sum / 12.0);
  // Sorted: 0 0 0 0 .5 .5 .5 .5 1 1 1 1; the 95th percentile lies among the ones.
  EXPECT_DOUBLE_EQ(*a.hd95, 1.0);
}

// Oracle: a long line and the same with one far pixel at its end. 95 % of 41 distances are 0 from
// the line's side, so the far pixel must not count, and a maximum would.
TEST(Metrics, PercentileIgnoresFewOutliers) {
  Mask truth = rectangle(60, 60, 10, 0, 1, 40), predicted = truth;
  predicted[59 * 60 + 59] = 1;
  const Agreement a = compareMasks(predicted, truth, 60, 60, 1);
  EXPECT_DOUBLE_EQ(*a.hd95, 0.0);
  EXPECT_NEAR(*a.assd, std::hypot(49.0, 20.0) / 81.0, 1e-12);
}

// The two directions differ: all of the small one lies on the large one's line, but not back.
TEST(Metrics, HausdorffIsTheLargerDirection) {
  const Mask large = rectangle(5, 101, 2, 0, 1, 101), small = rectangle(5, 101, 2, 0, 1, 1);
  const Agreement a = compareMasks(small, large, 5, 101, 1);
  const Agreement b = compareMasks(large, small, 5, 101, 1);
  EXPECT_DOUBLE_EQ(*a.hd95, 95.0);
  EXPECT_DOUBLE_EQ(*b.hd95, 95.0);
}

TEST(Metrics, SameMasksAgreeWhole) {
  const Mask mask = rectangle(9, 9, 0, 0, 9, 9);
  const Agreement a = compareMasks(mask, mask, 9, 9, 1);
  EXPECT_EQ(a.dice, 1.0);
  EXPECT_EQ(a.iou, 1.0);
  EXPECT_EQ(a.hd95, 0.0);
  EXPECT_EQ(a.assd, 0.0);
}

TEST(Metrics, EmptyMasks) {
  const Mask none(12, 0), some = rectangle(3, 4, 1, 1, 1, 1);
  const Agreement both = compareMasks(none, none, 3, 4, 1);
  EXPECT_FALSE(both.dice || both.iou || both.precision || both.recall || both.hd95 || both.assd);
  const Agreement missed = compareMasks(none, some, 3, 4, 1, {2.0, 1.0});
  EXPECT_EQ(missed.dice, 0.0);
  EXPECT_EQ(missed.iou, 0.0);
  EXPECT_EQ(missed.recall, 0.0);
  EXPECT_FALSE(missed.precision);
  EXPECT_DOUBLE_EQ(*missed.hd95, std::hypot(8.0, 3.0));
  EXPECT_DOUBLE_EQ(*missed.assd, std::hypot(8.0, 3.0));
  const Agreement invented = compareMasks(some, none, 3, 4, 1);
  EXPECT_EQ(invented.precision, 0.0);
  EXPECT_FALSE(invented.recall);
}

TEST(Metrics, LooksAtOneLabelOnly) {
  const Mask predicted{1, 2, 2, 0}, truth{1, 2, 1, 0};
  EXPECT_DOUBLE_EQ(*compareMasks(predicted, truth, 2, 2, 1).dice, 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(*compareMasks(predicted, truth, 2, 2, 2).dice, 2.0 / 3.0);
  EXPECT_THROW(std::ignore = compareMasks(predicted, truth, 2, 3, 1), Error);
}

TEST(Metrics, DistanceTransformEqualsBruteForce) {
  std::mt19937 random(4);
  for (const int chance : {1, 10, 500}) {
    const int rows = 23, cols = 31;
    Mask sites(static_cast<std::size_t>(rows * cols));
    for (auto& site : sites) site = random() % 1000 < static_cast<unsigned>(chance) ? 1 : 0;
    const std::vector<double> fast = distanceTransform(sites, rows, cols, {0.3, 0.7});
    for (int i = 0; i < rows * cols; ++i) {
      double nearest = std::numeric_limits<double>::infinity();
      for (int k = 0; k < rows * cols; ++k) {
        if (sites[static_cast<std::size_t>(k)] == 0) continue;
        nearest =
            std::min(nearest, std::hypot(0.3 * (i % cols - k % cols), 0.7 * (i / cols - k / cols)));
      }
      const double found = fast[static_cast<std::size_t>(i)];
      EXPECT_TRUE(found == nearest || std::abs(found - nearest) < 1e-9) << i;
    }
  }
}

// Oracle: the normal interval of a mean, sd / sqrt(n) * 1.96, where every group has one value.
TEST(Metrics, BootstrapIntervalOfIndependentValues) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal(10.0, 2.0);
  std::vector<double> values;
  std::vector<std::string> groups;
  for (int i = 0; i < 400; ++i) {
    values.push_back(normal(random));
    groups.push_back(std::to_string(i));
  }
  const Estimate e = bootstrapMean(values, groups);
  EXPECT_NEAR(e.ci95[1] - e.ci95[0], 2.0 * 1.96 * 2.0 / 20.0, 0.06);
  EXPECT_LT(e.ci95[0], e.mean);
  EXPECT_GT(e.ci95[1], e.mean);
  const Estimate again = bootstrapMean(values, groups);
  EXPECT_EQ(e.ci95, again.ci95);
}

// Oracle: 100 copies of each of 16 values say no more than the 16 do.
TEST(Metrics, BootstrapResamplesGroups) {
  std::vector<double> values;
  std::vector<std::string> groups;
  for (int i = 0; i < 1600; ++i) {
    values.push_back(i % 16 < 8 ? 0.0 : 1.0);
    groups.push_back(std::to_string(i % 16));
  }
  const Estimate e = bootstrapMean(values, groups);
  EXPECT_NEAR(e.ci95[1] - e.ci95[0], 2.0 * 1.96 * 0.5 / 4.0, 0.08);
}

TEST(Metrics, SummaryCountsCasesWhereALabelApplies) {
  const Agreement good{.dice = 0.9,
                       .iou = 0.8,
                       .precision = 1.0,
                       .recall = 0.8,
                       .hd95 = 2.0,
                       .assd = 1.0,
                       .nsd = 0.7};
  const Agreement bad{.dice = 0.5,
                      .iou = 0.3,
                      .precision = {},
                      .recall = 0.4,
                      .hd95 = 4.0,
                      .assd = 2.0,
                      .nsd = 0.2};
  const Evaluation e = summarize({{"1", "p", "nerve", good},
                                  {"1", "p", "vessel", {}},
                                  {"2", "q", "nerve", bad},
                                  {"2", "q", "vessel", good}},
                                 false);
  ASSERT_EQ(e.summary.size(), 2U);
  EXPECT_EQ(e.summary[0].label, "nerve");
  EXPECT_EQ(e.summary[0].n, 2);
  EXPECT_DOUBLE_EQ(e.summary[0].dice.mean, 0.7);
  EXPECT_DOUBLE_EQ(e.summary[0].precision.mean, 1.0);
  EXPECT_EQ(e.summary[0].distance_unit, "px");
  EXPECT_EQ(e.summary[1].n, 1);
}

// By hand: of the moved squares' 12 boundary pixels a side, those at 0 and 0.5 count at 1 mm, and
// those at exactly 1 too; moved by 2 columns of 1.5 mm none of the far ones does.
TEST(Metrics, SurfaceToleranceByHand) {
  const Mask truth = rectangle(10, 12, 3, 2, 4, 4), predicted = rectangle(10, 12, 3, 4, 4, 4);
  EXPECT_DOUBLE_EQ(*compareMasks(predicted, truth, 10, 12, 1, {0.5, 3.0}).nsd, 1.0);
  // At 1.5 mm a column only the four at distance 0 a side are left.
  EXPECT_DOUBLE_EQ(*compareMasks(predicted, truth, 10, 12, 1, {1.5, 3.0}).nsd, 4.0 / 12.0);
  EXPECT_DOUBLE_EQ(*compareMasks(Mask(120), truth, 10, 12, 1).nsd, 0.0);
}

// Oracle: pixels whose centres lie in an ellipse given by its axes.
TEST(Ellipse, IsFoundFromItsMask) {
  constexpr int kRows = 400, kCols = 500;
  constexpr double kAngle = 0.4, kLong = 160.0, kShort = 110.0;
  Mask mask(kRows * kCols, 0);
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) {
      const double x = col - 240.3, y = row - 190.7;
      const double along = x * std::cos(kAngle) + y * std::sin(kAngle);
      const double across = y * std::cos(kAngle) - x * std::sin(kAngle);
      if (std::hypot(along / kLong, across / kShort) <= 1.0) {
        mask[static_cast<std::size_t>(row * kCols + col)] = 3;
      }
    }
  }
  const auto found = fitEllipse(mask, kRows, kCols, 3);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->x, 240.3, 0.05);
  EXPECT_NEAR(found->y, 190.7, 0.05);
  EXPECT_NEAR(found->long_semi_axis, kLong, 0.05);
  EXPECT_NEAR(found->short_semi_axis, kShort, 0.05);
  EXPECT_NEAR(found->angle_rad, kAngle, 1e-3);
  EXPECT_FALSE(fitEllipse(mask, kRows, kCols, 1));
  EXPECT_FALSE(fitEllipse(rectangle(9, 9, 4, 0, 1, 9), 9, 9, 1)) << "a line has no width";
}

// Oracle: the integral of the arc length, by Simpson's rule.
// Oracle: an ellipse with a bite and a crumb is the ellipse again; the other label keeps its
// pixels.
TEST(Ellipse, IsImposedOnABittenMask) {
  constexpr int kRows = 120, kCols = 160;
  const auto inside = [](int r, int c) {
    return std::pow((c - 80) / 60.0, 2) + std::pow((r - 60) / 40.0, 2) <= 1.0;
  };
  Mask whole, bitten;
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kCols; ++c) {
      const bool crumb = r < 8 && c<8, bite = r> 90 && std::abs(c - 80) < 6;
      const bool other = std::abs(r - 60) < 3 && std::abs(c - 80) < 3;
      const bool in = inside(r, c);
      whole.push_back(other ? 2 : in ? 1 : 0);
      bitten.push_back(other ? 2 : (in && !bite) || crumb ? 1 : 0);
    }
  }
  imposeEllipse(bitten, kRows, kCols, 1);
  EXPECT_GT(compareMasks(bitten, whole, kRows, kCols, 1).dice.value(), 0.985);
  EXPECT_EQ(bitten[0], 0) << "the crumb is gone";
  EXPECT_EQ(std::ranges::count(bitten, 2), std::ranges::count(whole, 2));
  const Mask before = bitten;
  imposeEllipse(bitten, kRows, kCols, 7);
  EXPECT_EQ(bitten, before) << "a label that is not there changes nothing";
}

TEST(Ellipse, PerimeterIsItsArcLength) {
  for (const double other : {1.0, 0.8, 0.5, 0.25}) {
    constexpr int kSteps = 20000;
    double sum = 0.0;
    for (int i = 0; i <= kSteps; ++i) {
      const double t = 2.0 * std::numbers::pi * i / kSteps;
      const double weight = i == 0 || i == kSteps ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
      sum += weight * std::hypot(std::sin(t), other * std::cos(t));
    }
    const double expected = sum * 2.0 * std::numbers::pi / kSteps / 3.0;
    EXPECT_NEAR(ellipsePerimeter(1.0, other), expected, 1e-6 * expected) << other;
  }
}

// By hand: of the 8 ways to give 1, 2, 3 signs, one has a positive sum of 0: p = 2/8.
TEST(Wilcoxon, ByHand) {
  EXPECT_DOUBLE_EQ(wilcoxonSignedRank(std::vector<double>{0.1, 0.2, 0.3}), 0.25);
  // A rank sum of 1 or less: {} and {1}.
  EXPECT_DOUBLE_EQ(wilcoxonSignedRank(std::vector<double>{-0.1, 0.2, 0.3}), 0.5);
  EXPECT_DOUBLE_EQ(wilcoxonSignedRank(std::vector<double>{0.0, 0.0}), 1.0);
}

Evaluation withDice(const std::vector<double>& values) {
  std::vector<CaseResult> cases;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Agreement agreement;
    agreement.dice = values[i];
    agreement.hd95 = 1.0;
    cases.push_back({std::to_string(i), std::to_string(i / 2), "head", agreement});
  }
  return summarize(cases, true);
}

TEST(PairedComparison, CountsPatientsAndCorrectsForManyQuestions) {
  std::vector<double> one, other;
  for (int i = 0; i < 12; ++i) {
    one.push_back(0.9 + 0.001 * i);
    other.push_back(0.88);
  }
  const auto differences = comparePaired(withDice(one), withDice(other));
  ASSERT_EQ(differences.size(), 2U);
  EXPECT_EQ(differences[0].groups, 6);
  EXPECT_NEAR(differences[0].difference.mean, 0.0255, 1e-9);
  EXPECT_DOUBLE_EQ(differences[0].p, 2.0 / 64.0);
  EXPECT_DOUBLE_EQ(differences[0].p_holm, 4.0 / 64.0);
  EXPECT_DOUBLE_EQ(differences[1].p, 1.0) << "no difference of HD95";
  other.pop_back();
  EXPECT_THROW(std::ignore = comparePaired(withDice(one), withDice(other)), Error);
}
}  // namespace
}  // namespace sonotwin::segment
