// SPDX-License-Identifier: Apache-2.0
#include "network_features.h"

#include <algorithm>

namespace sonotwin::segment {
namespace {
/// Levels of the grid brought to the map's cells, as shares of 255.
at::Tensor shares(const std::vector<std::uint8_t>& on_grid, const Placement& grid,
                  const at::Tensor& map) {
  at::Tensor levels = at::empty({1, 1, grid.grid_rows, grid.grid_cols}, at::kByte);
  std::ranges::copy(on_grid, levels.data_ptr<std::uint8_t>());
  return at::adaptive_avg_pool2d(levels.to(at::kFloat) / 255.0, {map.size(2), map.size(3)})
      .to(map.device());
}
}  // namespace

at::Tensor pictureShare(const Placement& placement, const at::Tensor& map) {
  const std::vector<std::uint8_t> white(
      static_cast<std::size_t>(placement.rows) * static_cast<std::size_t>(placement.cols), 255);
  return shares(toGrid(white, placement.rows, placement.cols, placement), placement, map);
}

at::Tensor maskShare(std::span<const std::uint8_t> labels, const GridPicture& picture,
                     const at::Tensor& map) {
  std::vector<std::uint8_t> labelled = cutOut(labels, picture.cols, picture.cut);
  for (std::uint8_t& value : labelled) value = value == 0 ? 0 : 255;
  return shares(toGrid(labelled, picture.cut.rows, picture.cut.cols, picture.placement),
                picture.placement, map);
}

std::vector<float> meanMaps(const at::Tensor& map, const at::Tensor& share) {
  const double total = share.sum().item<double>();
  if (total <= 0.0) return {};
  const at::Tensor means = ((map * share).sum({0, 2, 3}) / total).to(at::kCPU, at::kFloat);
  const float* values = means.data_ptr<float>();
  return {values, values + means.numel()};
}

}  // namespace sonotwin::segment
