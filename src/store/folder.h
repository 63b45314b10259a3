// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <utility>

namespace sonotwin::store {

inline constexpr const char* kDatabaseName = "sonotwin.sqlite";

/// The same absolute path for every way to write a folder's name, its links resolved.
[[nodiscard]] std::filesystem::path canonicalFolder(const std::filesystem::path& folder);

/// Makes objects/ with its 256 folders and tmp/ in a folder that is new, empty, or holds no more
/// than an interrupted call of this left there. @throws Error(kConflict) otherwise
void layOut(const std::filesystem::path& folder);

/// Gives a finished file its name unless that is taken. @throws Error(kConflict) if it is
void publish(const std::filesystem::path& file, const std::filesystem::path& name);

/// Says that the store is open. Whoever opens it alone finds what killed programs left in tmp/ and
/// removes it; objects without a row, which they may leave too, harm nothing and are taken over
/// when the same pixels come again, so they stay.
class OpenMark {
 public:
  explicit OpenMark(const std::filesystem::path& folder);
  ~OpenMark();
  OpenMark(OpenMark&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OpenMark& operator=(OpenMark&&) = delete;

 private:
  int descriptor_;
};

}  // namespace sonotwin::store
