// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::cli {

/// The options that shape a volume, for `reconstruct` and `run`.
void addVoxelOptions(CLI::App& command, reconstruct::VoxelOptions& options);

}  // namespace sonotwin::cli
