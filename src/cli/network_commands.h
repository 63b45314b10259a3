// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include "context.h"

namespace sonotwin::cli {

/// What makes a model of what is there already, under `models`.
void addNetworkCommands(CLI::App& models, Context& context);

}  // namespace sonotwin::cli
