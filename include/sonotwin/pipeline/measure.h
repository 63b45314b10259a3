// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// The sizes of a mask (area of each label in each frame), a volume (of each label, by voxels) or a
/// surface (volume, area, extents), as JSON with units in the names; pixels where a clip is not
/// calibrated. @throws Error(kBadInput) for what has no size
[[nodiscard]] std::string measured(const store::Store& store, const std::string& id);

/// Measures and keeps it as a measurement that was made from the object; the same again adds
/// nothing. @returns the measurement's id
std::string keepMeasurement(store::Store& store, const std::string& id);

}  // namespace sonotwin::pipeline
