// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <vector>

namespace sonotwin::dicom {

/// Random access to the bytes of a file (or of memory) through a small window, so that walking
/// over the headers of a file of gigabytes reads next to nothing. One thread at a time.
class ByteReader {
 public:
  /// @throws Error(kNotFound) if there is no such file, Error(kBadInput) if it is not a plain file
  ///         or may not be read.
  explicit ByteReader(const std::filesystem::path& path);
  /// Looks at `bytes`, which must outlive the reader.
  explicit ByteReader(std::span<const std::byte> bytes) : window_(bytes), size_(bytes.size()) {}

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// At most `count` bytes from `offset`: fewer at the end of the file. Valid until the next call.
  [[nodiscard]] std::span<const std::byte> at(std::uint64_t offset, std::size_t count);

 private:
  void fill(std::uint64_t offset);

  std::ifstream file_;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> window_;
  std::uint64_t window_offset_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace sonotwin::dicom
