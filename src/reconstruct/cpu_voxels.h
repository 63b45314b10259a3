// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "accumulator.h"
#include "row_walk.h"
#include "share_out.h"
#include "sonotwin/base/parallel.h"

namespace sonotwin::reconstruct {

/// Voxels in the computer's memory: each thread places all frames in a box of its own.
template <class Cell>
class CpuVoxels : public Accumulator {
 public:
  CpuVoxels(const SplatJob& job, int threads)
      : job_(job), threads_(threads > 0 ? threads : availableThreads()), cells_(job.voxelCount()) {}

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
    if (job_.keep == Keep::kMean) drained_.drain(std::span<Cell>(cells_), threads_);
  }

  void read(const VoxelBytes& out) override {
    readMeans(job_, std::span<const Cell>(cells_), drained_, threads_, out);
  }

 protected:
  virtual void place(const SplatFrame& frame, const Box& box) = 0;

  /// Calls `visit(walk, run)` with the pixels whose voxel lies in the box.
  template <class Visit>
  void forEachRun(const SplatFrame& frame, const Box& box, const Visit& visit) const {
    for (const RowSpan& span : job_.spans) {
      const RowWalk walk(frame.pose, span.row);
      const ColumnRange run = walk.clipped({span.begin, span.end}, box);
      if (run.begin < run.end) visit(walk, run);
    }
  }

  /// Calls `inside(walk, run)` with the pixels whose 8 corners all lie in the box, and
  /// `edge(walk, run)` with those of which only some do: the others are another thread's, or
  /// nobody's.
  template <class Inside, class Edge>
  void forEachCellRun(const SplatFrame& frame, const Box& box, const Inside& inside,
                      const Edge& edge) const {
    forEachRun(frame, touchingBox(box), [&](const RowWalk& walk, ColumnRange touching) {
      const ColumnRange clipped = walk.clipped(touching, innerBox(box));
      const ColumnRange run =
          clipped.begin < clipped.end ? clipped : ColumnRange{touching.end, touching.end};
      edge(walk, ColumnRange{touching.begin, run.begin});
      inside(walk, run);
      edge(walk, ColumnRange{run.end, touching.end});
    });
  }

  /// Calls `visit(corner, index)` with the corners of a pixel's cell that lie in the box.
  template <class Visit>
  void forEachCorner(const RowWalk& walk, int col, const Box& box, const Visit& visit) const {
    for (int corner = 0; corner < 8; ++corner) {
      const int i = voxelOf(walk.at(0, col)) + (corner & 1);
      const int j = voxelOf(walk.at(1, col)) + (corner >> 1 & 1);
      const int k = voxelOf(walk.at(2, col)) + (corner >> 2);
      if (contains(box, i, j, k)) visit(corner, cellIndex(job_.dims, i, j, k));
    }
  }

  [[nodiscard]] const std::uint8_t* rowOf(const SplatFrame& frame, int row) const {
    return frame.pixels + static_cast<std::size_t>(row) * static_cast<std::size_t>(job_.cols);
  }
  [[nodiscard]] std::int64_t line() const { return job_.dims[0]; }
  [[nodiscard]] std::int64_t plane() const { return line() * job_.dims[1]; }

  SplatJob job_;
  int threads_;
  std::vector<Cell> cells_;
  DrainedSums drained_;
};

/// For jobs whose voxels are RichCells.
[[nodiscard]] std::unique_ptr<Accumulator> makeRichAccumulator(const SplatJob& job, int threads);

}  // namespace sonotwin::reconstruct
