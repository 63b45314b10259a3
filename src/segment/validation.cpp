// SPDX-License-Identifier: Apache-2.0
#include "validation.h"

#include <algorithm>

namespace sonotwin::segment {
namespace {
struct Overlap {
  double both = 0.0;
  double sum = 0.0;
  [[nodiscard]] double dice() const { return 2.0 * both / sum; }
};

// Without the distances of compareMasks, which cost more than the network.
Overlap overlapOf(const std::vector<std::uint8_t>& predicted,
                  const std::vector<std::uint8_t>& truth, int label) {
  Overlap overlap;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool p = predicted[i] == label, t = truth[i] == label;
    overlap.both += p && t ? 1.0 : 0.0;
    overlap.sum += (p ? 1.0 : 0.0) + (t ? 1.0 : 0.0);
  }
  return overlap;
}

double mean(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}
}  // namespace

Validation::Validation(const Dataset& dataset, const NetworkPlan& plan) : dataset_(dataset) {
  bool labelled = false;
  for (const Case& item : dataset.cases) {
    if (item.split != Split::kVal) continue;
    pictures_.push_back(makeGridPicture(item.gray, item.rows, item.cols, plan));
    cases_.push_back(&item);
    labelled = labelled || std::ranges::any_of(item.truth, [](auto value) { return value != 0; });
  }
  if (!labelled) {
    throwBadInput("The dataset's validation split has no labelled pixel to choose weights by.");
  }
}

ValidationScore Validation::score(const UNet& network, const Runtime& runtime, bool flip,
                                  const Progress& progress) const {
  const auto masks = predict(network, runtime, pictures_, dataset_.labels, flip,
                             [&progress](std::size_t) { progress.throwIfCancelled(); });
  std::vector<double> by_case, by_label;
  for (const media::Label& label : dataset_.labels) {
    Overlap pooled;
    for (std::size_t i = 0; i < masks.size(); ++i) {
      const Overlap overlap = overlapOf(masks[i].labels, cases_[i]->truth, label.value);
      if (overlap.sum > 0.0) by_case.push_back(overlap.dice());
      pooled.both += overlap.both;
      pooled.sum += overlap.sum;
    }
    if (pooled.sum > 0.0) by_label.push_back(pooled.dice());
  }
  return {mean(by_case), mean(by_label)};
}

}  // namespace sonotwin::segment
