// SPDX-License-Identifier: Apache-2.0
#include "anatomy.h"

#include <algorithm>

#include "sonotwin/base/error.h"

namespace sonotwin::phantom {

std::vector<media::Label> Anatomy::labels() const {
  std::vector<media::Label> labels;
  for (const Organ& organ : organs) labels.push_back(organ.label);
  return labels;
}

const Organ& Anatomy::organ(int label) const {
  const auto found = std::ranges::find(organs, label, [](const Organ& o) { return o.label.value; });
  if (found != organs.end()) return *found;
  std::string known;
  for (const Organ& organ : organs) {
    known +=
        (known.empty() ? "" : ", ") + std::to_string(organ.label.value) + " " + organ.label.name;
  }
  throwNotFound("The virtual patient has no organ with label " + std::to_string(label) +
                "; it has " + known + ".");
}

int Anatomy::labelAt(const Eigen::Vector3d& world_mm) const {
  for (const Organ& organ : organs) {
    if (organ.shape->distanceWithin_mm(world_mm, 0.0) < 0.0) return organ.label.value;
  }
  return 0;
}

}  // namespace sonotwin::phantom
