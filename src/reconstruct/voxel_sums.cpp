// SPDX-License-Identifier: Apache-2.0
#include "voxel_sums.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <type_traits>
#include <vector>

#include "sonotwin/base/parallel.h"

namespace sonotwin::reconstruct {
namespace {
template <class Cell>
constexpr std::uint64_t kCapacity =
    std::is_same_v<Cell, RichCell> ? kRichWeightCapacity : kWeightCapacity;

constexpr float kBlur = 1.0F / 12.0F;  // half the variance of linear weights, in voxels squared
constexpr float kEven = 0.25F;         // least to greatest weight of voxels sampled alike

/// Means of one plane with a margin of one voxel; weightless where there is no data.
struct Means {
  std::vector<float> levels, weights;
};

/// What linear weights added along one axis, which is known only where sampling is even.
inline float blurAlong(const float* level, const float* weight, const float* level_before,
                       const float* weight_before, const float* level_after,
                       const float* weight_after) {
  const float least = std::min(*weight, std::min(*weight_before, *weight_after));
  const float greatest = std::max(*weight, std::max(*weight_before, *weight_after));
  const float blur = kBlur * (*level_before + *level_after - 2.0F * *level);
  return least > kEven * greatest ? blur : 0.0F;
}

/// Σw(I − mean)², rounded so that adding up does not depend on the order.
std::uint64_t squaresWithin(const VoxelSums& sums) {
  const auto weight = static_cast<double>(sums.weight);
  const double mean = static_cast<double>(sums.sum) / weight;
  const double within = static_cast<double>(sums.squares) - mean * static_cast<double>(sums.sum);
  return static_cast<std::uint64_t>(std::llround(std::max(0.0, within)));
}

template <class Cell>
class MeanReader {
 public:
  MeanReader(const SplatJob& job, std::span<const Cell> cells, const DrainedSums& drained,
             const VoxelBytes& out)
      : job_(job),
        cells_(cells),
        drained_(drained),
        out_(out),
        line_(static_cast<std::size_t>(job.dims[0])),
        plane_(line_ * static_cast<std::size_t>(job.dims[1])) {}

  void readPlanes(int begin, int end) const {
    if (!job_.sharpen) {
      for (std::size_t v = begin * plane_; v < end * plane_; ++v) readVoxel(v);
      return;
    }
    std::array<Means, 3> ring = {means(begin - 1), means(begin), Means()};
    for (int k = begin; k < end; ++k) {
      ring[2] = means(k + 1);
      for (int j = 0; j < job_.dims[1]; ++j) writeSharpened(j, k, ring);
      std::rotate(ring.begin(), ring.begin() + 1, ring.end());
    }
  }

  /// The mean variance within voxels, and what it rests on.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> withinPlanes(int begin, int end) const {
    std::pair<std::uint64_t, std::uint64_t> within = {0, 0};
    for (std::size_t v = begin * plane_; v < end * plane_; ++v) {
      const VoxelSums sums = drained_.total(v, cells_[v]);
      if (sums.weight == 0) continue;
      within.first += squaresWithin(sums);
      within.second += sums.weight;
    }
    return within;
  }

  void writeSpreads(int begin, int end, double typical_variance) const {
    const double one_pixel = job_.fullWeight();
    for (std::size_t v = begin * plane_; v < end * plane_; ++v) {
      const VoxelSums sums = drained_.total(v, cells_[v]);
      if (sums.weight == 0) continue;
      const double variance =
          (static_cast<double>(squaresWithin(sums)) + one_pixel * typical_variance) /
          (static_cast<double>(sums.weight) + one_pixel);
      out_.spread[v] =
          static_cast<std::uint8_t>(std::min(255L, std::lround(2.0 * std::sqrt(variance))));
    }
  }

 private:
  void readVoxel(std::size_t v) const {
    const VoxelSums sums = drained_.total(v, cells_[v]);
    if (sums.weight == 0) return;
    out_.observed[v] = 1;
    out_.grey[v] = roundedRatio(sums.sum, sums.weight);
  }

  [[nodiscard]] std::size_t inMargin(int j) const {
    return static_cast<std::size_t>(j + 1) * (line_ + 2) + 1;
  }

