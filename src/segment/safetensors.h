// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin::segment {

enum class Dtype : std::uint8_t { kU8, kF16, kF32 };
[[nodiscard]] std::size_t bytesPerElement(Dtype dtype) noexcept;

/// Where one tensor lies in a safetensors file.
struct TensorEntry {
  std::string name;
  Dtype dtype = Dtype::kU8;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  ///< bytes from the start of the data section
  std::uint64_t end = 0;
};

/// A tensor to be written; only looks at the bytes. Row-major, little-endian.
struct TensorView {
  std::string name;
  Dtype dtype = Dtype::kU8;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
};

/// Reads a safetensors file, strictly: the header is checked whole before any tensor is read.
///
/// Refused: a header that does not fit the file or is not JSON, unknown element types, sizes that
/// overflow or contradict shape and type, tensors that overlap, leave gaps or do not fill the file.
/// One thread at a time. Source: the safetensors format, version 0.4.
class SafetensorsReader {
 public:
  /// @throws Error(kNotFound | kBadInput) naming the file and what is wrong in it.
  explicit SafetensorsReader(std::filesystem::path path);

  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// In the order of the file.
  [[nodiscard]] const std::vector<TensorEntry>& tensors() const { return tensors_; }
  /// @throws Error(kBadInput) if there is none of that name.
  [[nodiscard]] const TensorEntry& find(const std::string& name) const;
  [[nodiscard]] std::vector<std::byte> read(const TensorEntry& entry);
  /// Reads into memory of exactly the tensor's size.
  void readInto(const TensorEntry& entry, std::span<std::byte> target);

 private:
  [[noreturn]] void refuse(const std::string& why) const;
  void parseHeader(const std::string& text);
  void checkTiling(std::uint64_t data_size);

  std::filesystem::path path_;
  std::ifstream stream_;
  std::uint64_t data_start_ = 0;
  std::map<std::string, std::string> metadata_;
  std::vector<TensorEntry> tensors_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

/// Writes one file, never seen half-written; the same content gives the same bytes.
/// @returns its SHA-256. @throws Error(kDevice)
std::string writeSafetensors(const std::filesystem::path& path, std::vector<TensorView> tensors,
                             const std::map<std::string, std::string>& metadata);

/// SHA-256 of a file's bytes. @throws Error(kNotFound)
[[nodiscard]] std::string fileSha256(const std::filesystem::path& path);

}  // namespace sonotwin::segment
