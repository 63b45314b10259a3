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

at::Tensor probabilities(const UNet& network, const Runtime& runtime, const at::Tensor& image) {
  const HalfPrecision half(runtime);
  return at::softmax(network.forward(image, 1).front().to(at::kFloat), 1);
}

media::FrameMask maskOf(const at::Tensor& on_grid, const GridPicture& picture,
                        const std::vector<media::Label>& labels) {
  const Placement& p = picture.placement;
  const at::Tensor inside = on_grid.narrow(2, p.top, p.rows).narrow(3, p.left, p.cols);
  const auto [chance, chosen] =
      at::upsample_bilinear2d(inside.contiguous(), {picture.rows, picture.cols}, false).max(1);
  const at::Tensor classes = chosen.to(at::kCPU, at::kByte).contiguous();
  media::FrameMask mask{.rows = picture.rows, .cols = picture.cols, .labels = {}};
  mask.labels.resize(static_cast<std::size_t>(classes.numel()));
  const std::uint8_t* in = classes.data_ptr<std::uint8_t>();
  std::transform(in, in + classes.numel(), mask.labels.begin(), [&](std::uint8_t k) {
    return k == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(labels[k - 1U].value);
  });
  const at::Tensor foreground = chosen.gt(0);
  const at::Tensor counted =
      foreground.any().item<bool>() ? chance.masked_select(foreground) : chance;
  mask.confidence = counted.mean().item<float>();
  return mask;
}
}  // namespace

GridPicture makeGridPicture(std::span<const std::uint8_t> gray, int rows, int cols,
                            const NetworkPlan& plan) {
  GridPicture picture{rows, cols, placeInGrid(rows, cols, plan.grid_rows, plan.grid_cols), {}};
  picture.gray = toGrid(gray, rows, cols, picture.placement);
  return picture;
}

std::vector<media::FrameMask> predict(const UNet& network, const Runtime& runtime,
                                      std::span<const GridPicture> pictures,
                                      const std::vector<media::Label>& labels, bool flip,
                                      const std::function<void(std::size_t)>& on_batch) {
  const at::NoGradGuard no_grad;
  const std::size_t most = runtime.onGpu() ? kGpuBatch : kCpuBatch;
  std::vector<media::FrameMask> masks;
  for (std::size_t begin = 0; begin < pictures.size(); begin += most) {
    const auto part = pictures.subspan(begin, std::min(most, pictures.size() - begin));
    const at::Tensor image = normalize(stack(part).to(runtime.device).to(at::kFloat));
    at::Tensor chance = probabilities(network, runtime, image);
    if (flip) {
      chance = 0.5 * (chance + probabilities(network, runtime, image.flip({3})).flip({3}));
    }
    for (std::size_t i = 0; i < part.size(); ++i) {
      masks.push_back(maskOf(chance.narrow(0, static_cast<std::int64_t>(i), 1), part[i], labels));
      masks.back().frame_index = static_cast<int>(begin + i);
    }
    if (on_batch) on_batch(begin + part.size());
  }
  return masks;
}

}  // namespace sonotwin::segment
