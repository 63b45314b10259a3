// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "smooth.h"
#include "sonotwin/base/error.h"

namespace sonotwin::enhance {
namespace {
[[noreturn]] void throwAbsent(const std::string& filter) {
  throwBadInput(
      "The filter \"" + filter +
      "\" is ITK's, which this program was built without. Use another one, such as srad.");
}
}  // namespace

void median(Patch&, double) {
  throwAbsent("median");
}

void curvatureDiffusion(Patch&, const Diffusion&) {
  throwAbsent("curvature-diffusion");
}

void gradientDiffusion(Patch&, const Diffusion&) {
  throwAbsent("gradient-diffusion");
}

void bilateral(Patch&, double, double) {
  throwAbsent("bilateral");
}

}  // namespace sonotwin::enhance
