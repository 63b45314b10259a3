// SPDX-License-Identifier: Apache-2.0
#include "widgets/axis.h"

#include <cmath>

namespace sonotwin::workstation {

double niceStep(double range, int parts) {
  const double raw = range / parts;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {5.0, 2.0}) {
    if (factor * power <= raw * (1.0 + 1e-9)) return factor * power;
  }
  return power;
}

}  // namespace sonotwin::workstation
