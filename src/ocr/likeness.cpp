// SPDX-License-Identifier: Apache-2.0
#include "likeness.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace sonotwin::ocr {
namespace {
enum Measure : std::uint8_t {
  kPieces,
  kStrokes,
  kHeight,
  kLength,
  kSteadierEdge,
  kUnsteadierEdge,
  kHeightPerStroke,
  kStrokeDeviation,
  kLevelDeviation,
  kGrain,
  kStep,
  kContrast,
  kFill,
  kCover,
  kOutsideDeviation,
  kPeakDeviation,
  kOne
};

struct Term {
  Measure a, b;
  double weight;
};

// Logistic regression on the measures and their products, with a penalty (L1, C = 0.004) that
// leaves about half of them. It was shown the lines of 1,430 pictures with print and 260 without as
// `bench_text` draws them (seed 5), and of 160 real ultrasound pictures without print.
constexpr std::array<double, kOne> kMean = {1.372, 1.766,  2.655,  1.544,  0.09419, 0.2203,
                                            2.205, 0.143,  0.1111, 0.3629, 1.022,   3.405,
                                            0.402, 0.7559, 0.4174, 0.4446};
constexpr std::array<double, kOne> kDeviation = {0.4335, 0.3439,  0.5877,  0.4885, 0.06847, 0.1125,
                                                 0.4543, 0.07963, 0.08057, 0.1456, 0.1083,  0.4129,
                                                 0.1231, 0.1761,  0.1783,  0.1986};
constexpr double kBias = -2.657;
constexpr std::array kTerms = std::to_array<Term>({{kPieces, kOne, -0.0153},
                                                   {kStrokes, kOne, 0.926},
                                                   {kHeight, kOne, 1.4},
                                                   {kLength, kOne, 0.0129},
                                                   {kSteadierEdge, kOne, -0.485},
                                                   {kUnsteadierEdge, kOne, -0.38},
                                                   {kLevelDeviation, kOne, 0.0454},
                                                   {kGrain, kOne, -0.323},
                                                   {kContrast, kOne, 1.52},
                                                   {kFill, kOne, 0.64},
                                                   {kOutsideDeviation, kOne, 0.739},
                                                   {kPeakDeviation, kOne, -0.341},
                                                   {kPieces, kLength, 0.0171},
                                                   {kPieces, kHeightPerStroke, 0.0347},
                                                   {kPieces, kLevelDeviation, -0.0486},
                                                   {kPieces, kStep, -0.044},
                                                   {kPieces, kOutsideDeviation, -0.0135},
                                                   {kStrokes, kStrokes, 0.0736},
                                                   {kStrokes, kHeight, -0.149},
                                                   {kStrokes, kLength, 0.0013},
                                                   {kStrokes, kSteadierEdge, -0.112},
                                                   {kStrokes, kUnsteadierEdge, -0.155},
                                                   {kStrokes, kHeightPerStroke, -0.194},
                                                   {kStrokes, kFill, 0.0865},
                                                   {kStrokes, kCover, 0.0789},
                                                   {kStrokes, kPeakDeviation, -0.193},
                                                   {kHeight, kSteadierEdge, 0.172},
                                                   {kHeight, kUnsteadierEdge, 0.0348},
                                                   {kHeight, kLevelDeviation, 0.108},
                                                   {kHeight, kStep, 0.458},
                                                   {kHeight, kContrast, 0.0263},
                                                   {kHeight, kOutsideDeviation, 0.069},
                                                   {kHeight, kPeakDeviation, 0.244},
                                                   {kLength, kUnsteadierEdge, 0.0273},
                                                   {kLength, kHeightPerStroke, 0.151},
                                                   {kLength, kContrast, -0.0624},
                                                   {kLength, kOutsideDeviation, 0.00543},
                                                   {kSteadierEdge, kSteadierEdge, 0.0611},
                                                   {kSteadierEdge, kUnsteadierEdge, 0.0829},
                                                   {kSteadierEdge, kStrokeDeviation, 0.00703},
                                                   {kSteadierEdge, kStep, -0.00976},
                                                   {kSteadierEdge, kFill, -0.0489},
                                                   {kSteadierEdge, kOutsideDeviation, 0.12},
                                                   {kSteadierEdge, kPeakDeviation, 0.171},
                                                   {kUnsteadierEdge, kUnsteadierEdge, 0.069},
                                                   {kUnsteadierEdge, kStrokeDeviation, 0.0195},
                                                   {kUnsteadierEdge, kLevelDeviation, 0.0253},
                                                   {kUnsteadierEdge, kStep, -0.159},
                                                   {kUnsteadierEdge, kContrast, 0.0789},
                                                   {kUnsteadierEdge, kFill, -0.233},
                                                   {kUnsteadierEdge, kCover, -0.0487},
                                                   {kUnsteadierEdge, kOutsideDeviation, 0.115},
                                                   {kUnsteadierEdge, kPeakDeviation, 0.35},
                                                   {kHeightPerStroke, kStrokeDeviation, 0.0615},
                                                   {kHeightPerStroke, kLevelDeviation, -0.00633},
                                                   {kHeightPerStroke, kContrast, 0.111},
                                                   {kHeightPerStroke, kFill, -0.0242},
                                                   {kHeightPerStroke, kCover, -0.0997},
                                                   {kStrokeDeviation, kLevelDeviation, 0.0129},
                                                   {kStrokeDeviation, kFill, -0.0235},
                                                   {kStrokeDeviation, kPeakDeviation, 0.126},
                                                   {kLevelDeviation, kLevelDeviation, 0.0189},
                                                   {kLevelDeviation, kGrain, -0.207},
                                                   {kLevelDeviation, kContrast, 0.0976},
                                                   {kLevelDeviation, kCover, 0.0117},
                                                   {kLevelDeviation, kOutsideDeviation, 0.0103},
                                                   {kGrain, kCover, 0.132},
                                                   {kGrain, kOutsideDeviation, 0.359},
                                                   {kStep, kStep, -0.0185},
                                                   {kStep, kFill, 0.367},
                                                   {kStep, kCover, 0.117},
                                                   {kStep, kOutsideDeviation, 0.132},
                                                   {kContrast, kContrast, 0.377},
                                                   {kContrast, kOutsideDeviation, 0.069},
                                                   {kContrast, kPeakDeviation, 0.431},
                                                   {kFill, kFill, 0.019},
                                                   {kFill, kCover, 0.0887},
                                                   {kFill, kOutsideDeviation, -0.0831},
                                                   {kCover, kOutsideDeviation, -0.0323},
                                                   {kOutsideDeviation, kPeakDeviation, 0.0286},
                                                   {kPeakDeviation, kPeakDeviation, 0.233}});

/// Where more is no more telling it ends, and lengths count by their ratio.
std::array<double, kOne + 1> standardized(const LineMeasures& line) {
  std::array<double, kOne + 1> values = {std::log(std::min(line.pieces, 8.0)),
                                         std::log(std::min(line.strokes, 14.0)),
                                         std::log(line.height),
                                         std::log(line.length),
                                         std::min(line.steadier_edge, 0.3),
                                         std::min(line.unsteadier_edge, 0.5),
                                         std::log(line.height_per_stroke),
                                         std::min(line.stroke_deviation, 0.5),
                                         std::min(line.level_deviation, 0.5),
                                         std::min(line.grain, 0.6),
                                         std::min(line.step, 1.5),
                                         std::log(std::min(line.contrast, 80.0)),
                                         line.fill,
                                         line.cover,
                                         std::min(line.outside_deviation, 1.0),
                                         std::min(line.peak_deviation, 0.8)};
  for (std::size_t i = 0; i < kOne; ++i) values[i] = (values[i] - kMean[i]) / kDeviation[i];
  values[kOne] = 1.0;
  return values;
}
}  // namespace

double likenessToPrint(const LineMeasures& line) {
  const auto values = standardized(line);
  double sum = kBias;
  for (const Term& term : kTerms) sum += term.weight * values[term.a] * values[term.b];
  return sum;
}

}  // namespace sonotwin::ocr
