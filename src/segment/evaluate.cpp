// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "sonotwin/base/error.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::segment {
namespace {
constexpr std::size_t kCasesAtOnce = 16;

media::Image imageOf(const Case& item) {
  media::Image image(item.rows, item.cols);
  std::memcpy(image.data.data(), item.gray.data(), item.gray.size());
  return image;
}

void checkLabels(const Model& model, const Dataset& dataset) {
  for (const media::Label& label : dataset.labels) {
    if (std::ranges::find(model.labels(), label) == model.labels().end()) {
      throwBadInput("The dataset's label " + std::to_string(label.value) + " (" + label.name +
                    ") is not one the model '" + model.name() + "' gives.");
    }
  }
}
}  // namespace

Evaluation evaluate(const Model& model, const Dataset& dataset, std::optional<Split> split,
                    const Progress& progress) {
  checkLabels(model, dataset);
  std::vector<const Case*> chosen;
  for (const Case& item : dataset.cases) {
    if (!split || item.split == *split) chosen.push_back(&item);
  }
  if (chosen.empty()) throwBadInput("The dataset has no case of that split.");
  // A mean over millimetres and pixels together would mean nothing.
  const bool in_mm =
      std::ranges::all_of(chosen, [](const Case* item) { return item->pixel_size_mm.has_value(); });
  std::vector<CaseResult> results;
  for (std::size_t begin = 0; begin < chosen.size(); begin += kCasesAtOnce) {
    progress.report(static_cast<double>(begin) / static_cast<double>(chosen.size()), "evaluate");
    const std::size_t end = std::min(begin + kCasesAtOnce, chosen.size());
    std::vector<media::Image> images;
    for (std::size_t i = begin; i < end; ++i) images.push_back(imageOf(*chosen[i]));
    const std::vector<media::FrameMask> masks = model.segment(images);
    for (std::size_t i = begin; i < end; ++i) {
      const Case& item = *chosen[i];
      const double size = in_mm ? *item.pixel_size_mm : 1.0;
      for (const media::Label& label : dataset.labels) {
        results.push_back({item.name, item.group, label.name,
                           compareMasks(masks[i - begin].labels, item.truth, item.rows, item.cols,
                                        label.value, {size, size})});
      }
    }
  }
  progress.report(1.0, "evaluate");
  return summarize(std::move(results), in_mm);
}

}  // namespace sonotwin::segment
