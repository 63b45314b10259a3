// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/hash.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "sonotwin/base/error.h"

namespace sonotwin {

std::string sha256Hex(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finishHex();
}

std::string sha256Hex(std::string_view text) {
  return sha256Hex(std::as_bytes(std::span(text)));
}

void Sha256::update(std::string_view text) {
  update(std::as_bytes(std::span(text)));
}

namespace {
std::vector<std::byte> bytesOfHex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return bytes;
}
}  // namespace

std::string hmacSha256Hex(std::span<const std::byte> key, std::string_view text) {
  constexpr std::size_t kBlock = 64;
  std::vector<std::byte> padded(key.begin(), key.end());
  if (padded.size() > kBlock) padded = bytesOfHex(sha256Hex(key));
  padded.resize(kBlock);
  const auto masked = [&](unsigned mask) {
    std::vector<std::byte> result(padded);
    std::ranges::for_each(result, [mask](std::byte& b) { b ^= static_cast<std::byte>(mask); });
    return result;
  };
  Sha256 inner;
  inner.update(masked(0x36));
  inner.update(text);
  const std::vector<std::byte> inner_digest = bytesOfHex(inner.finishHex());
  Sha256 outer;
  outer.update(masked(0x5c));
  outer.update(inner_digest);
  return outer.finishHex();
}

std::vector<std::byte> randomBytes(std::size_t count) {
  std::vector<std::byte> bytes(count);
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = ::getrandom(bytes.data() + filled, count - filled, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(ErrorKind::kDevice, "The system gives no random bytes.");
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace sonotwin
