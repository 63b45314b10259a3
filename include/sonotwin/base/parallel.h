// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace sonotwin {

/// Processors this process may use, at least 1.
[[nodiscard]] int availableThreads();

/// Calls `body(begin, end)` for consecutive ranges that together cover [0, count), on up to
/// `threads` threads (0: all available), and returns when all are done. The cut depends on
/// `count` and `threads` only. The first exception of a body is rethrown here after all ended.
void parallelFor(std::size_t count, int threads,
                 const std::function<void(std::size_t begin, std::size_t end)>& body);

}  // namespace sonotwin
