// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin {

/// A file that becomes visible under its name only when whole and flushed to the disk.
///
/// Bytes go to a temporary file beside the target; `commit` flushes, renames and flushes the
/// folder, so that a crash or power loss at any instant leaves the old file or the new one.
/// Destroyed without `commit`, it leaves nothing. One thread at a time.
class AtomicFile {
 public:
  /// @throws Error(kDevice) if the folder cannot be written.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// @throws Error(kDevice), with the reason (disk full, ...)
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  void commit();
  /// Commits under another name in the same file system: for names known only after writing.
  void commitAs(const std::filesystem::path& target);

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// Writes a whole file so that it is never seen half-written. @throws Error(kDevice)
void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void writeFileAtomically(const std::filesystem::path& path, std::string_view text);

/// @throws Error(kNotFound) if absent, Error(kBadInput) if larger than `limit_bytes`.
[[nodiscard]] std::vector<std::byte> readFile(const std::filesystem::path& path,
                                              std::uint64_t limit_bytes = 1ULL << 32);
[[nodiscard]] std::string readTextFile(const std::filesystem::path& path,
                                       std::uint64_t limit_bytes = 1ULL << 28);

/// Makes a folder that a person named, and those above it, where they are missing.
/// @throws Error(kBadInput) where that path cannot be a folder, Error(kDevice) where the disk fails
void makeFolder(const std::filesystem::path& folder);
/// Makes the folder of a file that a person wants written.
/// @throws as `makeFolder`, and Error(kBadInput) where `file` is a folder itself
void makeFolderFor(const std::filesystem::path& file);

/// Flushes a folder's entries to the disk. @throws Error(kDevice)
void flushDirectory(const std::filesystem::path& directory);

}  // namespace sonotwin
