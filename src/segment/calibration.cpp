// SPDX-License-Identifier: Apache-2.0
#include "calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "overlap.h"

namespace sonotwin::segment {
namespace {
constexpr double kDoubleWorkGain = 0.001;               // Dice that is worth twice the work
constexpr std::array kSecondLooks = {0.15, 0.25, 0.4};  // of the sides of what was found
constexpr double kEllipseDice = 0.985;                  // of truths with their own ellipses
constexpr std::size_t kCasesLookedAt = 64;
constexpr double kLongestLog = 1.4;    // temperatures from 1/4 to 4
constexpr int kTemperatureSteps = 24;  // of a golden section: to 1e-5

/// Labels that are ellipses wherever the training cases show them.
std::vector<int> ellipticLabels(const Dataset& dataset) {
  std::vector<int> elliptic;
  for (const media::Label& label : dataset.labels) {
    double sum = 0.0;
    std::size_t count = 0;
    for (const Case& item : dataset.cases) {
      if (count == kCasesLookedAt) break;
      if (item.split != Split::kTrain) continue;
      std::vector<std::uint8_t> ellipse(item.truth);
      for (std::uint8_t& value : ellipse) value = value == label.value ? value : 0;
      const std::vector<std::uint8_t> truth = ellipse;
      imposeEllipse(ellipse, item.rows, item.cols, label.value);
      const Overlap overlap = overlapOf(ellipse, truth, label.value);
      if (overlap.sum == 0.0) continue;
      sum += overlap.dice();
      ++count;
    }
    if (count > 0 && sum >= kEllipseDice * static_cast<double>(count)) {
      elliptic.push_back(label.value);
    }
  }
  return elliptic;
}

/// Logits and true classes of validation pictures on the grid.
struct Evidence {
  std::vector<at::Tensor> plain, mirrored;  ///< [n x classes x rows x cols], back in place
  std::vector<at::Tensor> truth;            ///< [n x rows x cols], int64
};

Evidence collect(const UNet& network, const Runtime& runtime, const Validation& validation,
                 bool mirror, const Progress& progress) {
  const auto& pictures = validation.pictures();
  const std::size_t count = std::min(kCasesLookedAt, pictures.size());
  Evidence evidence;
  for (std::size_t i = 0; i < count; ++i) {
    progress.throwIfCancelled();
    const std::size_t picture = i * pictures.size() / count;
    const at::Tensor image = networkInput(std::span(&pictures[picture], 1), runtime);
    evidence.plain.push_back(logitsOf(network, runtime, image).to(at::kCPU));
    if (mirror) {
      evidence.mirrored.push_back(
          logitsOf(network, runtime, image.flip({3})).flip({3}).to(at::kCPU));
    }
    const std::vector<std::uint8_t> truth = validation.truthOnGrid(picture);
    const Placement& grid = pictures[picture].placement;
    at::Tensor classes = at::empty({1, grid.grid_rows, grid.grid_cols}, at::kByte);
    std::ranges::copy(truth, classes.data_ptr<std::uint8_t>());
    evidence.truth.push_back(classes.to(at::kLong));
  }
  return evidence;
}

/// Mean -log chance of the true class.
double likelihoodLoss(const Evidence& evidence, double temperature) {
  double sum = 0.0;
  for (std::size_t i = 0; i < evidence.plain.size(); ++i) {
    at::Tensor chance = at::softmax(evidence.plain[i] / temperature, 1);
    if (!evidence.mirrored.empty()) {
      chance = 0.5 * (chance + at::softmax(evidence.mirrored[i] / temperature, 1));
    }
    sum += at::nll_loss2d(chance.clamp_min(1e-12).log(), evidence.truth[i]).item<double>();
  }
  return sum / static_cast<double>(evidence.plain.size());
}

double fitTemperature(const Evidence& evidence) {
  const double ratio = (std::sqrt(5.0) - 1.0) / 2.0;
  double low = -kLongestLog, high = kLongestLog;
  double left = high - ratio * (high - low), right = low + ratio * (high - low);
  double left_loss = likelihoodLoss(evidence, std::exp(left));
  double right_loss = likelihoodLoss(evidence, std::exp(right));
  for (int i = 0; i < kTemperatureSteps; ++i) {
    if (left_loss < right_loss) {
      high = right;
      right = std::exchange(left, right - ratio * (right - low));
      right_loss = std::exchange(left_loss, likelihoodLoss(evidence, std::exp(left)));
    } else {
      low = left;
      left = std::exchange(right, left + ratio * (high - left));
      left_loss = std::exchange(right_loss, likelihoodLoss(evidence, std::exp(right)));
    }
  }
  return std::exp((low + high) / 2.0);
}
}  // namespace

Calibration calibrate(const UNet& network, const Runtime& runtime, const Dataset& dataset,
                      const Validation& validation, bool mirror, const Progress& progress) {
  const at::NoGradGuard no_grad;
  const auto scored = [&](const InferenceSettings& settings) {
    return validation.answer(network, runtime, settings, progress).score;
  };
  Calibration c;
  c.plain = scored({});
  ValidationScore best = c.plain;
  if (mirror) {
    InferenceSettings flipped;
    flipped.flip_averaging = true;
    c.flipped = scored(flipped);
    if (c.flipped->selection() > best.selection() + kDoubleWorkGain) {
      c.settings = flipped;
      best = *c.flipped;
    }
  }
  InferenceSettings elliptic = c.settings;
  elliptic.ellipses = ellipticLabels(dataset);
  if (!elliptic.ellipses.empty()) {
    c.elliptic = scored(elliptic);
    if (c.elliptic->selection() > best.selection()) {
      c.settings = elliptic;
      best = *c.elliptic;
    }
  }
  const InferenceSettings one_look = c.settings;
  for (const double margin : kSecondLooks) {
    InferenceSettings closer = one_look;
    closer.second_look = margin;
    const ValidationScore score = scored(closer);
    if (c.second_look && score.selection() <= c.second_look->selection()) continue;
    c.second_look = score;
    if (score.selection() > best.selection() + kDoubleWorkGain) c.settings = closer;
  }
  const Evidence evidence =
      collect(network, runtime, validation, c.settings.flip_averaging, progress);
  c.likelihood_loss = likelihoodLoss(evidence, 1.0);
  c.settings.temperature = fitTemperature(evidence);
  c.calibrated_likelihood_loss = likelihoodLoss(evidence, c.settings.temperature);
  return c;
}

}  // namespace sonotwin::segment
