// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "accumulator.h"
#include "add_corners.h"
#include "row_walk.h"
#include "share_out.h"
#include "sonotwin/base/parallel.h"

namespace sonotwin::reconstruct {
namespace {
using Cells = std::vector<std::uint64_t>;

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
void addLinear(const SplatJob& job, const std::uint8_t* row, const RowWalk& walk, ColumnRange run,
               std::uint64_t* cells) {
  const std::int64_t line = job.dims[0];
  const std::int64_t plane = line * job.dims[1];
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

/// Calls `visit` with the corners of a pixel's cell that lie in the box.
template <class Visit>
void forEachCorner(const RowWalk& walk, int col, const Box& box, const Visit& visit) {
  for (int corner = 0; corner < 8; ++corner) {
    const int i = voxelOf(walk.at(0, col)) + (corner & 1);
    const int j = voxelOf(walk.at(1, col)) + (corner >> 1 & 1);
    const int k = voxelOf(walk.at(2, col)) + (corner >> 2);
    if (contains(box, i, j, k)) visit(corner, i, j, k);
  }
}

/// Adds any pixels: corners outside the box are another thread's, or nobody's.
void addLinearGuarded(const SplatJob& job, const std::uint8_t* row, const RowWalk& walk,
                      ColumnRange run, const Box& box, std::uint64_t* cells) {
  for (int col = run.begin; col < run.end; ++col) {
    std::uint32_t weights[8];
    trilinearWeights(fractionOf(walk.at(0, col)), fractionOf(walk.at(1, col)),
                     fractionOf(walk.at(2, col)), weights);
    forEachCorner(walk, col, box, [&](int corner, int i, int j, int k) {
      cells[cellIndex(job.dims, i, j, k)] += weighted(weights[corner], row[col]);
    });
  }
}

class CpuAccumulator final : public Accumulator {
 public:
  CpuAccumulator(const SplatJob& job, int threads)
      : job_(job),
        threads_(threads > 0 ? threads : availableThreads()),
        cells_(job.voxelCount()),
        frame_sums_(job.keepsFrameMeans() ? job.voxelCount() : 0) {}

  void add(std::span<const SplatFrame> frames, const Progress& progress) override {
    const std::vector<Box> boxes = shareOut(job_, frames, threads_);
    parallelFor(boxes.size(), static_cast<int>(boxes.size()),
                [&](std::size_t begin, std::size_t end) {
                  for (std::size_t i = begin; i < end; ++i) {
                    for (const SplatFrame& frame : frames) {
                      if (progress.cancelled()) return;
                      place(frame, boxes[i]);
                    }
                  }
                });
    progress.throwIfCancelled();
  }

  void drain() override {
    if (job_.keep == Keep::kMean) drained_.drain(cells_, threads_);
  }

  void read(std::span<std::uint8_t> grey, std::span<std::uint8_t> observed) override {
    readCells(job_, cells_, drained_, threads_, grey, observed);
  }

 private:
  void place(const SplatFrame& frame, const Box& box) {
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
    for (const RowSpan& span : job_.spans) {
      const RowWalk walk(frame.pose, span.row);
      const ColumnRange run = walk.clipped({span.begin, span.end}, box);
      if (run.begin < run.end) place(job_, frame, walk, run, cells_.data());
    }
  }

  void addLinearIn(const SplatFrame& frame, const Box& box, std::uint64_t* cells) const {
    for (const RowSpan& span : job_.spans) {
      const RowWalk walk(frame.pose, span.row);
      const std::uint8_t* row = frame.pixels + static_cast<std::size_t>(span.row) * job_.cols;
      const ColumnRange touching = walk.clipped({span.begin, span.end}, touchingBox(box));
      const ColumnRange clipped = walk.clipped(touching, innerBox(box));
      const ColumnRange inside =
          clipped.begin < clipped.end ? clipped : ColumnRange{touching.end, touching.end};
      addLinearGuarded(job_, row, walk, {touching.begin, inside.begin}, box, cells);
      addLinear(job_, row, walk, inside, cells);
      addLinearGuarded(job_, row, walk, {inside.end, touching.end}, box, cells);
    }
  }

  /// Offers every voxel the frame touched the mean of that frame, and clears the frame's sums.
  void keepFrameMeans(const SplatFrame& frame, const Box& box) {
    const auto offer = [&](int, int i, int j, int k) {
      const std::size_t index = cellIndex(job_.dims, i, j, k);
      const std::uint64_t sums = frame_sums_[index];
      if (sums == 0) return;
      frame_sums_[index] = 0;
      const std::uint8_t mean = roundedRatio(sumOf(sums), weightOf(sums));
      cells_[index] = std::max(cells_[index], keyOf(job_.keep, frame.order, 0, mean));
    };
    for (const RowSpan& span : job_.spans) {
      const RowWalk walk(frame.pose, span.row);
      const ColumnRange run = walk.clipped({span.begin, span.end}, touchingBox(box));
      for (int col = run.begin; col < run.end; ++col) {
        if (col == run.begin || !walk.sameCell(col - 1, col)) forEachCorner(walk, col, box, offer);
      }
    }
  }

  SplatJob job_;
  int threads_;
  Cells cells_;
  Cells frame_sums_;
  DrainedSums drained_;
};
}  // namespace

std::unique_ptr<Accumulator> makeCpuAccumulator(const SplatJob& job, int threads) {
  return std::make_unique<CpuAccumulator>(job, threads);
}

}  // namespace sonotwin::reconstruct
