// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "sonotwin/base/progress.h"
#include "sonotwin/segment/dataset.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::segment {

/// As segment::train, without the scoring of the test split.
void trainNetwork(const Dataset& dataset, const std::string& dataset_sha256,
                  const std::filesystem::path& folder, const TrainOptions& options,
                  const TrainHooks& hooks, const Progress& progress);

}  // namespace sonotwin::segment
