// SPDX-License-Identifier: Apache-2.0
#include "validation.h"

#include <algorithm>

#include "overlap.h"

namespace sonotwin::segment {
namespace {
constexpr std::size_t kExamples = 4;

double mean(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}
}  // namespace

Validation::Validation(const Dataset& dataset, const NetworkPlan& plan) : dataset_(dataset) {
  std::vector<std::pair<std::ptrdiff_t, std::size_t>> labelled;  // pixels of each picture
  for (const Case& item : dataset.cases) {
    if (item.split != Split::kVal) continue;
    const auto pixels = std::ranges::count_if(item.truth, [](auto value) { return value != 0; });
    if (pixels > 0) labelled.emplace_back(pixels, pictures_.size());
    pictures_.push_back(makeGridPicture(item.gray, item.rows, item.cols, plan,
                                        cutFor(plan, item.gray, item.rows, item.cols)));
    cases_.push_back(&item);
  }
  if (labelled.empty()) {
    throwBadInput("The dataset's validation split has no labelled pixel to choose weights by.");
  }
  std::ranges::sort(labelled);
  const std::size_t count = std::min(kExamples, labelled.size());
  for (std::size_t i = 0; i < count; ++i) {
    shown_.push_back(labelled[(2 * i + 1) * labelled.size() / (2 * count)].second);
  }
}

Validation::Answer Validation::answer(const UNet& network, const Runtime& runtime,
                                      const InferenceSettings& settings, const Progress& progress,
                                      const TrainingGroup* group) const {
  const std::size_t rank = group == nullptr ? 0 : static_cast<std::size_t>(group->rank());
  const std::size_t size = group == nullptr ? 1 : static_cast<std::size_t>(group->size());
  std::vector<GridPicture> own;
  for (std::size_t i = rank; i < pictures_.size(); i += size) own.push_back(pictures_[i]);
  std::vector<media::FrameMask> masks =
      predict(network, runtime, own, dataset_.labels, settings,
              [&progress](std::size_t) { progress.throwIfCancelled(); });
  Answer answer;
  answer.masks.resize(pictures_.size());
  for (std::size_t i = 0; i < masks.size(); ++i) {
    answer.masks[rank + i * size] = std::move(masks[i]);
  }
  const auto labels = static_cast<std::int64_t>(dataset_.labels.size());
  const auto count = static_cast<std::int64_t>(pictures_.size());
  at::Tensor overlaps = at::zeros({labels, count, 2}, at::kDouble);
  for (std::int64_t k = 0; k < labels; ++k) {
    const int value = dataset_.labels[static_cast<std::size_t>(k)].value;
    for (std::size_t i = rank; i < pictures_.size(); i += size) {
      const Overlap overlap = overlapOf(answer.masks[i].labels, cases_[i]->truth, value);
      overlaps[k][static_cast<std::int64_t>(i)][0] = overlap.both;
      overlaps[k][static_cast<std::int64_t>(i)][1] = overlap.sum;
    }
  }
  summarize(group == nullptr ? overlaps : group->sum(overlaps), answer);
  return answer;
}

void Validation::summarize(const at::Tensor& overlaps, Answer& answer) const {
  const auto all = overlaps.accessor<double, 3>();
  std::vector<double> every_case, pooled_by_label;
  for (std::int64_t k = 0; k < all.size(0); ++k) {
    Overlap pooled;
    std::vector<double> by_case;
    for (std::int64_t i = 0; i < all.size(1); ++i) {
      const Overlap overlap{all[k][i][0], all[k][i][1]};
      if (overlap.sum > 0.0) by_case.push_back(overlap.dice());
      pooled.both += overlap.both;
      pooled.sum += overlap.sum;
    }
    if (pooled.sum > 0.0) pooled_by_label.push_back(pooled.dice());
    answer.label_dice.emplace_back();
    if (!by_case.empty()) answer.label_dice.back() = mean(by_case);
    every_case.insert(every_case.end(), by_case.begin(), by_case.end());
  }
  answer.score = {mean(every_case), mean(pooled_by_label)};
}

std::vector<TrainExample> Validation::examples(const Answer& answer) const {
  std::vector<TrainExample> examples;
  for (const std::size_t i : shown_) {
    const Case& item = *cases_[i];
    if (answer.masks[i].labels.empty()) continue;
    examples.push_back(
        {item.name, item.rows, item.cols, item.gray, item.truth, answer.masks[i].labels});
  }
  return examples;
}

std::vector<std::uint8_t> Validation::truthOnGrid(std::size_t picture) const {
  const GridPicture& p = pictures_[picture];
  return truthToGrid(cutOut(cases_[picture]->truth, p.cols, p.cut), p.cut.rows, p.cut.cols,
                     dataset_.labels, p.placement);
}

}  // namespace sonotwin::segment
