// SPDX-License-Identifier: Apache-2.0
#include "ordered_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <stdexcept>

#include "sonotwin/base/error.h"

namespace sonotwin::pipeline {
namespace {
using Work = OrderedWork<int>;

Work::Worker squares() {
  return [](std::size_t task, const Progress&) { return static_cast<int>(task * task); };
}

TEST(OrderedWork, GivesResultsInOrderWhateverTheThreads) {
  for (const int threads : {1, 2, 7}) {
    Work work(std::vector<std::uint64_t>(500, 1), threads, squares);
    for (int i = 0; i < 500; ++i) ASSERT_EQ(work.take([] {}), i * i);
    EXPECT_EQ(work.fraction(), 1.0);
  }
}

TEST(OrderedWork, ThrowsWhatATaskThrewInItsPlaceAndGoesOn) {
  Work work({1, 1, 1}, 2, [] {
    return [](std::size_t task, const Progress&) -> int {
      if (task == 1) throw std::runtime_error("one");
      return static_cast<int>(task);
    };
  });
  EXPECT_EQ(work.take([] {}), 0);
  EXPECT_THROW(work.take([] {}), std::runtime_error);
  EXPECT_EQ(work.take([] {}), 2);
}

TEST(OrderedWork, BeginsWhatIsTooLargeAlone) {
  constexpr std::uint64_t kHuge = std::uint64_t{1} << 40;
  std::atomic<int> running = 0, most = 0;
  Work work(std::vector<std::uint64_t>(20, kHuge), 4, [&] {
    return [&](std::size_t task, const Progress&) {
      const int now = ++running;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      --running;
      return static_cast<int>(task);
    };
  });
  for (int i = 0; i < 20; ++i) ASSERT_EQ(work.take([] {}), i);
  EXPECT_EQ(most, 1);
}

TEST(OrderedWork, WorksSideBySide) {
  std::barrier both(2);  // opens only if two tasks are begun before either ends
  Work work({1, 1}, 2, [&] {
    return [&](std::size_t task, const Progress&) {
      both.arrive_and_wait();
      return static_cast<int>(task);
    };
  });
  EXPECT_EQ(work.take([] {}), 0);
  EXPECT_EQ(work.take([] {}), 1);
}

TEST(OrderedWork, StopsItsTasksWhenNobodyWantsThemAnyMore) {
  const auto untilCancelled = [] {
    return [](std::size_t, const Progress& progress) -> int {
      while (true) progress.report(0.5, "at it");
    };
  };
  Work work({1, 1}, 2, untilCancelled);
  EXPECT_THROW(work.take([] { throw Error(ErrorKind::kCancelled, "enough"); }), Error);
  EXPECT_LT(work.fraction(), 1.0);
}
}  // namespace
}  // namespace sonotwin::pipeline
