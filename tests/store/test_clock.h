// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>

namespace sonotwin::store {

/// What `std::time` tells in a program that links this: `start`, and so many seconds more each time
/// it is asked. Stands still at one instant until it is set.
void setClock(std::time_t start, std::time_t step_s);

}  // namespace sonotwin::store
