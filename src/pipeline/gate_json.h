// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sonotwin/pipeline/model_gate.h"

namespace sonotwin::pipeline {

/// Name of the records that hold gates.
inline constexpr const char* kGateRecord = "gate";

/// The reverse of `gateJson`, but for the record's own id and time. @throws Error(kDamaged)
[[nodiscard]] GateReport parseGate(const std::string& text);

}  // namespace sonotwin::pipeline
