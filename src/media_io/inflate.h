// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace sonotwin::media {

/// Decodes one zlib or gzip stream, finding out itself which it is.
class Inflater {
 public:
  /// @throws Error(kDevice) if no memory is left.
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Decodes `input` into `target` from `filled` on, which it moves forward. False: the target is
  /// full, or the stream has ended or is damaged.
  bool feed(std::span<const std::byte> input, std::span<std::byte> target, std::uint64_t& filled);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Zeroed bytes. @throws Error(kDevice) where memory has not so many left.
[[nodiscard]] std::vector<std::byte> zeroedBytes(std::uint64_t count);

/// At most the first `count` bytes of a whole stream; fewer where it ends or is damaged before.
[[nodiscard]] std::vector<std::byte> inflatedBytes(std::span<const std::byte> stream,
                                                   std::uint64_t count);

}  // namespace sonotwin::media
