// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <vector>

namespace sonotwin {
namespace {
TEST(ParallelFor, CoversEveryIndexOnce) {
  for (const std::size_t count : {0UL, 1UL, 2UL, 7UL, 64UL, 1001UL}) {
    for (const int threads : {0, 1, 2, 3, 8, 100}) {
      std::vector<std::atomic<int>> visits(count);
      parallelFor(count, threads, [&](std::size_t begin, std::size_t end) {
        ASSERT_LT(begin, end);
        for (std::size_t i = begin; i < end; ++i) ++visits[i];
      });
      for (const auto& visit : visits) ASSERT_EQ(visit, 1) << count << " on " << threads;
    }
  }
}

TEST(ParallelFor, CutsTheSameWayEveryTime) {
  std::set<std::set<std::pair<std::size_t, std::size_t>>> cuts;
  for (int round = 0; round < 20; ++round) {
    std::mutex guard;
    std::set<std::pair<std::size_t, std::size_t>> cut;
    parallelFor(100, 7, [&](std::size_t begin, std::size_t end) {
      const std::scoped_lock lock(guard);
      cut.emplace(begin, end);
    });
    EXPECT_EQ(cut.size(), 7U);
    cuts.insert(cut);
  }
  EXPECT_EQ(cuts.size(), 1U);
}

TEST(ParallelFor, RethrowsAfterAllHaveEnded) {
  std::atomic<int> ended = 0;
  const auto body = [&](std::size_t begin, std::size_t) {
    ++ended;
    if (begin > 0) throw std::runtime_error("part " + std::to_string(begin));
  };
  EXPECT_THROW(parallelFor(4, 4, body), std::runtime_error);
  EXPECT_EQ(ended, 4);
  EXPECT_THROW(parallelFor(1, 1, [](std::size_t, std::size_t) { throw std::logic_error("x"); }),
               std::logic_error);
}

TEST(ParallelFor, ThereIsAlwaysAThread) {
  EXPECT_GE(availableThreads(), 1);
}
}  // namespace
}  // namespace sonotwin
