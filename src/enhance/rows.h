// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "sector_map.h"
#include "sonotwin/base/parallel.h"

namespace sonotwin::enhance {

/// Calls `body(row, first sample of that row)` for every row, on all threads.
template <class Body>
void forEachRow(Patch& patch, const Body& body) {
  parallelFor(static_cast<std::size_t>(patch.rows()), 0, [&](std::size_t begin, std::size_t end) {
    const auto cols = static_cast<std::size_t>(patch.cols());
    for (std::size_t row = begin; row < end; ++row) {
      body(static_cast<int>(row), patch.levels.data() + row * cols);
    }
  });
}

}  // namespace sonotwin::enhance
