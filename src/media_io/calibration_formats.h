// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sonotwin/media/calibration_io.h"

namespace sonotwin::media {

/// `file` is how errors name the text. Neither checks whether the values make sense.
[[nodiscard]] Calibration parsePlusConfiguration(const std::string& text, const std::string& file);
[[nodiscard]] Calibration parseCalibrationJson(const std::string& text, const std::string& file);
[[nodiscard]] std::string plusConfigurationText(const Calibration& calibration);

}  // namespace sonotwin::media
