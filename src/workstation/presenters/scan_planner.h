// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "presenters/clip_content.h"
#include "presenters/space_content.h"
#include "sonotwin/robot/scan_plan.h"

namespace sonotwin::workstation {

/// Where the probe comes from.
enum class Approach { kAsSwept, kMinusZ, kPlusZ, kMinusY, kPlusY, kMinusX, kPlusX };

/// Distance and tilt at a moment of the plan; none while the probe is lifted.
struct PlanSample {
  double time_s = 0.0;
  std::optional<double> standoff_mm;
  std::optional<double> tilt_deg;  ///< of the probe's axis from the approach
};

/// A scan plan over one of the clip's surfaces: options, the plan, and a place along it.
class ScanPlanner : public QObject {
  Q_OBJECT

 public:
  ScanPlanner(Session& session, ClipContent& clip, SpaceContent& space, QObject* parent = nullptr);
  ~ScanPlanner() override;

  [[nodiscard]] const robot::PlanOptions& options() const { return options_; }
  void setOptions(const robot::PlanOptions& options);
  [[nodiscard]] Approach approach() const { return approach_; }
  void setApproach(Approach approach);
  /// Id of the surface to plan over; empty where there is none.
  [[nodiscard]] const std::string& surfaceId() const { return surface_id_; }
  void setSurface(const std::string& id);
  [[nodiscard]] const ShownSurface* surface() const;

  /// Plans in the background; `changed` follows, or `failed`.
  void plan();
  [[nodiscard]] bool planning() const { return planning_; }
  [[nodiscard]] const std::optional<robot::ScanPlan>& result() const { return plan_; }
  /// What the plan was made with.
  [[nodiscard]] const robot::PlanOptions& plannedOptions() const { return planned_options_; }
  [[nodiscard]] std::vector<PlanSample> samples() const;
  /// The plan was made with what the options say now.
  [[nodiscard]] bool upToDate() const { return plan_ && up_to_date_; }

  /// A pose of the plan; -1 where there is none.
  [[nodiscard]] int pose() const { return pose_; }
  void setPose(int index);
  /// The last pose at or before a time.
  void setPoseAt(double time_s);
  /// "lane 2 of 4 · 12.4 s · standoff 5.0 mm", or "lift-off · 12.4 s"
  [[nodiscard]] QString poseText() const;

  /// Writes the plan as JSON. @throws Error(kDevice)
  void exportPlan(const std::filesystem::path& path) const;

 Q_SIGNALS:
  /// Options, plan or surface.
  void changed();
  void poseChanged();
  void failed(const QString& error);

 private:
  void takeSurfaces();
  void setPlan(std::optional<robot::ScanPlan> plan);

  Session& session_;
  ClipContent& clip_;
  SpaceContent& space_;
  robot::PlanOptions options_;
  robot::PlanOptions planned_options_;
  Approach approach_ = Approach::kAsSwept;
  std::string surface_id_;
  std::optional<robot::ScanPlan> plan_;
  bool up_to_date_ = false;
  bool planning_ = false;
  std::uint64_t generation_ = 0;
  std::stop_source stop_;  ///< of the planning under way
  int pose_ = -1;
};

}  // namespace sonotwin::workstation
