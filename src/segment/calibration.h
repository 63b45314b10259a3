// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "calibration_result.h"
#include "validation.h"

namespace sonotwin::segment {

/// Chooses how a network's answers are put together, on the validation split alone: averaging with
/// the mirrored picture where it is worth its time, ellipses for labels whose training truth is
/// ellipses, and the temperature at which the true class is likeliest.
/// Source of the temperature: Guo et al., ICML 2017.
/// @param mirror  false for sided labels
[[nodiscard]] Calibration calibrate(const UNet& network, const Runtime& runtime,
                                    const Dataset& dataset, const Validation& validation,
                                    bool mirror, const Progress& progress);

}  // namespace sonotwin::segment
