// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sonotwin/base/progress.h"

namespace sonotwin::pipeline {

/// Tasks 0 to N-1 done by several threads, their results taken in order by one. What is begun and
/// not taken is bounded in number and in bytes; a task of more bytes than that is begun alone.
template <class Result>
class OrderedWork {
 public:
  /// Does one task; a thread makes its own with its first task.
  using Worker = std::function<Result(std::size_t task, const Progress& progress)>;

  /// @param sizes  of the tasks, in bytes
  OrderedWork(std::vector<std::uint64_t> sizes, int threads, std::function<Worker()> make_worker)
      : sizes_(std::move(sizes)), make_worker_(std::move(make_worker)) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  }
  /// Cancels what is still going on and waits for its end.
  ~OrderedWork() { stop_.request_stop(); }
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;

  /// The next result is there.
  [[nodiscard]] bool ready() const {
    const std::scoped_lock lock(guard_);
    return frontIsDone();
  }

  /// The same, but waits a little for it.
  [[nodiscard]] bool readyWithin(std::chrono::milliseconds most) {
    std::unique_lock lock(guard_);
    return changed_.wait_for(lock, most, [this] { return frontIsDone(); });
  }

  /// The next result. Calls `waiting` now and then until it is there.
  /// @throws what the task or `waiting` threw
  Result take(const std::function<void()>& waiting) {
    std::unique_lock lock(guard_);
    while (!frontIsDone()) {
      changed_.wait_for(lock, std::chrono::milliseconds(50));
      lock.unlock();
      waiting();
      lock.lock();
    }
    Slot slot = std::move(begun_.extract(taken_).mapped());
    bytes_ -= sizes_[taken_++];
    lock.unlock();
    changed_.notify_all();
    if (slot.failure) std::rethrow_exception(slot.failure);
    return std::move(*slot.result);
  }

  /// Share of all tasks that is done, taken or not.
  [[nodiscard]] double fraction() const {
    const std::scoped_lock lock(guard_);
    auto done = static_cast<double>(taken_);
    for (const auto& [task, slot] : begun_) done += slot.fraction;
    return done / static_cast<double>(sizes_.size());
  }
  /// What is being done in the next task.
  [[nodiscard]] std::string stage() const {
    const std::scoped_lock lock(guard_);
    const auto next = begun_.find(taken_);
    return next == begun_.end() ? std::string() : next->second.stage;
  }

 private:
  static constexpr std::size_t kMostAhead = 64;
  static constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

  struct Slot {
    std::optional<Result> result;
    std::exception_ptr failure;
    double fraction = 0.0;
    std::string stage;
    [[nodiscard]] bool done() const { return result || failure; }
  };

  [[nodiscard]] bool frontIsDone() const {
    const auto front = begun_.find(taken_);
    return front != begun_.end() && front->second.done();
  }

  [[nodiscard]] bool hasRoom() const {
    if (next_ == sizes_.size() || begun_.empty()) return true;
    return begun_.size() < kMostAhead && bytes_ + sizes_[next_] <= kMostBytes;
  }

  std::optional<std::size_t> begin() {
    std::unique_lock lock(guard_);
    if (!changed_.wait(lock, stop_.get_token(), [this] { return hasRoom(); })) return std::nullopt;
    if (next_ == sizes_.size() || stop_.stop_requested()) return std::nullopt;
    begun_.try_emplace(next_);
    bytes_ += sizes_[next_];
    return next_++;
  }

  void run() {
    Worker worker;
    while (const std::optional<std::size_t> task = begin()) {
      std::optional<Result> result;
      std::exception_ptr failure;
      try {
        if (!worker) worker = make_worker_();
        result = worker(*task, progressOf(*task));
      } catch (...) {
        failure = std::current_exception();
      }
      {
        const std::scoped_lock lock(guard_);
        Slot& slot = begun_.at(*task);
        slot.result = std::move(result);
        slot.failure = failure;
        slot.fraction = 1.0;
      }
      changed_.notify_all();
    }
  }

  Progress progressOf(std::size_t task) {
    const auto note = [this, task](double fraction, std::string_view stage) {
      const std::scoped_lock lock(guard_);
      Slot& slot = begun_.at(task);
      slot.fraction = fraction;
      slot.stage = stage;
    };
    return Progress(note, stop_.get_token());
  }

  const std::vector<std::uint64_t> sizes_;
  const std::function<Worker()> make_worker_;
  mutable std::mutex guard_;
  std::condition_variable_any changed_;
  std::map<std::size_t, Slot> begun_;  ///< and not taken
  std::size_t next_ = 0, taken_ = 0;
  std::uint64_t bytes_ = 0;  ///< of `begun_`
  std::stop_source stop_;
  std::vector<std::jthread> threads_;  ///< last: they end before the rest goes
};

}  // namespace sonotwin::pipeline
