// SPDX-License-Identifier: Apache-2.0
#include "predict.h"

#include <algorithm>

#include "augment.h"

namespace sonotwin::segment {
namespace {
constexpr std::size_t kCpuBatch = 4;
constexpr std::size_t kGpuBatch = 32;

at::Tensor stack(std::span<const GridPicture> pictures) {
  const Placement& grid = pictures.front().placement;
  at::Tensor batch = at::empty(
      {static_cast<std::int64_t>(pictures.size()), 1, grid.grid_rows, grid.grid_cols}, at::kByte);
  std::uint8_t* out = batch.data_ptr<std::uint8_t>();
  for (const GridPicture& picture : pictures) out = std::ranges::copy(picture.gray, out).out;
  return batch;
}

at::Tensor probabilities(const UNet& network, const Runtime& runtime, const at::Tensor& image,
                         double temperature) {
  return at::softmax(logitsOf(network, runtime, image) / temperature, 1);
}

float meanChance(const at::Tensor& chance, const at::Tensor& chosen) {
  const at::Tensor foreground = chosen.gt(0);
  const bool any = foreground.any().item<bool>();
  return (any ? chance.masked_select(foreground) : chance).mean().item<float>();
}

/// Labels of the whole picture from the chances [1 x classes x grid]; 0 outside the cut.
media::FrameMask maskOf(const at::Tensor& on_grid, const GridPicture& picture,
                        const std::vector<media::Label>& labels,
                        const InferenceSettings& settings) {
  const Placement& p = picture.placement;
  const Cut& cut = picture.cut;
  const at::Tensor inside = on_grid.narrow(2, p.top, p.rows).narrow(3, p.left, p.cols);
  const auto [chance, chosen] =
      at::upsample_bilinear2d(inside.contiguous(), {cut.rows, cut.cols}, false).max(1);
  const at::Tensor classes = chosen.to(at::kCPU, at::kByte).contiguous();
  media::FrameMask mask{.rows = picture.rows, .cols = picture.cols, .labels = {}};
  mask.labels.resize(static_cast<std::size_t>(picture.rows) *
                     static_cast<std::size_t>(picture.cols));
  const std::uint8_t* in = classes.data_ptr<std::uint8_t>();
  for (int r = 0; r < cut.rows; ++r, in += cut.cols) {
    const auto out =
        mask.labels.begin() + static_cast<std::ptrdiff_t>(cut.top + r) * picture.cols + cut.left;
    std::transform(in, in + cut.cols, out, [&](std::uint8_t k) {
      return k == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(labels[k - 1U].value);
    });
  }
  mask.confidence = meanChance(chance, chosen);
  for (const int label : settings.ellipses) {
    imposeEllipse(mask.labels, mask.rows, mask.cols, label);
  }
  return mask;
}
}  // namespace

GridPicture makeGridPicture(std::span<const std::uint8_t> gray, int rows, int cols,
                            const NetworkPlan& plan, const Cut& cut) {
  const Placement placement = placeInGrid(cut.rows, cut.cols, plan.grid_rows, plan.grid_cols);
  return {rows, cols, cut, placement,
          toGrid(cutOut(gray, cols, cut), cut.rows, cut.cols, placement)};
}

at::Tensor networkInput(std::span<const GridPicture> pictures, const Runtime& runtime) {
  return normalize(stack(pictures).to(runtime.device).to(at::kFloat));
}

at::Tensor logitsOf(const UNet& network, const Runtime& runtime, const at::Tensor& image) {
  const HalfPrecision half(runtime);
  return network.forward(image, 1).front().to(at::kFloat);
}

Cut cutFor(const NetworkPlan& plan, std::span<const std::uint8_t> gray, int rows, int cols) {
  return plan.crop ? cutToSector(gray, rows, cols) : wholePicture(rows, cols);
}

std::vector<media::FrameMask> predict(const UNet& network, const Runtime& runtime,
                                      std::span<const GridPicture> pictures,
                                      const std::vector<media::Label>& labels,
                                      const InferenceSettings& settings,
                                      const std::function<void(std::size_t)>& on_batch) {
  const at::NoGradGuard no_grad;
  const std::size_t most = runtime.onGpu() ? kGpuBatch : kCpuBatch;
  std::vector<media::FrameMask> masks;
  for (std::size_t begin = 0; begin < pictures.size(); begin += most) {
    const auto part = pictures.subspan(begin, std::min(most, pictures.size() - begin));
    const at::Tensor image = networkInput(part, runtime);
    at::Tensor chance = probabilities(network, runtime, image, settings.temperature);
    if (settings.flip_averaging) {
      const at::Tensor mirrored =
          probabilities(network, runtime, image.flip({3}), settings.temperature);
      chance = 0.5 * (chance + mirrored.flip({3}));
    }
    for (std::size_t i = 0; i < part.size(); ++i) {
      masks.push_back(
          maskOf(chance.narrow(0, static_cast<std::int64_t>(i), 1), part[i], labels, settings));
      masks.back().frame_index = static_cast<int>(begin + i);
    }
    if (on_batch) on_batch(begin + part.size());
  }
  return masks;
}

}  // namespace sonotwin::segment
