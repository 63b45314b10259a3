// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "sonotwin/base/hash.h"

namespace sonotwin::store {
static_assert(std::endian::native == std::endian::little, "ids and objects are little-endian");

/// Turns what makes a thing itself into its id: SHA-256 over values, each with its length.
class Identity {
 public:
  void add(std::string_view text) {
    add(static_cast<std::int64_t>(text.size()));
    hash_.update(text);
  }
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(const char* text) { add(std::string_view(text)); }
  void add(std::integral auto value) { addWord(static_cast<std::uint64_t>(value)); }
  // -0 equals 0, and comes back from the database as 0.
  void add(double value) { addWord(std::bit_cast<std::uint64_t>(value + 0.0)); }

  [[nodiscard]] std::string finish(const std::string& kind) {
    return kind + "-" + hash_.finishHex().substr(0, kDigits);
  }

 private:
  static constexpr std::size_t kDigits = 16;
  void addWord(std::uint64_t word) {
    hash_.update(std::string_view(reinterpret_cast<const char*>(&word), sizeof word));
  }
  Sha256 hash_;
};

}  // namespace sonotwin::store
