// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include "context.h"

namespace sonotwin::cli {

void addFeatures(CLI::App& app, Context& context);

}  // namespace sonotwin::cli
