// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sonotwin/base/file.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/base/progress.h"
#include "sonotwin/dicom/frame_codec.h"

namespace sonotwin::store {

/// An object's name and size.
struct ObjectRef {
  std::string sha256;
  std::uint64_t size_bytes = 0;
};

/// An object on its way in: written to tmp/, hashed as it is written; gone unless it is kept.
class NewObject {
 public:
  explicit NewObject(const std::filesystem::path& temporary_folder);
  /// @throws Error(kDevice)
  void write(std::span<const std::byte> bytes);
  /// Ends writing.
  const ObjectRef& finish();

 private:
  friend class ObjectFolder;
  AtomicFile file_;
  Sha256 hash_;
  std::optional<ObjectRef> ref_;
};

/// Open for reading, positioned reads only. Any thread.
class ObjectFile {
 public:
  explicit ObjectFile(const std::filesystem::path& path);
  ~ObjectFile();
  ObjectFile(const ObjectFile&) = delete;
  ObjectFile& operator=(const ObjectFile&) = delete;

  /// None if it is there; else why it cannot be opened.
  [[nodiscard]] const std::string& absence() const noexcept { return absence_; }
  /// @returns false if the file ends before `into` is full or cannot be read
  [[nodiscard]] bool read(std::uint64_t offset, std::span<std::byte> into) const noexcept;

 private:
  int descriptor_;
  std::string absence_;
};

using BlockVisitor = std::function<void(std::uint64_t at, std::span<const std::byte> block)>;

/// SHA-256 of a file's first `size` bytes; none if it ends early or cannot be read.
/// @param visit  sees each block, in order
[[nodiscard]] std::optional<std::string> hashOfFile(const std::filesystem::path& path,
                                                    std::uint64_t size, const Progress& progress,
                                                    const BlockVisitor& visit = {});

/// Of a file on its way into the store.
struct ArrivedHashes {
  ObjectRef object;
  std::string frames_sha256;  ///< of its frames' bytes alone
};

/// A file in tmp/ that is to become an object; gone unless it is kept.
class ArrivingFile {
 public:
  explicit ArrivingFile(std::filesystem::path file) : file_(std::move(file)) {}
  ~ArrivingFile();
  ArrivingFile(const ArrivingFile&) = delete;
  ArrivingFile& operator=(const ArrivingFile&) = delete;

  /// @throws Error(kNotFound) if it is not there
  [[nodiscard]] std::uint64_t size() const;
  /// Reads it once. @param frames  inside of it, in order. @throws Error(kDevice)
  [[nodiscard]] ArrivedHashes hash(std::uint64_t size, std::span<const dicom::FrameBytes> frames,
                                   const Progress& progress) const;

 private:
  friend class ObjectFolder;
  std::filesystem::path file_;
};

/// objects/: files named by the SHA-256 of their bytes, never changed, never removed.
///
/// A kept object is on the disk, flushed with its folder, before the row that names it is
/// committed; a program killed between the two leaves an object without a row, which costs space
/// until the same bytes come again.
class ObjectFolder {
 public:
  explicit ObjectFolder(std::filesystem::path store_folder);

  [[nodiscard]] NewObject begin() const { return NewObject(store_folder_ / "tmp"); }
  /// Keeps it under its hash. One that is there is used; if its bytes are not those, replaced.
  void keep(NewObject&& object) const;
  /// On its way to the disk, but `flush` is for the caller. Any thread.
  void keep(const ArrivingFile& file, const ObjectRef& object) const;
  /// Returns when the objects and their names are on the disk, which is waited for side by side.
  void flush(const std::vector<ObjectRef>& objects) const;

  [[nodiscard]] std::filesystem::path path(const std::string& sha256) const;
  /// Whole content, checked against its hash. @throws Error(kDamaged) saying what of `owner` is
  /// lost
  [[nodiscard]] std::vector<std::byte> read(const ObjectRef& object,
                                            const std::string& owner) const;
  /// What is wrong with the object: absent, another size or, if `bytes`, another hash.
  [[nodiscard]] std::optional<std::string> problem(const ObjectRef& object, bool bytes,
                                                   const Progress& progress) const;

 private:
  /// Whether an object is there and whole; whoever put it there may not have flushed it yet.
  [[nodiscard]] bool has(const ObjectRef& object) const;
  void flushFile(const ObjectRef& object) const;
  std::filesystem::path store_folder_;
};

}  // namespace sonotwin::store
