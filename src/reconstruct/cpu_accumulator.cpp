// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "add_corners.h"
#include "cpu_voxels.h"
#include "frame_slab.h"

namespace sonotwin::reconstruct {
namespace {
template <Keep keep>
void placeNearest(const SplatJob& job, const SplatFrame& frame, const RowWalk& walk,
                  ColumnRange run, std::uint64_t* cells) {
  const auto place = static_cast<std::uint32_t>(walk.row) * static_cast<std::uint32_t>(job.cols);
  const std::uint8_t* row = frame.pixels + place;
  const std::int64_t line = job.dims[0];
  const std::int64_t plane = line * job.dims[1];
  std::int64_t x = walk.at(0, run.begin), y = walk.at(1, run.begin), z = walk.at(2, run.begin);
  for (int col = run.begin; col < run.end; ++col) {
    std::uint64_t& cell =
        cells[(x >> kPositionBits) + line * (y >> kPositionBits) + plane * (z >> kPositionBits)];
    const auto pixel = place + static_cast<std::uint32_t>(col);
    if constexpr (keep == Keep::kMean) {
      cell += weighted(1, row[col]);
    } else if constexpr (keep == Keep::kLatest) {
      cell =
          keyOf(keep, frame.order, pixel, row[col]);  // pixels come in order: this is the greatest
    } else {
      cell = std::max(cell, keyOf(keep, frame.order, pixel, row[col]));
    }
    x += walk.step[0];
    y += walk.step[1];
    z += walk.step[2];
  }
}

/// Adds pixels all of whose 8 corners lie in the thread's box.
void addLinear(CellStrides strides, const std::uint8_t* row, const RowWalk& walk, ColumnRange run,
               std::uint64_t* cells) {
  const auto [line, plane] = strides;
  std::int64_t x = walk.at(0, run.begin), y = walk.at(1, run.begin), z = walk.at(2, run.begin);
  for (int col = run.begin; col < run.end; ++col) {
    std::uint64_t* cell =
        cells + (x >> kPositionBits) + line * (y >> kPositionBits) + plane * (z >> kPositionBits);
    addCorners(cell, {line, plane}, fractionOf(x), fractionOf(y), fractionOf(z), row[col]);
    x += walk.step[0];
    y += walk.step[1];
    z += walk.step[2];
  }
}

class CpuAccumulator final : public CpuVoxels<std::uint64_t> {
 public:
  CpuAccumulator(const SplatJob& job, int threads)
      : CpuVoxels(job, threads), frame_sums_(job.keepsFrameMeans() ? job.voxelCount() : 0) {}

  void read(const VoxelBytes& out) override {
    if (job_.keep == Keep::kMean) return CpuVoxels::read(out);
    readKeys(cells_, threads_, out);
  }

 private:
  void place(const SplatFrame& frame, const Box& box) override {
    if (!job_.linear) return placeNearestIn(frame, box);
    if (job_.keep == Keep::kMean) return addLinearIn(frame, box, cells_.data());
    addLinearIn(frame, box, frame_sums_.data());
    keepFrameMeans(frame, box);
  }

  void placeNearestIn(const SplatFrame& frame, const Box& box) {
    const auto place = [&] {
      switch (job_.keep) {
        case Keep::kLatest:
          return &placeNearest<Keep::kLatest>;
        case Keep::kFirst:
          return &placeNearest<Keep::kFirst>;
        case Keep::kMaximum:
          return &placeNearest<Keep::kMaximum>;
        case Keep::kMean:
          break;
      }
      return &placeNearest<Keep::kMean>;
    }();
    forEachRun(frame, box, [&](const RowWalk& walk, ColumnRange run) {
      place(job_, frame, walk, run, cells_.data());
    });
  }

  void addLinearIn(const SplatFrame& frame, const Box& box, std::uint64_t* cells) const {
    forEachCellRun(
        frame, box,
        [&](const RowWalk& walk, ColumnRange run) {
          addLinear({line(), plane()}, rowOf(frame, walk.row), walk, run, cells);
        },
        [&](const RowWalk& walk, ColumnRange run) {
          const std::uint8_t* row = rowOf(frame, walk.row);
          for (int col = run.begin; col < run.end; ++col) {
            std::uint32_t weights[8];
            trilinearWeights(fractionOf(walk.at(0, col)), fractionOf(walk.at(1, col)),
                             fractionOf(walk.at(2, col)), weights);
            forEachCorner(walk, col, box, [&](int corner, std::size_t index) {
              cells[index] += weighted(weights[corner], row[col]);
            });
          }
        });
  }

  /// Offers every voxel the frame touched the mean of that frame, and clears the frame's sums.
  void keepFrameMeans(const SplatFrame& frame, const Box& box) {
    FrameSlab(job_, frame.pose, box).forEach([&](std::size_t index, const auto&) {
      const std::uint64_t sums = frame_sums_[index];
      if (sums == 0) return;
      frame_sums_[index] = 0;
      const std::uint8_t mean = roundedRatio(sumOf(sums), weightOf(sums));
      cells_[index] = std::max(cells_[index], keyOf(job_.keep, frame.order, 0, mean));
    });
  }

  std::vector<std::uint64_t> frame_sums_;
};
}  // namespace

std::unique_ptr<Accumulator> makeCpuAccumulator(const SplatJob& job, int threads) {
  if (job.rich()) return makeRichAccumulator(job, threads);
  return std::make_unique<CpuAccumulator>(job, threads);
}

}  // namespace sonotwin::reconstruct
