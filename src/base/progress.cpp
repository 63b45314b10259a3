// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/progress.h"

#include <algorithm>
#include <utility>

#include "sonotwin/base/error.h"

namespace sonotwin {

void Progress::throwIfCancelled() const {
  if (cancelled()) throw Error(ErrorKind::kCancelled, "Cancelled.");
}

void Progress::report(double fraction, std::string_view stage) const {
  throwIfCancelled();
  if (listener_) listener_(std::clamp(fraction, 0.0, 1.0), stage);
}

Progress Progress::part(double begin, double end, std::string name) const {
  if (!listener_) return Progress({}, stop_);
  return Progress(
      [outer = listener_, begin, end, name = std::move(name)](double fraction,
                                                              std::string_view stage) {
        outer(begin + (end - begin) * fraction, stage.empty() ? std::string_view(name) : stage);
      },
      stop_);
}

}  // namespace sonotwin