  [[nodiscard]] Means means(int k) const {
    const std::size_t size = (line_ + 2) * static_cast<std::size_t>(job_.dims[1] + 2);
    Means means{std::vector<float>(size), std::vector<float>(size)};
    if (k < 0 || k >= job_.dims[2]) return means;
    std::size_t v = k * plane_;
    for (int j = 0; j < job_.dims[1]; ++j) {
      for (std::size_t i = inMargin(j), end = i + line_; i < end; ++i, ++v) {
        const VoxelSums sums = drained_.total(v, cells_[v]);
        if (sums.weight == 0) continue;
        means.weights[i] = static_cast<float>(static_cast<std::int64_t>(sums.weight));
        means.levels[i] =
            static_cast<float>(static_cast<std::int64_t>(sums.sum)) / means.weights[i];
      }
    }
    return means;
  }

  /// @param ring  the plane below, the row's own, and the one above
  void writeSharpened(int j, int k, const std::array<Means, 3>& ring) const {
    const std::size_t at = inMargin(j), up = line_ + 2;
    const float* const level = ring[1].levels.data() + at;
    const float* const weight = ring[1].weights.data() + at;
    const float* const level_below = ring[0].levels.data() + at;
    const float* const weight_below = ring[0].weights.data() + at;
    const float* const level_above = ring[2].levels.data() + at;
    const float* const weight_above = ring[2].weights.data() + at;
    std::uint8_t* const grey = out_.grey.data() + k * plane_ + j * line_;
    std::uint8_t* const observed = out_.observed.data() + k * plane_ + j * line_;
    for (std::size_t i = 0; i < line_; ++i) {
      const float* const l = level + i;
      const float* const w = weight + i;
      const float sharp =
          *l - blurAlong(l, w, l - 1, w - 1, l + 1, w + 1) -
          blurAlong(l, w, l - up, w - up, l + up, w + up) -
          blurAlong(l, w, level_below + i, weight_below + i, level_above + i, weight_above + i);
      const float rounded = std::min(std::max(sharp, 0.0F), 255.0F) + 0.5F;
      observed[i] = *w > 0.0F ? 1 : 0;
      grey[i] = *w > 0.0F ? static_cast<std::uint8_t>(static_cast<int>(rounded)) : 0;
    }
  }

  const SplatJob& job_;
  std::span<const Cell> cells_;
  const DrainedSums& drained_;
  const VoxelBytes& out_;
  std::size_t line_, plane_;
};
}  // namespace

template <class Cell>
void DrainedSums::drain(std::span<Cell> cells, int threads) {
  const auto full = [](const Cell& cell) { return sumsOf(cell).weight >= kCapacity<Cell> / 2; };
  std::atomic<bool> any = false;
  parallelFor(cells.size(), threads, [&](std::size_t begin, std::size_t end) {
    if (std::ranges::any_of(cells.subspan(begin, end - begin), full)) any = true;
  });
  if (!any) return;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!full(cells[i])) continue;
    drained_[i] = total(i, cells[i]);
    cells[i] = Cell{};
  }
}

template <class Cell>
void readMeans(const SplatJob& job, std::span<const Cell> cells, const DrainedSums& drained,
               int threads, const VoxelBytes& out) {
  const MeanReader<Cell> reader(job, cells, drained, out);
  const auto planes = static_cast<std::size_t>(job.dims[2]);
  parallelFor(planes, threads, [&](std::size_t begin, std::size_t end) {
    reader.readPlanes(static_cast<int>(begin), static_cast<int>(end));
  });
  if (!job.spread) return;
  std::atomic<std::uint64_t> squares = 0, weights = 0;
  parallelFor(planes, threads, [&](std::size_t begin, std::size_t end) {
    const auto within = reader.withinPlanes(static_cast<int>(begin), static_cast<int>(end));
    squares += within.first;
    weights += within.second;
  });
  if (weights == 0) return;
  const double typical = static_cast<double>(squares) / static_cast<double>(weights);
  parallelFor(planes, threads, [&](std::size_t begin, std::size_t end) {
    reader.writeSpreads(static_cast<int>(begin), static_cast<int>(end), typical);
  });
}

void readKeys(std::span<const std::uint64_t> cells, int threads, const VoxelBytes& out) {
  parallelFor(cells.size(), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      out.grey[i] = static_cast<std::uint8_t>(cells[i]);
      out.observed[i] = cells[i] != 0;
    }
  });
}

template void DrainedSums::drain(std::span<std::uint64_t>, int);
template void DrainedSums::drain(std::span<RichCell>, int);
template void readMeans(const SplatJob&, std::span<const std::uint64_t>, const DrainedSums&, int,
                        const VoxelBytes&);
template void readMeans(const SplatJob&, std::span<const RichCell>, const DrainedSums&, int,
                        const VoxelBytes&);

}  // namespace sonotwin::reconstruct
