// SPDX-License-Identifier: Apache-2.0
#include "add_corners.h"
#include "cpu_voxels.h"

namespace sonotwin::reconstruct {
namespace {
/// Weights of one row's pixels.
struct RowWeights {
  const std::uint8_t* pixels;  ///< none: all count 1
  std::uint8_t frame;

  [[nodiscard]] std::uint32_t at(int col) const {
    return pixels != nullptr ? pixelWeight(pixels[col], frame) : 1;
  }
};

/// Means with variances, of pixels that may count differently.
class RichAccumulator final : public CpuVoxels<RichCell> {
 public:
  using CpuVoxels::CpuVoxels;

 private:
  void place(const SplatFrame& frame, const Box& box) override {
    if (!job_.linear) {
      return forEachRun(frame, box, [&](const RowWalk& walk, ColumnRange run) {
        placeNearest(frame, walk, run);
      });
    }
    forEachCellRun(
        frame, box, [&](const RowWalk& walk, ColumnRange run) { addLinear(frame, walk, run); },
        [&](const RowWalk& walk, ColumnRange run) { addEdge(frame, walk, run, box); });
  }

  [[nodiscard]] RowWeights weightsOf(const SplatFrame& frame, int row) const {
    const std::size_t at = static_cast<std::size_t>(row) * static_cast<std::size_t>(job_.cols);
    return {job_.weighted() ? job_.pixel_weights.data() + at : nullptr, frame.weight};
  }

  void placeNearest(const SplatFrame& frame, const RowWalk& walk, ColumnRange run) {
    const RowWeights weights = weightsOf(frame, walk.row);
    const std::uint8_t* row = rowOf(frame, walk.row);
    for (int col = run.begin; col < run.end; ++col) {
      add(cellIndex(job_.dims, voxelOf(walk.at(0, col)), voxelOf(walk.at(1, col)),
                    voxelOf(walk.at(2, col))),
          weights.at(col), row[col]);
    }
  }

  void addLinear(const SplatFrame& frame, const RowWalk& walk, ColumnRange run) {
    const RowWeights weights = weightsOf(frame, walk.row);
    const std::uint8_t* row = rowOf(frame, walk.row);
    const CellStrides strides{line(), plane()};
    std::int64_t x = walk.at(0, run.begin), y = walk.at(1, run.begin), z = walk.at(2, run.begin);
    for (int col = run.begin; col < run.end; ++col) {
      RichCell* cell = cells_.data() + (x >> kPositionBits) + strides.line * (y >> kPositionBits) +
                       strides.plane * (z >> kPositionBits);
      addCornersRich(cell, strides, fractionOf(x), fractionOf(y), fractionOf(z), weights.at(col),
                     row[col]);
      x += walk.step[0];
      y += walk.step[1];
      z += walk.step[2];
    }
  }

  void addEdge(const SplatFrame& frame, const RowWalk& walk, ColumnRange run, const Box& box) {
    const RowWeights weights = weightsOf(frame, walk.row);
    const std::uint8_t* row = rowOf(frame, walk.row);
    for (int col = run.begin; col < run.end; ++col) {
      std::uint32_t shares[8];
      trilinearWeights(fractionOf(walk.at(0, col)), fractionOf(walk.at(1, col)),
                       fractionOf(walk.at(2, col)), shares);
      forEachCorner(walk, col, box, [&](int corner, std::size_t index) {
        add(index, shares[corner] * weights.at(col), row[col]);
      });
    }
  }

  void add(std::size_t index, std::uint32_t weight, std::uint8_t grey) {
    const RichCell amount = richlyWeighted(weight, grey);
    cells_[index].sums += amount.sums;
    cells_[index].squares += amount.squares;
  }
};
}  // namespace

std::unique_ptr<Accumulator> makeRichAccumulator(const SplatJob& job, int threads) {
  return std::make_unique<RichAccumulator>(job, threads);
}

}  // namespace sonotwin::reconstruct
