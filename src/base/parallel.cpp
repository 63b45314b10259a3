// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace sonotwin {

int availableThreads() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    return std::max(1, CPU_COUNT(&allowed));
  }
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallelFor(std::size_t count, int threads,
                 const std::function<void(std::size_t, std::size_t)>& body) {
  if (count == 0) return;
  const auto wanted = static_cast<std::size_t>(threads > 0 ? threads : availableThreads());
  const std::size_t parts = std::min(wanted, count);
  if (parts == 1) return body(0, count);

  std::exception_ptr failure;
  std::mutex guard;
  const auto run = [&](std::size_t part) {
    try {
      body(count * part / parts, count * (part + 1) / parts);
    } catch (...) {
      const std::scoped_lock lock(guard);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t part = 1; part < parts; ++part) workers.emplace_back(run, part);
    run(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace sonotwin
