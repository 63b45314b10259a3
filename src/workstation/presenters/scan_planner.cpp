// SPDX-License-Identifier: Apache-2.0
#include "presenters/scan_planner.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "sonotwin/base/file.h"
#include "sonotwin/scene/sweep_geometry.h"

namespace sonotwin::workstation {
namespace {
Eigen::Vector3d direction(Approach approach, const media::Clip* clip) {
  switch (approach) {
    case Approach::kMinusZ:
      return -Eigen::Vector3d::UnitZ();
    case Approach::kPlusZ:
      return Eigen::Vector3d::UnitZ();
    case Approach::kMinusY:
      return -Eigen::Vector3d::UnitY();
    case Approach::kPlusY:
      return Eigen::Vector3d::UnitY();
    case Approach::kMinusX:
      return -Eigen::Vector3d::UnitX();
    case Approach::kPlusX:
      return Eigen::Vector3d::UnitX();
    case Approach::kAsSwept:
      break;
  }
  const auto axes = clip ? scene::sweepAxes(*clip) : std::nullopt;
  return axes ? axes->depth : robot::PlanOptions().approach;
}
}  // namespace

ScanPlanner::ScanPlanner(Session& session, ClipContent& clip, SpaceContent& space, QObject* parent)
    : QObject(parent), session_(session), clip_(clip), space_(space) {
  connect(&space, &SpaceContent::changed, this, &ScanPlanner::takeSurfaces);
}

ScanPlanner::~ScanPlanner() {
  stop_.request_stop();
}

void ScanPlanner::setOptions(const robot::PlanOptions& options) {
  options_ = options;
  up_to_date_ = false;
  Q_EMIT changed();
}

void ScanPlanner::setApproach(Approach approach) {
  approach_ = approach;
  up_to_date_ = false;
  Q_EMIT changed();
}

void ScanPlanner::setSurface(const std::string& id) {
  if (id == surface_id_) return;
  surface_id_ = id;
  setPlan(std::nullopt);
}

const ShownSurface* ScanPlanner::surface() const {
  const auto found = std::ranges::find(space_.surfaces(), surface_id_,
                                       [](const ShownSurface& shown) { return shown.row.id; });
  return found == space_.surfaces().end() ? nullptr : &*found;
}

void ScanPlanner::plan() {
  const ShownSurface* shown = surface();
  if (!shown || planning_) return;
  robot::PlanOptions options = options_;
  options.approach = direction(approach_, clip_.clip().get());
  const auto generation = ++generation_;
  planning_ = true;
  stop_ = std::stop_source();
  Q_EMIT changed();
  session_.reader().compute(
      this,
      [surface = shown->surface, options, token = stop_.get_token()] {
        return robot::planScan(*surface, options, Progress({}, token));
      },
      [this, generation, options](robot::ScanPlan plan) {
        if (generation != generation_) return;
        planned_options_ = options;
        setPlan(std::move(plan));
      },
      [this, generation](const QString& error) {
        if (generation != generation_) return;
        setPlan(std::nullopt);
        Q_EMIT failed(error);
      });
}

std::vector<PlanSample> ScanPlanner::samples() const {
  std::vector<PlanSample> samples;
  if (!plan_) return samples;
  const Eigen::Vector3d approach = planned_options_.approach.normalized();
  for (const robot::PlanPose& pose : plan_->poses) {
    PlanSample sample{pose.time_s, std::nullopt, std::nullopt};
    if (pose.contact) {
      const Eigen::Vector3d axis = pose.world_from_tool.direction(Eigen::Vector3d::UnitZ());
      const double cosine = std::clamp(axis.normalized().dot(approach), -1.0, 1.0);
      if (std::isfinite(pose.standoff_mm)) sample.standoff_mm = pose.standoff_mm;
      sample.tilt_deg = std::acos(cosine) * 180.0 / std::numbers::pi;
    }
    samples.push_back(sample);
  }
  return samples;
}

void ScanPlanner::setPose(int index) {
  const int last = plan_ ? static_cast<int>(plan_->poses.size()) - 1 : -1;
  index = std::clamp(index, std::min(last, 0), last);
  if (index == pose_) return;
  pose_ = index;
  Q_EMIT poseChanged();
}

void ScanPlanner::setPoseAt(double time_s) {
  if (!plan_) return;
  const auto next = std::ranges::upper_bound(plan_->poses, time_s, {}, &robot::PlanPose::time_s);
  setPose(static_cast<int>(next - plan_->poses.begin()) - 1);
}

QString ScanPlanner::poseText() const {
  if (!plan_ || pose_ < 0) return {};
  const robot::PlanPose& pose = plan_->poses[static_cast<std::size_t>(pose_)];
  const QString time =
      QStringLiteral("%1 s of %2 s").arg(pose.time_s, 0, 'f', 1).arg(plan_->duration_s, 0, 'f', 1);
  if (!pose.contact) return QStringLiteral("Lifted between lanes · ") + time;
  const QString standoff = std::isfinite(pose.standoff_mm)
                               ? QStringLiteral("standoff %1 mm").arg(pose.standoff_mm, 0, 'f', 1)
                               : QStringLiteral("no surface below");
  return QStringLiteral("Lane %1 of %2 · ").arg(pose.lane + 1).arg(plan_->lane_count) + standoff +
         QStringLiteral(" · ") + time;
}

void ScanPlanner::exportPlan(const std::filesystem::path& path) const {
  if (plan_) writeFileAtomically(path, robot::toJson(*plan_, planned_options_));
}

void ScanPlanner::takeSurfaces() {
  if (surface() != nullptr && plan_) return;
  const auto largest = std::ranges::max_element(
      space_.surfaces(), {}, [](const ShownSurface& shown) { return shown.row.volume_ml; });
  surface_id_ = largest == space_.surfaces().end() ? std::string() : largest->row.id;
  setPlan(std::nullopt);
}

void ScanPlanner::setPlan(std::optional<robot::ScanPlan> plan) {
  ++generation_;
  stop_.request_stop();  // whose answer nobody waits for any more
  planning_ = false;
  up_to_date_ = plan.has_value();
  plan_ = std::move(plan);
  pose_ = plan_ && !plan_->poses.empty() ? 0 : -1;
  Q_EMIT changed();
  Q_EMIT poseChanged();
}

}  // namespace sonotwin::workstation
