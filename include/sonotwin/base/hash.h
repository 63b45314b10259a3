// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin {

/// SHA-256 of data that arrives in pieces. Not copyable; one thread at a time.
/// Source: FIPS 180-4.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  /// 64 lower-case hexadecimal digits. The object must not be used afterwards.
  [[nodiscard]] std::string finishHex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string sha256Hex(std::span<const std::byte> bytes);
[[nodiscard]] std::string sha256Hex(std::string_view text);

/// HMAC-SHA-256 as 64 hexadecimal digits. Source: RFC 2104.
[[nodiscard]] std::string hmacSha256Hex(std::span<const std::byte> key, std::string_view text);

/// Bytes from the operating system's cryptographic generator. @throws Error(kDevice)
[[nodiscard]] std::vector<std::byte> randomBytes(std::size_t count);

}  // namespace sonotwin
