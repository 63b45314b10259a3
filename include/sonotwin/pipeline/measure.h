// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// The sizes of a mask (area of each label in each frame), a volume (of each label, by voxels) or a
/// surface (volume, area, extents; the volume by voxels too, and where its masks are known by
/// planimetry, with half of the 95 % interval, `volume_95_ml`), as JSON with units in the names;
/// pixels where a clip is not calibrated. @throws Error(kBadInput) for what has no size
[[nodiscard]] std::string measured(const store::Store& store, const std::string& id);

/// Measures and keeps it as a measurement that was made from the object; the same again adds
/// nothing. @returns the measurement's id
std::string keepMeasurement(store::Store& store, const std::string& id);

/// How large a label is.
struct LabelSize {
  std::string label;
  std::optional<double> volume_ml, area_mm2;
  std::vector<double> extents_mm = {};
};

/// What a measurement says of each label; of a mask the largest area among its frames. Empty where
/// it says none that is known here.
[[nodiscard]] std::vector<LabelSize> labelSizes(const store::MeasurementRow& measurement);

}  // namespace sonotwin::pipeline
