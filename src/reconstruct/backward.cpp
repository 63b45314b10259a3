// SPDX-License-Identifier: Apache-2.0
#include "backward.h"

#include <cmath>

#include "cpu_voxels.h"
#include "fill.h"
#include "frame_plane.h"
#include "frame_slab.h"

namespace sonotwin::reconstruct {
namespace {
constexpr int kKnots = 8;  // poses on the way between two frames

class BackwardAccumulator : public CpuVoxels<RichCell> {
 public:
  BackwardAccumulator(const SplatJob& job, const Eigen::Matrix3d& mm_from_voxel, double reach_mm,
                      int threads)
      : CpuVoxels(job, threads),
        mm_from_voxel_(mm_from_voxel),
        reach_mm_(std::max(reach_mm, halfDiagonal_mm())),
        sampler_(job),
        nearest_mm_(job.voxelCount(), INFINITY) {}

  void read(const VoxelBytes& out) override {
    CpuVoxels::read(out);
    const double through_mm = halfDiagonal_mm();
    for (std::size_t v = 0; v < nearest_mm_.size(); ++v) {
      if (out.observed[v] != 0 && nearest_mm_[v] > through_mm) out.observed[v] = kInterpolated;
    }
  }

 protected:
  /// Calls `visit(index, voxel)` for the voxels within `reach_mm` of the frame.
  template <class Visit>
  void forEachNear(const GridPose& pose, const Box& box, double reach_mm,
                   const Visit& visit) const {
    const double voxels = reach_mm / mm_from_voxel_.colwise().norm().minCoeff();
    FrameSlab(job_, pose, box, std::max(1.0, voxels)).forEach(visit);
  }

  [[nodiscard]] FramePose poseOf(const SplatFrame& frame) const {
    return framePose(frame.pose, job_, mm_from_voxel_);
  }

  /// One over the squared distance, levelled off where the frame passes through the voxel.
  [[nodiscard]] std::uint32_t shareAt(double distance_mm) const {
    const double near = halfDiagonal_mm() * halfDiagonal_mm();
    return static_cast<std::uint32_t>(
        std::lround(kFullFrameShare * near / (near + distance_mm * distance_mm)));
  }

  void add(std::size_t index, double distance_mm, double level) {
    const auto grey = static_cast<std::uint8_t>(std::lround(level));
    const RichCell amount = richlyWeighted(std::max(1U, shareAt(distance_mm)), grey);
    cells_[index].sums += amount.sums;
    cells_[index].squares += amount.squares;
    nearest_mm_[index] = std::min(nearest_mm_[index], static_cast<float>(distance_mm));
  }

  [[nodiscard]] double halfDiagonal_mm() const {
    return 0.5 * mm_from_voxel_.colwise().norm().norm();
  }

  Eigen::Matrix3d mm_from_voxel_;
  double reach_mm_;
  PixelSampler sampler_;
  std::vector<float> nearest_mm_;
};

/// Each voxel takes the pixel of the frame whose plane is nearest; of two, the earlier.
class NearestFrame final : public BackwardAccumulator {
  using BackwardAccumulator::BackwardAccumulator;

  void place(const SplatFrame& frame, const Box& box) override {
    const FramePlane plane(poseOf(frame), mm_from_voxel_);
    if (!plane.usable()) return;
    forEachNear(frame.pose, box, reach_mm_,
                [&](std::size_t index, const std::array<int, 3>& voxel) {
                  const Eigen::Vector3d at = plane.at(voxel);
                  const auto distance_mm = static_cast<float>(std::abs(at[2]));
                  if (distance_mm > reach_mm_ || distance_mm >= nearest_mm_[index] ||
                      !sampler_.contains(at[0], at[1])) {
                    return;
                  }
                  nearest_mm_[index] = distance_mm;
                  cells_[index] = richlyWeighted(1, sampler_.nearest(frame.pixels, at[0], at[1]));
                });
  }
};

/// Each voxel takes the mean of all frames within reach, by one over the squared distance.
class ByDistance final : public BackwardAccumulator {
  using BackwardAccumulator::BackwardAccumulator;

  void place(const SplatFrame& frame, const Box& box) override {
    const FramePlane plane(poseOf(frame), mm_from_voxel_);
    if (!plane.usable()) return;
    forEachNear(frame.pose, box, reach_mm_,
                [&](std::size_t index, const std::array<int, 3>& voxel) {
                  const Eigen::Vector3d at = plane.at(voxel);
                  if (std::abs(at[2]) > reach_mm_ || !sampler_.contains(at[0], at[1])) return;
                  add(index, std::abs(at[2]), sampler_.bilinear(frame.pixels, at[0], at[1]));
                });
  }
};

/// Each voxel that the probe passed between two frames takes both at the point of the picture at
/// which the moving plane met it. Passes over one place are averaged by their distance.
class ProbePath final : public BackwardAccumulator {
 public:
  using BackwardAccumulator::BackwardAccumulator;

