// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace sonotwin::media {

enum class DeflateWrapper { kZlib, kGzip };

/// Compresses data that arrive in pieces into one zlib or gzip stream.
class Deflater {
 public:
  /// `level`: 1 fastest to 9 smallest. @throws Error(kDevice) if no memory is left.
  explicit Deflater(DeflateWrapper wrapper, int level = 6);
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// What has become ready; it may be empty.
  [[nodiscard]] std::vector<std::byte> add(std::span<const std::byte> bytes);
  /// The rest. Nothing may be added afterwards.
  [[nodiscard]] std::vector<std::byte> finish();

 private:
  struct State;
  std::vector<std::byte> run(std::span<const std::byte> bytes, int flush);
  std::unique_ptr<State> state_;
};

}  // namespace sonotwin::media
