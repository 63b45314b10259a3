// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/phantom/virtual_patient.h"

#include "anatomy.h"

namespace sonotwin::phantom {

std::vector<std::string> VirtualPatient::caseNames() {
  return anatomyNames();
}

VirtualPatient VirtualPatient::make(const std::string& case_name, std::uint64_t seed) {
  return VirtualPatient(std::make_unique<const Anatomy>(makeAnatomy(case_name, seed)));
}

VirtualPatient::VirtualPatient(std::unique_ptr<const Anatomy> anatomy)
    : anatomy_(std::move(anatomy)), labels_(anatomy_->labels()) {}
VirtualPatient::~VirtualPatient() = default;
VirtualPatient::VirtualPatient(VirtualPatient&&) noexcept = default;
VirtualPatient& VirtualPatient::operator=(VirtualPatient&&) noexcept = default;

const std::vector<media::Label>& VirtualPatient::labels() const {
  return labels_;
}

int VirtualPatient::labelAt(const Eigen::Vector3d& world_mm) const {
  return anatomy_->labelAt(world_mm);
}

double VirtualPatient::distance_mm(int label, const Eigen::Vector3d& world_mm) const {
  return anatomy_->organ(label).shape->distance_mm(world_mm);
}

double VirtualPatient::volumeMl(int label) const {
  return anatomy_->organ(label).shape->volume_mm3() / 1000.0;
}

Eigen::AlignedBox3d VirtualPatient::bounds_mm() const {
  constexpr double kMargin_mm = 7.0;
  constexpr double kHalfWidth_mm = 40.0;
  constexpr double kDepth_mm = 78.0;
  Eigen::AlignedBox3d box;
  for (const Organ& organ : anatomy_->organs) box.extend(organ.shape->bounds_mm());
  return {Eigen::Vector3d(-kHalfWidth_mm, box.min().y() - kMargin_mm, -kDepth_mm),
          Eigen::Vector3d(kHalfWidth_mm, box.max().y() + kMargin_mm, 0.0)};
}

const Anatomy& anatomyOf(const VirtualPatient& patient) {
  return *patient.anatomy_;
}

}  // namespace sonotwin::phantom
