// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sector_map.h"

namespace sonotwin::enhance {

struct Diffusion {
  double iterations = 0.0;
  double conductance = 0.0;
  double time_step = 0.0;
};

/// ITK's filters on the whole patch; pixels outside the sector are filled first and changed too.
void median(Patch& patch, double radius_px);
void curvatureDiffusion(Patch& patch, const Diffusion& diffusion);
void gradientDiffusion(Patch& patch, const Diffusion& diffusion);
void bilateral(Patch& patch, double domain_sigma_px, double range_sigma);

}  // namespace sonotwin::enhance
