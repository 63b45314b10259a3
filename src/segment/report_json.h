// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sonotwin/segment/metrics.h"

namespace sonotwin::segment {

/// {LABEL: {"n", "distance_unit", "dice": {"mean", "ci95": [low, high]}, …}}
[[nodiscard]] nlohmann::ordered_json summaryToJson(const Evaluation& evaluation);

}  // namespace sonotwin::segment
