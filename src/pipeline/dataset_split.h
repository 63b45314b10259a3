// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sonotwin/pipeline/dataset_build.h"

namespace sonotwin::pipeline {

/// Labels, source and seed of the options; no case yet.
[[nodiscard]] segment::Dataset emptyDataset(const DatasetOptions& options);

/// Joins groups that hold near-duplicates, unless told not to, and splits by what groups there are.
void joinAndSplit(segment::Dataset& dataset, const DatasetOptions& options,
                  const Progress& progress);

}  // namespace sonotwin::pipeline
