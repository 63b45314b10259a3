// SPDX-License-Identifier: Apache-2.0
#include "branches.h"

#include <algorithm>

#include "smooth_join.h"
#include "star_volume.h"

namespace sonotwin::phantom {
namespace {
Level levelOf(const Branches::Tube& tube, const Eigen::Vector3d& from_fork) {
  const double along = std::clamp(from_fork.dot(tube.direction), 0.0, tube.length_mm);
  const Eigen::Vector3d away = from_fork - along * tube.direction;
  return {away.norm() - tube.radius_mm, away.normalized()};
}
}  // namespace

Branches::Branches(const Eigen::Vector3d& fork_mm, std::vector<Tube> tubes, double join_mm)
    : fork_mm_(fork_mm), tubes_(std::move(tubes)), join_mm_(join_mm) {
  for (const Tube& tube : tubes_) {
    const double swell_mm = join_mm_ / 6.0 * static_cast<double>(tubes_.size() - 1);
    const Eigen::Vector3d margin = Eigen::Vector3d::Constant(tube.radius_mm + swell_mm);
    for (const Eigen::Vector3d& end :
         {fork_mm_, Eigen::Vector3d(fork_mm_ + tube.length_mm * tube.direction)}) {
      bounds_mm_.extend(Eigen::AlignedBox3d(end - margin, end + margin));
    }
  }
}

double Branches::distance_mm(const Eigen::Vector3d& point) const {
  const Eigen::Vector3d from_fork = point - fork_mm_;
  Level level = levelOf(tubes_.front(), from_fork);
  for (std::size_t i = 1; i < tubes_.size(); ++i) {
    level = join(level, levelOf(tubes_[i], from_fork), join_mm_);
  }
  return level.distance_mm();
}

double Branches::volume_mm3() const {
  constexpr int kPolar = 240;  // the ends of the tubes are narrow, seen from the fork
  return starVolume_mm3(*this, fork_mm_, kPolar);
}

double Branches::smallestRadius_mm() const {
  return std::ranges::min(tubes_, {}, &Tube::radius_mm).radius_mm;
}

}  // namespace sonotwin::phantom
