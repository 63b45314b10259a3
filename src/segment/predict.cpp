// SPDX-License-Identifier: Apache-2.0
#include "predict.h"

#include <algorithm>

#include "augment.h"
#include "chances.h"

namespace sonotwin::segment {
namespace {
at::Tensor stack(std::span<const GridPicture> pictures) {
  const Placement& grid = pictures.front().placement;
  at::Tensor batch = at::empty(
      {static_cast<std::int64_t>(pictures.size()), 1, grid.grid_rows, grid.grid_cols}, at::kByte);
  std::uint8_t* out = batch.data_ptr<std::uint8_t>();
  for (const GridPicture& picture : pictures) out = std::ranges::copy(picture.gray, out).out;
  return batch;
}

}  // namespace

GridPicture makeGridPicture(std::span<const std::uint8_t> gray, int rows, int cols,
                            const NetworkPlan& plan, const Cut& cut) {
  return makeGridPicture(gray, rows, cols, cut,
                         placeInGrid(cut.rows, cut.cols, plan.grid_rows, plan.grid_cols));
}

GridPicture makeGridPicture(std::span<const std::uint8_t> gray, int rows, int cols, const Cut& cut,
                            const Placement& placement) {
  return {
      rows, cols, cut, placement, toGrid(cutOut(gray, cols, cut), cut.rows, cut.cols, placement),
      gray};
}

at::Tensor grayInput(std::span<const GridPicture> pictures, const Runtime& runtime) {
  return stack(pictures).to(runtime.device).to(at::kFloat);
}

at::Tensor networkInput(std::span<const GridPicture> pictures, const Runtime& runtime) {
  return normalize(grayInput(pictures, runtime));
}

at::Tensor logitsOf(const UNet& network, const Runtime& runtime, const at::Tensor& image) {
  const HalfPrecision half(runtime);
  return network.forward(image, 1).front().to(at::kFloat);
}

at::Tensor coarsestMapOf(const UNet& network, const Runtime& runtime, const at::Tensor& image) {
  const HalfPrecision half(runtime);
  return network.coarsestMap(image).to(at::kFloat);
}

Cut cutFor(const NetworkPlan& plan, std::span<const std::uint8_t> gray, int rows, int cols) {
  return plan.crop ? cutToSector(gray, rows, cols) : wholePicture(rows, cols);
}

std::vector<media::FrameMask> predict(const UNet& network, const Runtime& runtime,
                                      std::span<const GridPicture> pictures,
                                      const std::vector<media::Label>& labels,
                                      const InferenceSettings& settings,
                                      const std::function<void(std::size_t)>& on_batch) {
  const Member member{
      .prepare = normalize,
      .forward = [&](const at::Tensor& image) { return logitsOf(network, runtime, image); },
      .settings = settings,
      .grid_rows = network.plan().grid_rows,
      .grid_cols = network.plan().grid_cols};
  return answer(std::span(&member, 1), std::span(&pictures, 1), runtime,
                {labels, settings.ellipses, false, settings.second_look}, on_batch)
      .masks;
}

}  // namespace sonotwin::segment
