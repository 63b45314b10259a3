// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

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

std::optional<double> circumferencePixels(std::span<const std::uint8_t> mask, const Case& item,
                                          int label, double inward_px) {
  const auto ellipse = fitEllipse(mask, item.rows, item.cols, label);
  if (!ellipse || ellipse->short_semi_axis <= inward_px) return std::nullopt;
  return ellipsePerimeter(ellipse->long_semi_axis - inward_px,
                          ellipse->short_semi_axis - inward_px);
}

bool knowsCircumference(const Case& item) {
  return item.pixel_size_mm && item.head_circumference_mm;
}

/// By how many pixels the outlines that people measured lie inside the masks made from them: the
/// median over the training cases, so that no case that is judged has a say. 0 where there is none.
double outlineInward_px(const Dataset& dataset, int label) {
  std::vector<double> offsets;
  for (const Case& item : dataset.cases) {
    if (item.split != Split::kTrain || !knowsCircumference(item)) continue;
    const auto around = circumferencePixels(item.truth, item, label, 0.0);
    if (!around) continue;
    const double true_px = *item.head_circumference_mm / *item.pixel_size_mm;
    offsets.push_back((*around - true_px) / (2.0 * std::numbers::pi));
  }
  if (offsets.empty()) return 0.0;
  const auto middle = offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2);
  std::ranges::nth_element(offsets, middle);
  return *middle;
}

std::optional<double> circumferenceError_mm(std::span<const std::uint8_t> mask, const Case& item,
                                            int label, double inward_px) {
  if (!knowsCircumference(item)) return std::nullopt;
  const double around_px = circumferencePixels(mask, item, label, inward_px).value_or(0.0);
  return around_px * *item.pixel_size_mm - *item.head_circumference_mm;
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
  // Only one structure of a picture has the circumference that a case states.
  const bool one_label = dataset.labels.size() == 1;
  const double inward_px = one_label ? outlineInward_px(dataset, dataset.labels[0].value) : 0.0;
  std::vector<CaseResult> results;
  for (std::size_t begin = 0; begin < chosen.size(); begin += kCasesAtOnce) {
    progress.report(static_cast<double>(begin) / static_cast<double>(chosen.size()), "evaluate");
    const std::size_t end = std::min(begin + kCasesAtOnce, chosen.size());
    std::vector<media::Image> images;
    SegmentRequest request;
    for (std::size_t i = begin; i < end; ++i) {
      images.push_back(imageOf(*chosen[i]));
      request.pixel_size_mm.push_back(chosen[i]->pixel_size_mm.value_or(0.0));
    }
    const std::vector<media::FrameMask> masks = model.segment(images, request).masks;
    for (std::size_t i = begin; i < end; ++i) {
      const Case& item = *chosen[i];
      const double size = in_mm ? *item.pixel_size_mm : 1.0;
      for (const media::Label& label : dataset.labels) {
        const std::vector<std::uint8_t>& mask = masks[i - begin].labels;
        results.push_back(
            {item.name, item.group, label.name,
             compareMasks(mask, item.truth, item.rows, item.cols, label.value, {size, size}),
             one_label ? circumferenceError_mm(mask, item, label.value, inward_px) : std::nullopt});
      }
    }
  }
  progress.report(1.0, "evaluate");
  return summarize(std::move(results), in_mm);
}

}  // namespace sonotwin::segment
