// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "inference_settings.h"
#include "validation_score.h"

namespace sonotwin::segment {

/// The inference settings that do best on the validation split, and what each is worth there.
struct Calibration {
  InferenceSettings settings;
  ValidationScore plain;
  std::optional<ValidationScore> flipped;      ///< where mirroring is allowed
  std::optional<ValidationScore> second_look;  ///< with the best margin
  std::optional<ValidationScore> elliptic;     ///< where a label's truth is ellipses
  double likelihood_loss = 0.0;                ///< mean -log chance of the true class, uncalibrated
  double calibrated_likelihood_loss = 0.0;     ///< the same with the temperature
};

}  // namespace sonotwin::segment
