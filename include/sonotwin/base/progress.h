// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sonotwin {

/// Progress of one long computation, and the way to cancel it.
///
/// A computation calls `report` as it advances; where the person has cancelled, that call throws
/// `Error(kCancelled)` and the computation unwinds, leaving nothing behind. Copies share the
/// listener and the stop token. `report` may be called from any thread if the listener allows it;
/// computations call it from one thread at a time.
class Progress {
 public:
  /// Receives the fraction done in [0, 1] and what is being done, in words for a person.
  using Listener = std::function<void(double fraction, std::string_view stage)>;

  Progress() = default;  ///< silent, never cancelled
  explicit Progress(Listener listener, std::stop_token stop = {})
      : listener_(std::move(listener)), stop_(std::move(stop)) {}

  /// Reports and checks for cancellation. @throws Error(kCancelled)
  void report(double fraction, std::string_view stage = {}) const;
  /// @throws Error(kCancelled) if the person asked to stop.
  void throwIfCancelled() const;
  [[nodiscard]] bool cancelled() const noexcept { return stop_.stop_requested(); }

  /// Progress of a part that fills [begin, end] of this one. `name` stands where the part itself
  /// gives no stage.
  [[nodiscard]] Progress part(double begin, double end, std::string name = {}) const;

 private:
  Listener listener_;
  std::stop_token stop_;
};

}  // namespace sonotwin
