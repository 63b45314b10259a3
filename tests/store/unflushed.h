// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sonotwin::store {

/// What a power loss would take: contents of files and entries of folders that nobody flushed.
///
/// POSIX at its strictest: fsync of a file keeps its content and not its name, fsync of a folder
/// keeps its entries and not their content. For one process that is about to die; the descriptors
/// it opens stay open, because closing one would drop the locks that SQLite holds on the file.
class Unflushed {
 public:
  /// @param attic  an empty folder on the same disk, for what has no other name any more
  explicit Unflushed(std::filesystem::path attic) : attic_(std::move(attic)) {}

  /// To be called before the content changes.
  void keepContent(int descriptor);
  /// To be called before the entry is removed or replaced. @returns what `removed` needs; empty:
  /// there is no such entry
  [[nodiscard]] std::filesystem::path keepEntry(const std::filesystem::path& path);
  void added(const std::filesystem::path& path) { changes_.push_back({path, {}}); }
  void removed(const std::filesystem::path& path, const std::filesystem::path& kept) {
    changes_.push_back({path, kept});
  }
  void flushed(int descriptor);

  /// Takes everything back.
  void lose();
  /// Takes any pages and the last few changes of names back, as `seed` has it.
  void loseSome(unsigned seed);

 private:
  struct Content {
    int descriptor = -1;
    std::optional<std::string> on_disk;  ///< none: all of it is
  };
  struct EntryChange {
    std::filesystem::path path, kept;  ///< kept empty: it was added
  };
  void takeBack(std::size_t first_change);
  std::filesystem::path attic_;
  std::map<ino_t, Content> contents_;
  std::vector<EntryChange> changes_;
  int kept_ = 0;
};

}  // namespace sonotwin::store
