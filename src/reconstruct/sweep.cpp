// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/sweep.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>

#include "sonotwin/base/error.h"

namespace sonotwin::reconstruct {
namespace {
constexpr double kStill_mm = 0.01;
constexpr double kTurn_mm = 2.0;

using Corners = std::array<Eigen::Vector3d, 4>;

Corners cornersOf(const PlacedFrame& frame, int rows, int cols) {
  const auto at = [&](double col, double row) {
    return frame.world_from_image(Eigen::Vector3d(col, row, 0.0));
  };
  return {at(0.0, 0.0), at(cols - 1.0, 0.0), at(0.0, rows - 1.0), at(cols - 1.0, rows - 1.0)};
}

Eigen::Vector3d middleOf(const Corners& corners) {
  return (corners[0] + corners[1] + corners[2] + corners[3]) / 4.0;
}

double motion_mm(const Corners& from, const Corners& to) {
  double farthest_mm = 0.0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    farthest_mm = std::max(farthest_mm, (to[i] - from[i]).norm());
  }
  return farthest_mm;
}

double medianOf(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Counts how often motion along the main direction of a path turns back.
int turnsOf(const std::vector<Eigen::Vector3d>& path_mm) {
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  for (const Eigen::Vector3d& at : path_mm) mean += at / static_cast<double>(path_mm.size());
  Eigen::Matrix3d spread = Eigen::Matrix3d::Zero();
  for (const Eigen::Vector3d& at : path_mm) spread += (at - mean) * (at - mean).transpose();
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> axes(spread);
  const Eigen::Vector3d along = axes.eigenvectors().col(2);
  int turns = 0, direction = 0;
  double extreme_mm = along.dot(path_mm.front());
  for (const Eigen::Vector3d& at : path_mm) {
    const double here_mm = along.dot(at);
    const double beyond_mm = here_mm - extreme_mm;
    if (direction == 0 ? std::abs(beyond_mm) >= kTurn_mm : direction * beyond_mm <= -kTurn_mm) {
      turns += direction != 0 ? 1 : 0;
      direction = beyond_mm > 0.0 ? 1 : -1;
      extreme_mm = here_mm;
    } else if (direction * beyond_mm > 0.0) {
      extreme_mm = here_mm;
    }
  }
  return turns;
}
}  // namespace

std::vector<FrameAt> framesAt(const std::vector<PlacedFrame>& frames, int rows, int cols,
                              const media::ScanSector& sector, const Eigen::Vector3d& world_mm,
                              double within_mm) {
  std::vector<FrameAt> found;
  for (const PlacedFrame& frame : frames) {
    const Eigen::Matrix4d& matrix = frame.world_from_image.matrix();
    const Eigen::Vector3d across = matrix.block<3, 1>(0, 0), down = matrix.block<3, 1>(0, 1);
    const Eigen::Vector3d normal = across.cross(down).stableNormalized();
    Eigen::Matrix3d axes;
    axes << across, down, normal;
    const Eigen::Vector3d at =
        axes.fullPivLu().solve(world_mm - Eigen::Vector3d(matrix.block<3, 1>(0, 3)));
    const bool in_picture =
        at[0] >= -0.5 && at[1] >= -0.5 && at[0] < cols - 0.5 && at[1] < rows - 0.5;
    if (!in_picture || !(std::abs(at[2]) <= within_mm) ||
        !sector.contains(std::round(at[0]), std::round(at[1]))) {
      continue;
    }
    found.push_back({frame.index, at[0], at[1], std::abs(at[2])});
  }
  std::ranges::stable_sort(found, {}, &FrameAt::distance_mm);
  return found;
}

SweepFacts sweepFacts(const media::Clip& clip, double gap_mm) {
  const std::vector<PlacedFrame> frames = placedFrames(clip);
  SweepFacts facts;
  facts.frames = static_cast<int>(clip.frames.size());
  for (const media::FrameInfo& frame : clip.frames) {
    facts.invalid += frame.pose_status == media::PoseStatus::kInvalid ? 1 : 0;
    facts.missing += frame.pose_status == media::PoseStatus::kMissing ? 1 : 0;
  }
  Corners last = cornersOf(frames.front(), clip.info.rows, clip.info.cols);
  int last_index = frames.front().index;
  std::vector<Eigen::Vector3d> path_mm = {middleOf(last)};
  std::vector<double> steps_mm;
  for (std::size_t f = 1; f < frames.size(); ++f) {
    const Corners corners = cornersOf(frames[f], clip.info.rows, clip.info.cols);
    const double moved_mm = motion_mm(last, corners);
    if (moved_mm < kStill_mm) {
      ++facts.stationary;
      last_index = frames[f].index;
      continue;
    }
    if (moved_mm > gap_mm) facts.gaps.push_back({last_index, frames[f].index, moved_mm});
    steps_mm.push_back(moved_mm);
    path_mm.push_back(middleOf(corners));
    facts.path_mm += (path_mm.back() - middleOf(last)).norm();
    last = corners;
    last_index = frames[f].index;
  }
  facts.spacing_mm = medianOf(std::move(steps_mm));
  facts.turns = turnsOf(path_mm);
  return facts;
}

}  // namespace sonotwin::reconstruct
