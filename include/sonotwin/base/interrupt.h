// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

namespace sonotwin {

/// A token that stops at the first Ctrl-C (SIGINT) or SIGTERM; a second one ends the program with
/// exit code 130 at once. The first call installs the handlers; any thread.
[[nodiscard]] std::stop_token stopOnInterrupt();

}  // namespace sonotwin