  void add(std::span<const SplatFrame> frames, const Progress& progress) override {
    std::vector<SplatFrame> chain;
    if (!carried_pixels_.empty()) chain.push_back(carried_);
    chain.insert(chain.end(), frames.begin(), frames.end());
    const std::vector<Box> boxes = shareOut(job_, frames, threads_);
    parallelFor(boxes.size(), static_cast<int>(boxes.size()),
                [&](std::size_t begin, std::size_t end) {
                  for (std::size_t i = begin; i < end; ++i) {
                    for (std::size_t f = 1; f < chain.size(); ++f) {
                      if (progress.cancelled()) return;
                      bridge(chain[f - 1], chain[f], boxes[i]);
                    }
                  }
                });
    progress.throwIfCancelled();
    carry(frames.back());
  }

 private:
  void place(const SplatFrame&, const Box&) override {}

  void carry(const SplatFrame& frame) {
    std::vector<std::uint8_t> pixels(frame.pixels, frame.pixels + job_.pixelCount());
    carried_pixels_ = std::move(pixels);
    carried_ = frame;
    carried_.pixels = carried_pixels_.data();
  }

  /// Farthest that a corner of the picture moved, up to the widest gap that is bridged.
  [[nodiscard]] double motion_mm(const FramePose& from, const FramePose& to) const {
    double farthest_mm = 0.0;
    for (const double col : {0.0, job_.cols - 1.0}) {
      for (const double row : {0.0, job_.rows - 1.0}) {
        const Eigen::Vector3d moved = to.origin_mm - from.origin_mm +
                                      col * (to.per_col_mm - from.per_col_mm) +
                                      row * (to.per_row_mm - from.per_row_mm);
        farthest_mm = std::max(farthest_mm, moved.norm());
      }
    }
    return std::min(farthest_mm, 2.0 * reach_mm_);
  }

  void bridge(const SplatFrame& from, const SplatFrame& to, const Box& box) {
    const FramePose first = poseOf(from), last = poseOf(to);
    std::vector<FramePlane> planes;
    for (int knot = 0; knot <= kKnots; ++knot) {
      const double t = static_cast<double>(knot) / kKnots;
      planes.emplace_back(between(first, last, t, job_.rows, job_.cols), mm_from_voxel_);
    }
    if (!planes.front().usable() || !planes.back().usable()) return;
    forEachNear(from.pose, box, motion_mm(first, last),
                [&](std::size_t index, const std::array<int, 3>& voxel) {
                  const double from_mm = planes.front().at(voxel)[2],
                               to_mm = planes.back().at(voxel)[2];
                  const bool passed = from_mm * to_mm <= 0.0;
                  if (!passed || std::abs(from_mm) + std::abs(to_mm) > 2.0 * reach_mm_) return;
                  meet(planes, from, to, index, voxel);
                });
  }

  /// The voxel lies between the first plane and the last: finds where the moving plane met it.
  void meet(const std::vector<FramePlane>& planes, const SplatFrame& from, const SplatFrame& to,
            std::size_t index, const std::array<int, 3>& voxel) {
    Eigen::Vector3d before = planes.front().at(voxel);
    const double from_mm = std::abs(before[2]);
    for (std::size_t knot = 1; knot < planes.size(); ++knot) {
      const Eigen::Vector3d after = planes[knot].at(voxel);
      if (before[2] * after[2] > 0.0) {
        before = after;
        continue;
      }
      const double width_mm = before[2] - after[2];
      const double part = width_mm != 0.0 ? before[2] / width_mm : 0.0;
      const Eigen::Vector3d at = before + part * (after - before);
      if (!sampler_.contains(at[0], at[1])) return;
      const double t = (static_cast<double>(knot) - 1.0 + part) / kKnots;
      const double level = (1.0 - t) * sampler_.bilinear(from.pixels, at[0], at[1]) +
                           t * sampler_.bilinear(to.pixels, at[0], at[1]);
      const double to_mm = std::abs(planes.back().at(voxel)[2]);
      BackwardAccumulator::add(index, std::min(from_mm, to_mm), level);
      return;
    }
  }

  SplatFrame carried_;
  std::vector<std::uint8_t> carried_pixels_;
};
}  // namespace

std::unique_ptr<Accumulator> makeBackwardAccumulator(const SplatJob& job,
                                                     Interpolation interpolation,
                                                     const Eigen::Matrix3d& mm_from_voxel,
                                                     double reach_mm, int threads) {
  if (interpolation == Interpolation::kNearestFrame) {
    return std::make_unique<NearestFrame>(job, mm_from_voxel, reach_mm, threads);
  }
  if (interpolation == Interpolation::kByDistance) {
    return std::make_unique<ByDistance>(job, mm_from_voxel, reach_mm, threads);
  }
  return std::make_unique<ProbePath>(job, mm_from_voxel, reach_mm, threads);
}

}  // namespace sonotwin::reconstruct
