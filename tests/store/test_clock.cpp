// SPDX-License-Identifier: Apache-2.0
#include "test_clock.h"

#include <atomic>

namespace sonotwin::store {
namespace {
std::atomic<std::time_t> next_time{1767225600}, step{0};
}  // namespace

void setClock(std::time_t start, std::time_t step_s) {
  next_time = start;
  step = step_s;
}

}  // namespace sonotwin::store

// The C library's function, which this replaces.
extern "C" std::time_t time(std::time_t* now) noexcept {
  using namespace sonotwin::store;
  const std::time_t told = next_time.fetch_add(step);
  if (now != nullptr) *now = told;
  return told;
}
